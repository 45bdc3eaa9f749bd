"""Everything the pages of one unit say, in words and figures ready to be shown."""

import sqlite3
from dataclasses import dataclass
from datetime import date

from triporteur_depot.pages import undated
from triporteur_depot.pages.aboard import Part, aboard
from triporteur_depot.pages.chart import Chart
from triporteur_depot.pages.curves import Column, merged
from triporteur_depot.pages.days import local
from triporteur_depot.pages.delivered import Delivered, delivered
from triporteur_depot.pages.diary import Entry, diary
from triporteur_depot.pages.drawing import QUANTITIES, Drawn, charts
from triporteur_depot.pages.figures import Figure, figures
from triporteur_depot.pages.fleet_view import KINDS, icon
from triporteur_depot.pages.french import ago, clock, long_date, short_weekday
from triporteur_depot.pages.history import first_record_ms
from triporteur_depot.pages.kiosk_view import KioskView, kiosk_view
from triporteur_depot.pages.outing_view import OutingView, outing_view
from triporteur_depot.pages.past import Past, past
from triporteur_depot.pages.period import Period
from triporteur_depot.pages.queries import Unit
from triporteur_depot.pages.urgency import Severity, Situation, situation
from triporteur_depot.pages.version_view import VersionView, version_view
from triporteur_wire.french import ABSENT, NBSP

#: Rows of the table: a quarter of an hour in a day, three hours in a week.
_DAY_ROW_MS = 15 * 60_000
_WEEK_ROW_MS = 3 * 3_600_000


@dataclass(frozen=True, slots=True)
class Head:
    """Who the unit is and what happens to it now."""

    name: str
    about: str
    kind: str
    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class UnitPage:
    head: Head
    figures: list[Figure]
    outing: OutingView | None
    charts: list[Chart]
    diary: list[Entry]
    undated: list[Entry]
    delivered: Delivered
    aboard: list[Part]
    version: VersionView | None
    kiosk: KioskView | None
    first_day: date | None
    last_day: date | None

    @property
    def last_day_words(self) -> str:
        return long_date(self.last_day) if self.last_day else ""


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` holds for each stretch its name and a cell for each of `columns`."""

    head: Head
    first_day: date | None
    columns: list[str]
    rows: list[tuple[str, list[str]]]


def unit_page(connection: sqlite3.Connection, unit: Unit, period: Period, now_ms: int) -> UnitPage:
    now = situation(unit, now_ms)
    # What a unit last said holds no longer than it was heard.
    until_ms = now_ms if now.status or not unit.heard_ms else unit.heard_ms
    found = past(connection, unit, period, until_ms)
    undated_boots = undated.undated(connection, unit.id)
    return UnitPage(
        head=_head(unit, now, now_ms),
        figures=figures(now),
        outing=outing_view(unit, now, now_ms),
        charts=charts(found, period, now_ms),
        diary=diary(found, period, now_ms if now.status else None),
        undated=undated.entries(connection, unit.id, undated_boots, found.window, now_ms),
        delivered=delivered(
            unit,
            now_ms,
            is_mute=now.severity is Severity.SILENT,
            undated=sum(boot.records for boot in undated_boots),
        ),
        aboard=aboard(unit.status),
        version=version_view(connection, unit),
        kiosk=kiosk_view(connection, unit, period),
        first_day=_first_day(connection, unit, now_ms),
        last_day=local(unit.heard_ms).date() if unit.heard_ms else None,
    )


def table(connection: sqlite3.Connection, unit: Unit, period: Period, now_ms: int) -> Table:
    found = past(connection, unit, period, now_ms)
    row_ms = _WEEK_ROW_MS if period.is_week else _DAY_ROW_MS
    wide = {
        quantity: merged(columns, row_ms // found.width_ms)
        for quantity, columns in found.columns.items()
    }
    named = [f"{how.title} ({how.unit})" for how in QUANTITIES.values()]
    return Table(
        _head(unit, situation(unit, now_ms), now_ms),
        _first_day(connection, unit, now_ms),
        named,
        _rows(found, wide, row_ms, period),
    )


def _first_day(connection: sqlite3.Connection, unit: Unit, now_ms: int) -> date | None:
    """The day of the earliest record that has a date, or None when none has."""
    first_ms = first_record_ms(connection, unit.id)
    # A clock that was wrong aboard may date a record out of the calendar.
    return None if first_ms is None else local(min(max(0, first_ms), now_ms)).date()


def _rows(
    found: Past, wide: dict[str, list[Column | None]], row_ms: int, period: Period
) -> list[tuple[str, list[str]]]:
    """From the first row that knows something to the last; a hole between them is shown."""
    lines = list(enumerate(zip(*(wide[name] for name in QUANTITIES), strict=True)))
    known = [index for index, cells in lines if any(cells)]
    rows = []
    for index, cells in lines[known[0] : known[-1] + 1] if known else ():
        at_ms = found.window.start_ms + index * row_ms
        day = f"{short_weekday(local(at_ms).date())}, " if period.is_week else ""
        drawn = zip(cells, QUANTITIES.values(), strict=True)
        rows.append((day + clock(at_ms), [_cell(column, how) for column, how in drawn]))
    return rows


def _cell(column: Column | None, how: Drawn) -> str:
    """« 41 à 43 », or the one value when both ends read the same."""
    if column is None:
        return ABSENT
    low, high = how.number(column.low), how.number(column.high)
    return low if low == high else f"{low} à {high}"


def _head(unit: Unit, found: Situation, now_ms: int) -> Head:
    about = [
        unit.status.place if unit.status else "",
        f"entendu {ago(unit.heard_ms, now_ms)}" if unit.heard_ms else "jamais entendu",
        f"version{NBSP}{unit.status.version}" if unit.status else "",
    ]
    return Head(
        unit.name,
        " · ".join(part for part in about if part),
        KINDS[found.severity],
        icon(found),
        found.words,
    )
