"""Curves out of records by exception.

A recorded value holds until the next record of the same source and quantity, for HOLD_MS at the
most: units repeat unmoved values every 10 minutes, so that a longer silence is absence. `None`
ends a value at once.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from triporteur_depot.pages.days import Window

HOLD_MS = 15 * 60_000


@dataclass(frozen=True, slots=True)
class Trace:
    """What was recorded of one quantity of one source: instants (UTC, ascending) and values."""

    times_ms: Sequence[int]
    values: Sequence[float | None]

    def at(self, utc_ms: int) -> float | None:
        """The value that held at an instant, or None when none did."""
        index = bisect_right(self.times_ms, utc_ms) - 1
        if index < 0 or utc_ms - self.times_ms[index] >= HOLD_MS:
            return None
        return self.values[index]

    def ends(self, start_ms: int, end_ms: int) -> tuple[float, float] | None:
        """The first and last value known within a stretch, or None when none is."""
        first, last = (bisect_right(self.times_ms, at_ms) for at_ms in (start_ms, end_ms - 1))
        known = [self.at(start_ms), *self.values[first:last]]
        values = [value for value in known if value is not None]
        return (values[0], values[-1]) if values else None

    def holds(self, until_ms: int) -> Iterator[tuple[int, int, float]]:
        """Stretches (start, end, value); the last value holds until `until_ms` at the most."""
        for (start, value), (end, _) in pairwise([*self._points(), (until_ms, None)]):
            if value is not None and end > start:
                yield start, min(end, start + HOLD_MS), value

    def _points(self) -> Iterator[tuple[int, float | None]]:
        return zip(self.times_ms, self.values, strict=True)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a picture: lowest and highest value within, and where the line passes."""

    low: float
    high: float
    line: float


Columns = Sequence[Column | None]


def columns(trace: Trace, window: Window, width_ms: int, until_ms: int) -> list[Column | None]:
    """The window cut in columns; the line is the mean over time. None where nothing is known.

    `until_ms` is now: nothing holds beyond it.
    """
    last_ms = min(until_ms, window.end_ms)
    cells: dict[int, list[tuple[float, int]]] = {}
    for start, end, value in trace.holds(last_ms):
        start = max(start, window.start_ms) - window.start_ms
        end = min(end, last_ms) - window.start_ms
        while start < end:
            index = start // width_ms
            edge = min(end, (index + 1) * width_ms)
            cells.setdefault(index, []).append((value, edge - start))
            start = edge
    count = -(-window.length_ms // width_ms)
    return [_column(cells[index]) if index in cells else None for index in range(count)]


def _column(held: Sequence[tuple[float, int]]) -> Column:
    """The column of values, each held so many milliseconds."""
    values = [value for value, _ in held]
    low, high = min(values), max(values)
    mean = sum(value * held_ms for value, held_ms in held) / sum(held_ms for _, held_ms in held)
    # Rounding must not lift the mean out of what was recorded.
    return Column(low, high, min(max(mean, low), high))


def merged(parts: Sequence[Column | None], by: int) -> list[Column | None]:
    """Columns `by` times as wide; the line passes where it last passed."""
    return [_merge(parts[first : first + by]) for first in range(0, len(parts), by)]


def _merge(parts: Columns) -> Column | None:
    known = [part for part in parts if part]
    if not known:
        return None
    low, high = min(part.low for part in known), max(part.high for part in known)
    return Column(low, high, known[-1].line)
