"""The console as a Flask application: looks at the snapshot at each visit, keeps nothing."""

from pathlib import Path

from flask import Flask, Response, render_template
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException

from triporteur_kiosk.console.battery_page import battery_page
from triporteur_kiosk.console.seen import Watch
from triporteur_kiosk.console.unit_page import unit_page

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


def create_app(unit: str, place: str, snapshot_path: Path) -> Flask:
    """The console of the named unit; `place` may be empty."""
    app = Flask(__name__)
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True}
    app.jinja_env.globals.update(unit=unit, place=place)
    watch = Watch(snapshot_path)

    @app.get("/")
    def show_battery() -> str:
        return render_template("battery.html", page=battery_page(watch.look()))

    @app.get("/unite")
    def show_unit() -> str:
        return render_template("unit.html", page=unit_page(watch.look()))

    @app.errorhandler(HTTPException)
    def show_nothing(error: HTTPException) -> tuple[str, int]:
        return render_template("missing.html"), error.code or 500

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response

    return app
