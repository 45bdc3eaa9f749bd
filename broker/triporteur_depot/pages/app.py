"""The depot's web pages as a Flask application. It writes nothing and sets no cookie."""

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, abort, g, render_template, request
from werkzeug.exceptions import MisdirectedRequest

from triporteur_depot.database import broker_lost_ms, set_aside
from triporteur_depot.pages import fleet_view, queries, sparks, unit_view
from triporteur_depot.pages.chart import PLOT_HEIGHT
from triporteur_depot.pages.days import local, parse_day
from triporteur_depot.pages.french import ago
from triporteur_depot.pages.period import Period
from triporteur_depot.pages.shelf import Body, Shelf
from triporteur_depot.pages.sorry import Sorry

#: The pages have no accounts: a name that some site points at this machine must not open them.
_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
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
Make = Callable[[sqlite3.Connection, int], str]


class Pages:
    """Answers pages out of one database file, each from one state of it."""

    def __init__(self, database: Path, now: Callable[[], int], sorry: Sorry) -> None:
        self._database = database
        self._now = now
        self._sorry = sorry
        self._shelf = Shelf()
        self._sparks = sparks.Sparks()

    def fleet(self) -> Response:
        def make(connection: sqlite3.Connection, now_ms: int) -> str:
            found = fleet_view.fleet(connection, self._sparks, now_ms)
            return render_template("fleet.html", fleet=found, spark_columns=sparks.COLUMNS)

        return self._answer("/", queries.fleet_revision, make)

    def unit(self, name: str) -> Response:
        return self._unit(name, "unit.html", unit_view.unit_page)

    def table(self, name: str) -> Response:
        return self._unit(name, "table.html", unit_view.table)

    def _unit(self, name: str, template: str, view: Callable[..., object]) -> Response:
        period = self._period()

        def make(connection: sqlite3.Connection, now_ms: int) -> str:
            unit = queries.find_unit(connection, name, now_ms)
            if unit is None:
                abort(404)
            page = view(connection, unit, period, now_ms)
            return render_template(template, page=page, period=period)

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
        """The page of this address, or 304 when the reader has its words already."""
        now_ms = self._now()
        with queries.snapshot(self._database) as connection:
            deaf_since_ms = broker_lost_ms(connection)
            g.deaf_since = None if deaf_since_ms is None else ago(deaf_since_ms, now_ms)
            g.set_aside = aside = set_aside(connection)
            g.set_aside_when = ago(aside.utc_ms, now_ms) if aside else ""
            state = (deaf_since_ms, aside, now_ms // _CLOCK_STEP_MS)
            made_for = f"{revision(connection)} {state}"
            body = self._shelf.get(address, made_for, lambda: make(connection, now_ms))
        self._sorry.database_is_read()
        return _sent(body)


def _sent(body: Body) -> Response:
    if request.if_none_match.contains_weak(body.tag):
        response = Response(status=304)
    elif request.accept_encodings.quality("gzip") > 0:
        response = Response(body.packed, mimetype="text/html")
        response.content_encoding = "gzip"
    else:
        response = Response(body.plain, mimetype="text/html")
    # Weak: the same words, whether packed or not.
    response.set_etag(body.tag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept-Encoding")
    return response


def create_app(database: Path, operator: str, now: Callable[[], int]) -> Flask:
    """The application. `operator` names the depot on every page; `now` is UTC in milliseconds."""
    app = Flask(__name__)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(operator=operator, plot_height=PLOT_HEIGHT)
    sorry = Sorry()
    sorry.handle(app)
    pages = Pages(database, now, sorry)
    app.add_url_rule("/", view_func=pages.fleet, endpoint="fleet")
    app.add_url_rule("/unite/<name>", view_func=pages.unit, endpoint="unit")
    app.add_url_rule("/unite/<name>/tableau", view_func=pages.table, endpoint="table")
    app.before_request(_for_this_machine)
    app.after_request(_with_headers)
    return app


def _for_this_machine() -> None:
    """Raises 421 for a request that names another host: DNS may be made to point here."""
    host = request.headers.get("Host", "")
    if re.sub(r":\d+\Z", "", host).lower() not in _HOSTS:
        raise MisdirectedRequest


def _with_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response
