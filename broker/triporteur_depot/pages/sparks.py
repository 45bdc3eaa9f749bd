"""The fleet's small curves: seven days of charge a unit, drawn again only when data changed."""

import sqlite3
from threading import Lock

from triporteur_depot.pages.chart import PERCENT, line_path
from triporteur_depot.pages.curves import merged
from triporteur_depot.pages.days import Window
from triporteur_depot.pages.history import BUCKET_MS
from triporteur_depot.pages.past import charge_quarters
from triporteur_depot.pages.queries import Unit, rollup_revision

DAYS = 7
#: Two hours: as fine as a curve of 150 pixels can show.
_QUARTERS_A_POINT = 8
COLUMNS = DAYS * 24 * 4 // _QUARTERS_A_POINT


class Sparks:
    """Paths in a box COLUMNS wide and chart.PLOT_HEIGHT high, by unit; empty without data."""

    def __init__(self) -> None:
        self._drawn: dict[int, tuple[object, str]] = {}
        self._lock = Lock()

    def path(self, connection: sqlite3.Connection, unit: Unit, now_ms: int) -> str:
        window = _window(now_ms)
        key = (window, rollup_revision(connection, unit.id))
        with self._lock:
            known, path = self._drawn.get(unit.id, (None, ""))
        if known == key:
            return path
        quarters = charge_quarters(connection, unit, window)
        path = line_path(merged(quarters, _QUARTERS_A_POINT), PERCENT)
        with self._lock:
            self._drawn[unit.id] = (key, path)
        return path


def _window(now_ms: int) -> Window:
    """The seven days up to the end of the running two hours."""
    point_ms = _QUARTERS_A_POINT * BUCKET_MS
    end_ms = (now_ms // point_ms + 1) * point_ms
    return Window(end_ms - DAYS * 86_400_000, end_ms)
