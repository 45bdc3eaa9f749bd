"""The depot's web pages as a Flask application. It writes nothing and sets no cookie."""

import hashlib
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, abort, render_template, request

from triporteur_depot.pages import fleet_view, queries, sparks, unit_view
from triporteur_depot.pages.chart import PLOT_HEIGHT
from triporteur_depot.pages.days import local, parse_day
from triporteur_depot.pages.period import Period
from triporteur_depot.pages.shelf import Shelf

_log = logging.getLogger(__name__)

#: Ages in words move this often when nothing else does.
_CLOCK_STEP_MS = 10_000
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

Revision = Callable[[sqlite3.Connection], str]
Make = Callable[[sqlite3.Connection, int, str], str]


class Pages:
    """Answers pages out of one database file, each from one state of it."""

    def __init__(self, database: Path, now: Callable[[], int]) -> None:
        self._database = database
        self._now = now
        self._shelf = Shelf()
        self._sparks = sparks.Sparks()

    def fleet(self) -> Response:
        def make(connection: sqlite3.Connection, now_ms: int, tag: str) -> str:
            found = fleet_view.fleet(connection, self._sparks, now_ms)
            return render_template("fleet.html", fleet=found, tag=tag, spark_columns=sparks.COLUMNS)

        return self._answer("/", queries.fleet_revision, make)

    def unit(self, name: str) -> Response:
        return self._unit(name, "unit.html", unit_view.unit_page)

    def table(self, name: str) -> Response:
        return self._unit(name, "table.html", unit_view.table)

    def _unit(self, name: str, template: str, view: Callable[..., object]) -> Response:
        period = self._period()

        def make(connection: sqlite3.Connection, now_ms: int, tag: str) -> str:
            unit = queries.find_unit(connection, name)
            if unit is None:
                abort(404)
            page = view(connection, unit, period, now_ms)
            return render_template(template, page=page, period=period, tag=tag)

        address = f"{template} {name} {period}"
        return self._answer(address, lambda reader: queries.unit_revision(reader, name), make)

    def _period(self) -> Period:
        """The period the address asks for. Raises 404 for a day that is none."""
        today = local(self._now()).date()
        asked = request.args.get("jour")
        last = parse_day(asked, today) if asked else today
        if last is None:
            abort(404)
        return Period.of(last, request.args.get("vue"), today)

    def _answer(self, address: str, revision: Revision, make: Make) -> Response:
        """The page of this address, or 304 when the reader has it as it is."""
        now_ms = self._now()
        with queries.snapshot(self._database) as connection:
            tag = _tag(address, revision(connection), now_ms // _CLOCK_STEP_MS)
            if request.if_none_match.contains(tag):
                response = Response(status=304)
            else:
                body = self._shelf.get(address, tag, lambda: make(connection, now_ms, tag))
                response = Response(body, mimetype="text/html")
        response.set_etag(tag)
        response.headers["Cache-Control"] = "no-cache"
        return response


def create_app(database: Path, operator: str, now: Callable[[], int]) -> Flask:
    """The application. `operator` names the depot on every page; `now` is UTC in milliseconds."""
    app = Flask(__name__)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(operator=operator, plot_height=PLOT_HEIGHT)
    pages = Pages(database, now)
    app.add_url_rule("/", view_func=pages.fleet, endpoint="fleet")
    app.add_url_rule("/unite/<name>", view_func=pages.unit, endpoint="unit")
    app.add_url_rule("/unite/<name>/tableau", view_func=pages.table, endpoint="table")
    app.register_error_handler(404, _not_found)
    app.register_error_handler(sqlite3.Error, _no_database)
    app.after_request(_with_headers)
    return app


def _with_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response


def _not_found(_error: Exception) -> tuple[str, int]:
    return render_template(
        "sorry.html",
        title="Rien à cette adresse",
        text="Cette unité n’a jamais parlé à ce dépôt, ou ce jour n’est pas dans son passé.",
    ), 404


def _no_database(error: Exception) -> tuple[str, int]:
    _log.error("the database cannot be read: %s", error)
    return render_template(
        "sorry.html",
        title="Le dépôt ne peut pas lire ses données",
        text="Réessayez dans une minute. Si cela dure, voyez le journal du dépôt.",
    ), 503


def _tag(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]
