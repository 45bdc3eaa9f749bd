"""A unit's past over a period, ready to be drawn, told and tabled."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

from triporteur_depot.charted import BUCKET_MS, CHARGE, CHARTED, CURRENT, VOLTAGE
from triporteur_depot.pages import history
from triporteur_depot.pages.curves import HOLD_MS, Columns, Trace, columns
from triporteur_depot.pages.days import Window
from triporteur_depot.pages.history import Happening, Judged
from triporteur_depot.pages.period import Period
from triporteur_depot.pages.phases import Phase, phases
from triporteur_depot.pages.queries import Unit

#: About two pixels of a wide screen, and a sixth of a row of the table.
_DAY_COLUMN_MS = 150_000
_NO_TRACE = Trace((), ())


@dataclass(frozen=True, slots=True)
class Past:
    """Columns by quantity, `width_ms` each; a day also has its phases, events, judgements and
    charge."""

    window: Window
    width_ms: int
    columns: dict[str, Columns]
    phases: list[Phase] = field(default_factory=list)
    events: list[Happening] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    charge: Trace = _NO_TRACE


def past(connection: sqlite3.Connection, unit: Unit, period: Period, now_ms: int) -> Past:
    """A day from its records; a week from the rollups."""
    if period.is_week:
        return _week(connection, unit, period.window)
    return _day(connection, unit, period.window, now_ms)


def charge_quarters(connection: sqlite3.Connection, unit: Unit, window: Window) -> Columns:
    """The charge in quarters of an hour, for the fleet's small curves."""
    return _quarters(connection, unit, CHARGE, window)


def _day(connection: sqlite3.Connection, unit: Unit, window: Window, now_ms: int) -> Past:
    # What was recorded just before still holds at the start.
    found = history.recorded(connection, unit.id, Window(window.start_ms - HOLD_MS, window.end_ms))
    traces = {}
    for quantity, sources in found.traces.items():
        source = _chosen(unit, quantity, sources)
        traces[quantity] = sources[source] if source else _NO_TRACE
    return Past(
        window,
        _DAY_COLUMN_MS,
        {q: columns(trace, window, _DAY_COLUMN_MS, now_ms) for q, trace in traces.items()},
        phases(traces[CURRENT], traces[VOLTAGE], window, now_ms),
        [happening for happening in found.events if happening.utc_ms >= window.start_ms],
        [judged for judged in found.judged if judged.utc_ms >= window.start_ms],
        traces[CHARGE],
    )


def _week(connection: sqlite3.Connection, unit: Unit, window: Window) -> Past:
    found = {quantity: _quarters(connection, unit, quantity, window) for quantity in CHARTED}
    return Past(window, BUCKET_MS, found)


def _quarters(connection: sqlite3.Connection, unit: Unit, quantity: str, window: Window) -> Columns:
    sources = history.rollup_sources(connection, unit.id, quantity)
    preferred = _chosen(unit, quantity, sources)
    found: Columns = ()
    for source in sorted(sources, key=lambda name: name != preferred):
        found = history.quarters(connection, unit.id, quantity, source, window)
        if any(found):
            break
    return found or [None] * -(-window.length_ms // BUCKET_MS)


def _chosen(unit: Unit, quantity: str, sources: Iterable[str]) -> str | None:
    """The source that gives the quantity now, if it has a past; else any that has one."""
    names = sorted(sources)
    readings = unit.status.readings if unit.status else {}
    giving = [source for source, values in readings.items() if quantity in values]
    return next((source for source in giving if source in names), next(iter(names), None))
