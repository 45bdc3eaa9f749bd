"""What a phone reads of its own state instead of guessing: the Captive Portal API (RFC 8908).

It is asked over TLS alone, at a name that the certificate is for; a phone that cannot trust the
certificate behaves as if there were no API. The portal's pages are served there too, for the
address that a phone is given for its user must be one of TLS.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from triporteur_kiosk.config import API_PATH
from triporteur_kiosk.public.captive import host_name
from triporteur_kiosk.public.gate import Gate, Unanswered
from triporteur_kiosk.public.probes import Answer, answer_with
from triporteur_wire.gate import Visitor

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_JSON = ("Content-Type", "application/captive+json")
#: Without an answer a phone goes by its probes.
_UNKNOWN = answer_with("503 Service Unavailable", b"", ("Retry-After", "10"))
_NOT_ALLOWED = answer_with("405 Method Not Allowed", b"", ("Allow", "GET, HEAD"))


class _State(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", omit_defaults=True):
    """The keys of RFC 8908, 5. A visitor's time is not renewed while it runs."""

    captive: bool
    user_portal_url: str
    venue_info_url: str
    can_extend_session: bool | None = None
    seconds_remaining: int | None = None
    bytes_remaining: int | None = None


class Api:
    """Answers `API_PATH` for the portal at `portal_address`, and hands on all else to it."""

    def __init__(self, portal: "WSGIApplication", gate: Gate, portal_address: str) -> None:
        self._portal = portal
        self._gate = gate
        self._name = host_name(portal_address)
        self._url = f"https://{self._name}/"

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        asked_for = host_name(environ.get("HTTP_HOST", "")), environ.get("PATH_INFO", "")
        if asked_for != (self._name, API_PATH):
            return self._portal(environ, start_response)
        answer = self._answer(environ["REQUEST_METHOD"], environ.get("REMOTE_ADDR", ""))
        start_response(answer.status, list(answer.headers))
        return () if environ["REQUEST_METHOD"] == "HEAD" else (answer.body,)

    def _answer(self, method: str, address: str) -> Answer:
        if method not in {"GET", "HEAD"}:
            return _NOT_ALLOWED
        state = self._gate.state()
        if state is None:
            return _UNKNOWN
        try:
            # Only where the Internet is open does anybody get further than others.
            visitor = self._gate.visitor(address) if state.access == "open" else Visitor(False)
        except Unanswered:
            return _UNKNOWN
        return answer_with("200 OK", msgspec.json.encode(self._of(visitor)), _JSON)

    def _of(self, visitor: Visitor) -> _State:
        return _State(
            captive=not visitor.welcomed,
            user_portal_url=self._url,
            venue_info_url=self._url,
            can_extend_session=False if visitor.welcomed else None,
            seconds_remaining=visitor.seconds_left if visitor.welcomed else None,
            bytes_remaining=visitor.bytes_left if visitor.welcomed else None,
        )
