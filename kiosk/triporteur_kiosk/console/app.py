"""The console as a Flask application: looks at the snapshot at each visit, keeps nothing."""

from ipaddress import ip_address
from pathlib import Path

from flask import Flask, Response, render_template, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException, MisdirectedRequest

from triporteur_kiosk.console.battery_page import battery_page
from triporteur_kiosk.console.unit_page import unit_page
from triporteur_kiosk.seen import Watch
from triporteur_wire.messages import Status

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_SAID = {
    404: ("Rien à cette adresse", "La batterie et l’unité sont en bas de cette page"),
    405: ("Cette page se lit seulement", "Elle ne reçoit rien"),
    421: ("Pas à cette adresse", "La console répond sur l’unité même, à l’adresse 127.0.0.1"),
}
_REFUSED = ("Demande refusée", "La console ne la comprend pas")
_BROKEN = ("Panne de la console", "Si cela dure, prévenez la maintenance")


def create_app(unit: str, place: str, snapshot_path: Path) -> Flask:
    """The console of the named unit.

    `place`, which may be empty, is shown while the agent is silent; the depot may have set another.
    """
    app = Flask(__name__)
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True}
    app.jinja_env.globals.update(unit=unit)
    watch = Watch(snapshot_path)

    @app.get("/")
    def show_battery() -> str:
        return render_template("battery.html", page=battery_page(watch.look()))

    @app.get("/unite")
    def show_unit() -> str:
        told = watch.look()
        named = told.place if isinstance(told, Status) else place
        return render_template("unit.html", page=unit_page(told), place=named)

    @app.before_request
    def refuse_other_names() -> None:
        if not _is_loopback(request.host):
            raise MisdirectedRequest

    @app.errorhandler(HTTPException)
    def say_why_not(error: HTTPException) -> Response:
        code = error.code or 500
        heading, sentence = _BROKEN if code >= 500 else _SAID.get(code, _REFUSED)
        page = render_template(
            "error.html", heading=heading, sentence=sentence, may_pass=code >= 500
        )
        return Response(page, code, error.get_headers())

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response

    return app


def _is_loopback(host: str) -> bool:
    """Whether a browser means this machine: any other name may be led here from elsewhere."""
    before, _, port = host.lower().rpartition(":")
    name = before if port.isdigit() else host.lower()
    try:
        return name == "localhost" or ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
