"""The pairing page: all that an unpaired phone sees. One answer, which asks for nothing else.

A QR code leads to it with its secret behind `#`, which browsers keep to themselves: it stands in no
request's address and in no log, and the page's script takes it out of the phone's history and into
the form. Without script the digits are typed.
"""

import base64
import hashlib

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from werkzeug import Response

from triporteur_kiosk.console.access.pairing import VALID_MINUTES, Outcome

_HTML = "text/html; charset=utf-8"
_ASK = (
    "Le code se demande à la maintenance\u202f: "
    f"il est bon {VALID_MINUTES}\u00a0minutes, une seule fois."
)
_SAID = {
    Outcome.WRONG: ("Ce n’est pas le bon code", "Vérifiez les huit chiffres, puis essayez encore."),
    Outcome.LOCKED: (
        "Trop de codes faux",
        "Ce code ne peut plus être tapé. Scannez son QR\u00a0code, ou demandez-en un autre.",
    ),
    Outcome.NONE: ("Aucun code n’est bon en ce moment", _ASK),
}


class PairingPage:
    """Makes the page of the named unit, in each of its words."""

    def __init__(self, unit: str) -> None:
        loader = ChoiceLoader(
            [PackageLoader(f"triporteur_kiosk.console{room}") for room in (".access", "")]
        )
        pages = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._template = pages.get_template("pairing.html")
        self._unit = unit
        self._style, self._script = (
            pages.get_template(name).render() for name in ("pairing.css", "pairing.js")
        )
        self._headers = {
            "Content-Security-Policy": (
                f"default-src 'none'; style-src {_hash(self._style)}; "
                f"script-src {_hash(self._script)}; img-src data:; base-uri 'none'; "
                "form-action 'self'; frame-ancestors 'none'"
            ),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }

    def welcome(self) -> Response:
        """For who came to be paired."""
        return self._page(200)

    def stranger(self) -> Response:
        """For who came for anything else, and is not paired, or is no more."""
        return self._page(403)

    def refusal(self, outcome: Outcome) -> Response:
        return self._page(403, *_SAID[outcome])

    def full(self) -> Response:
        sentence = "À la maintenance, déliez d’abord un téléphone qui ne sert plus."
        return self._page(403, "Trop de téléphones sont jumelés", sentence)

    def card_refuses(self) -> Response:
        sentence = "La carte de l’unité ne répond pas. Si cela dure, prévenez la maintenance."
        return self._page(503, "Impossible en ce moment", sentence)

    def _page(self, code: int, fault: str = "", sentence: str = _ASK) -> Response:
        page = self._template.render(
            unit=self._unit, fault=fault, sentence=sentence, style=self._style, script=self._script
        )
        return Response(page, code, self._headers, content_type=_HTML)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
