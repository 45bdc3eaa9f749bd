"""Visitors who ask for the Internet: what the gate answers them, as a page.

Any page of another site could have a phone post this form. Why that is let be, where no page is
asked who it is: all it could win is what one touch wins, time for that very phone, which is beside
the trike already; nobody is logged in, and nothing of anybody's is changed. The request must be for
the portal's own name, or it never gets here, and where the browser says from which page it comes,
that page must be the portal's.
"""

from collections.abc import Callable

from flask import Flask, Response, redirect, request

from triporteur_kiosk.public.captive import host_name
from triporteur_kiosk.public.gate import Gate, Unanswered
from triporteur_kiosk.public.pages import Pages
from triporteur_kiosk.public.reach import Reach, reach
from triporteur_wire.desk import Refused
from triporteur_wire.gate import Visitor

PATH = "/internet"
_HTML = "text/html; charset=utf-8"
_UNANSWERED = "Le triporteur n’a pas répondu. Réessayez dans une minute, ou demandez-nous."
_FROM_ELSEWHERE = "Cette demande vient d’un autre site. Touchez vous-même le bouton."


def add_internet(app: Flask, pages: Callable[[], Pages], gate: Gate, portal_address: str) -> None:
    """Adds the page that says how far a visitor gets, and the form that asks for more."""

    def page(far: Reach, visitor: Visitor | None, trouble: str | None, code: int) -> Response:
        body = pages().internet(far, visitor, portal_address, trouble)
        return Response(body, code, content_type=_HTML)

    def show() -> Response:
        far = reach(gate.state())
        if far is not Reach.OPEN:
            return page(far, None, None, 200)
        try:
            visitor = gate.visitor(_address())
        except Unanswered:
            return page(far, None, _UNANSWERED, 503)
        return page(far, visitor, None, 200)

    def ask() -> Response:
        far = reach(gate.state())
        if not _is_from_here():
            return page(far, None, _FROM_ELSEWHERE, 403)
        if far is not Reach.OPEN:
            return page(far, None, None, 409)
        try:
            told = gate.welcome(_address())
        except Unanswered:
            return page(far, None, _UNANSWERED, 503)
        if isinstance(told, Refused):
            return page(far, None, told.sentence, 409)
        # A whole navigation, for iOS only then asks again whether it is online.
        return redirect(PATH, 303)  # type: ignore[return-value]  # werkzeug's own Response

    app.add_url_rule(PATH, "internet", show)
    app.add_url_rule(PATH, "ask", ask, methods=["POST"])


def _address() -> str:
    return request.remote_addr or ""


def _is_from_here() -> bool:
    """As far as the browser says; the sheets of some phones say nothing."""
    origin = request.headers.get("Origin")
    return origin is None or host_name(origin.partition("://")[2]) == host_name(request.host)
