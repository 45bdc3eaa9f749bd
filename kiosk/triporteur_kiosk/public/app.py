"""The portal as a Flask application: finished pages, no cookie, no log, nobody told apart."""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import partial

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from triporteur_kiosk.public.asked import add_internet
from triporteur_kiosk.public.captive import Captive, CaptiveGate
from triporteur_kiosk.public.followed import add_partners
from triporteur_kiosk.public.gate import Gate
from triporteur_kiosk.public.pages import Pages
from triporteur_kiosk.public.reach import Reach, reach
from triporteur_kiosk.public.themes import THEMES
from triporteur_kiosk.usage.counts import Counts
from triporteur_kiosk.usage.words import PAGES, language

_HTML = "text/html; charset=utf-8"


def create_app(
    pages: Callable[[], Pages],
    portal_address: str,
    now: Callable[[], datetime | None],
    counts: Counts,
    gate: Gate,
) -> Flask:
    """The portal at `portal_address`; `pages`, `now` and `gate` are asked at each visit.

    `now` gives the local time, or None while nobody vouches for it: no date is told then.
    `counts` learns how often each page and each partner's site is opened, and nothing of by whom.
    `gate` may be away.

    `portal_address` is the host name or address, with its port unless 80, that visitors'
    browsers show; requests for any other host are redirected to it. Raises ValueError when it
    is none.
    """
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    _add_pages(app, pages, now, lambda: reach(gate.state()))
    add_internet(app, pages, gate, portal_address)
    add_partners(app, pages, counts)
    _add_headers(app, pages)
    _add_counting(app, counts)
    captive = Captive(portal_address)
    app.wsgi_app = CaptiveGate(app.wsgi_app, captive, counts)  # type: ignore[method-assign]
    return app


def _add_pages(
    app: Flask,
    pages: Callable[[], Pages],
    now: Callable[[], datetime | None],
    far: Callable[[], Reach],
) -> None:
    def add(path: str, body: Callable[[], bytes]) -> None:
        app.add_url_rule(path, path, lambda: Response(body(), content_type=_HTML))

    add("/", lambda: pages().welcome(now(), far()))
    add("/visites", lambda: pages().visits(now()))
    for theme in THEMES:
        add(f"/{theme.number}", partial(lambda theme: pages().theme(theme, far()), theme))
    for path in pages().fixed:
        add(path, partial(lambda path: pages().fixed[path], path))

    @app.errorhandler(HTTPException)
    def say_why_not(error: HTTPException) -> Response:
        code = error.code or 500
        return Response(pages().instead(code), code, error.get_headers())


def _add_headers(app: Flask, pages: Callable[[], Pages]) -> None:
    # The style sheet is the same whatever the pages say.
    digest = base64.b64encode(hashlib.sha256(pages().style).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )

    @app.after_request
    def add_headers(response: Response) -> Response:
        asks = b"<form" in response.data
        response.headers["Content-Security-Policy"] = (
            policy.replace("form-action 'none'", "form-action 'self'") if asks else policy
        )
        # A browser that is to send no referrer does not say either where a form comes from.
        response.headers["Referrer-Policy"] = "same-origin" if asks else "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        return response


def _add_counting(app: Flask, counts: Counts) -> None:
    @app.after_request
    def count(response: Response) -> Response:
        if response.status_code == 200 and request.method == "GET" and request.url_rule:
            counts.add(PAGES[request.url_rule.rule])
            spoken = language(request.headers.get("Accept-Language", ""))
            if spoken:
                counts.add(spoken)
        return response
