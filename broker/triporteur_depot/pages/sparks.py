"""The fleet's small curves: seven days of charge a unit, drawn again only when data changed."""

import sqlite3
from dataclasses import dataclass
from math import floor
from threading import Lock

from triporteur_depot.charted import BUCKET_MS
from triporteur_depot.pages.chart import PERCENT, line_path
from triporteur_depot.pages.curves import Columns, merged
from triporteur_depot.pages.days import Window
from triporteur_depot.pages.french import percent
from triporteur_depot.pages.past import charge_quarters
from triporteur_depot.pages.queries import Unit, rollup_revision
from triporteur_wire.french import NARROW

DAYS = 7
#: Two hours: as fine as a curve of 150 pixels can show.
_QUARTERS_A_POINT = 8
COLUMNS = DAYS * 24 * 4 // _QUARTERS_A_POINT


@dataclass(frozen=True, slots=True)
class Spark:
    """A path in a box COLUMNS wide and chart.PLOT_HEIGHT high, and what it shows, in words.

    Both are empty without data.
    """

    path: str
    label: str


_EMPTY = Spark("", "")


class Sparks:
    """The curves as last drawn, by unit."""

    def __init__(self) -> None:
        self._drawn: dict[int, tuple[object, Spark]] = {}
        self._lock = Lock()

    def spark(self, connection: sqlite3.Connection, unit: Unit, now_ms: int) -> Spark:
        window = _window(now_ms)
        key = (window, rollup_revision(connection, unit.id))
        with self._lock:
            known, spark = self._drawn.get(unit.id, (None, _EMPTY))
        if known == key:
            return spark
        spark = _spark(charge_quarters(connection, unit, window))
        with self._lock:
            self._drawn[unit.id] = (key, spark)
        return spark


def _spark(quarters: Columns) -> Spark:
    known = [column for column in quarters if column]
    if not known:
        return _EMPTY
    low, high = min(column.low for column in known), max(column.high for column in known)
    label = (
        f"Charge des sept derniers jours{NARROW}: de {floor(low)} à {percent(high)},"
        f" en dernier {percent(known[-1].line)}"
    )
    return Spark(line_path(merged(quarters, _QUARTERS_A_POINT), PERCENT), label)


def _window(now_ms: int) -> Window:
    """The seven days up to the end of the running two hours."""
    point_ms = _QUARTERS_A_POINT * BUCKET_MS
    end_ms = (now_ms // point_ms + 1) * point_ms
    return Window(end_ms - DAYS * 86_400_000, end_ms)
