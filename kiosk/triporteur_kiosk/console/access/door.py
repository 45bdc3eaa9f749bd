"""The door of the console: a phone that was paired goes in, any other sees the pairing page alone.

Stands before the pages as WSGI. A paired phone shows a random token in a cookie that no script can
read and no other site can have sent; here only its hash is known. The token is made when the phone
is paired, whatever it showed before.
"""

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug import Request, Response
from werkzeug.utils import redirect

from triporteur_kiosk.console.access.pairing import Outcome, Pairing
from triporteur_kiosk.console.access.pairing_page import PairingPage
from triporteur_kiosk.console.access.phones import KEPT, Phone, Phones, TooManyPhones

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_log = logging.getLogger(__name__)

PATH = "/jumeler"
COOKIE = "__Host-console"
#: With `no-referrer` browsers do not say from which origin a form is sent.
_REFERRER = ("Referrer-Policy", "same-origin")


class Door:
    """Lets paired phones through to `app`, and pairs others."""

    def __init__(
        self, app: "WSGIApplication", pairing: Pairing, phones: Phones, page: PairingPage
    ) -> None:
        self._app = app
        self._pairing = pairing
        self._phones = phones
        self._page = page

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        request = Request(environ)
        try:
            answer = self._answer(request)
        except OSError as error:
            _log.error("the paired phones cannot be read or kept (%s)", error.strerror)
            answer = self._page.card_refuses()
        if answer is not None:
            answer.headers.set(*_REFERRER)
            answer.headers.set("Cache-Control", "no-store")
            return answer(environ, start_response)
        return self._app(environ, _with_header(start_response))

    def _answer(self, request: Request) -> Response | None:
        """What is said at the door; None for who may go in. Raises OSError."""
        phone = self._phones.find(request.cookies.get(COOKIE, ""))
        if request.path != PATH:
            return None if phone else self._page.stranger()
        match request.method:
            case "GET" | "HEAD":
                return redirect("/", 303) if phone else self._page.welcome()
            case "POST":
                return self._redeem(request.form.get("code", "").strip(), phone)
            case _:
                return self._page.stranger()

    def _redeem(self, said: str, before: Phone | None) -> Response:
        outcome = self._pairing.redeem(said)
        return self._pair(before) if outcome is Outcome.PAIRED else self._page.refusal(outcome)

    def _pair(self, before: Phone | None) -> Response:
        try:
            token = self._phones.pair(before)
        except TooManyPhones:
            return self._page.full()
        _log.info("pairing: a phone was paired")
        answer = redirect("/", 303)
        answer.set_cookie(
            COOKIE, token, max_age=KEPT, path="/", secure=True, httponly=True, samesite="Strict"
        )
        return answer


def _with_header(start_response: "StartResponse") -> "StartResponse":
    """The console's own pages say whence their forms are sent, too."""

    def start(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
        return start_response(status, [*headers, _REFERRER], *rest)  # type: ignore[arg-type]

    return start  # type: ignore[return-value]
