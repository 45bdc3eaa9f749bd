"""The console as a Flask application: looks at the snapshot at each visit, asks the agent for what
is tapped, and keeps nothing."""

from pathlib import Path

from flask import Flask, Response, render_template
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException

from triporteur_kiosk.console.desk import Desk
from triporteur_kiosk.console.errands import SHOWN_S, Errands
from triporteur_kiosk.console.gate import Gate
from triporteur_kiosk.console.plan_views import add_plan
from triporteur_kiosk.console.switch_views import add_switches
from triporteur_kiosk.console.views import add_views
from triporteur_kiosk.seen import Watch

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_SAID = {
    404: ("Rien à cette adresse", "Les pages de la console sont en bas de celle-ci"),
    405: ("Cette page se lit seulement", "Elle ne reçoit rien"),
}
_REFUSED = ("Demande refusée", "La console ne la comprend pas")
_BROKEN = ("Panne de la console", "Si cela dure, prévenez la maintenance")


def create_app(
    unit: str,
    place: str,
    snapshot_path: Path,
    desk_path: Path,
    gate_folder: Path,
    *,
    shown_s: float = SHOWN_S,
) -> Flask:
    """The console of the named unit.

    `place`, which may be empty, is shown while the agent is silent; the depot may have set another.
    What is tapped is asked of the agent at `desk_path`, and waited for `shown_s` at most until the
    snapshot shows it. In `gate_folder` a gate is met where there is one.
    """
    app = Flask(__name__)
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True}
    app.jinja_env.globals.update(unit=unit)
    watch = Watch(snapshot_path)
    errands = Errands(Desk(desk_path), watch, shown_s)
    gate = Gate(gate_folder)
    add_views(app, watch, gate, place)
    add_plan(app, watch, errands)
    add_switches(app, errands, gate)

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
