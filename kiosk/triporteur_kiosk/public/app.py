"""The portal as a Flask application: finished pages, no cookie, no log, nothing kept."""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from triporteur_kiosk.public.captive import Captive, CaptiveGate
from triporteur_kiosk.public.content import Content
from triporteur_kiosk.public.pages import Pages

_HTML = "text/html; charset=utf-8"


def create_app(content: Content, portal_address: str, now: Callable[[], datetime | None]) -> Flask:
    """The portal at `portal_address`, saying `content`; `now` is asked at each visit.

    `now` gives the local time, or None while nobody vouches for it: no date is told then.

    `portal_address` is the host name or address, with its port unless 80, that visitors'
    browsers show; requests for any other host are redirected to it. Raises ValueError when it
    is none.
    """
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    pages = Pages(content)
    _add_pages(app, pages, now)
    _add_headers(app, pages.style)
    captive = Captive(portal_address)
    app.wsgi_app = CaptiveGate(app.wsgi_app, captive)  # type: ignore[method-assign]
    return app


def _add_pages(app: Flask, pages: Pages, now: Callable[[], datetime | None]) -> None:
    app.add_url_rule("/", "welcome", lambda: Response(pages.welcome(now()), content_type=_HTML))
    app.add_url_rule(
        "/visites", "visits", lambda: Response(pages.visits(now()), content_type=_HTML)
    )
    for path, body in pages.fixed.items():
        app.add_url_rule(path, path, _always(body))

    @app.errorhandler(HTTPException)
    def say_why_not(error: HTTPException) -> Response:
        code = error.code or 500
        return Response(pages.instead(code), code, error.get_headers())


def _always(body: bytes) -> Callable[[], Response]:
    return lambda: Response(body, content_type=_HTML)


def _add_headers(app: Flask, style: bytes) -> None:
    digest = base64.b64encode(hashlib.sha256(style).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        return response
