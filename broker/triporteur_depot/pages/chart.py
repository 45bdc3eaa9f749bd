"""The geometry of a chart: paths, axes and marks for the template that draws it.

Paths live in a box one unit wide per column and PLOT_HEIGHT high, which the page stretches to its
width; everything else is placed in percent of the plot. So text keeps its size on every screen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil, floor, log10

from triporteur_depot.pages.curves import Column, Columns
from triporteur_depot.pages.days import Window, days_of, instant_ms
from triporteur_depot.pages.french import short_weekday
from triporteur_wire.french import NBSP, number

PLOT_HEIGHT = 400
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_TICKS = 4
_HOURS_BETWEEN = 3
_ICON_PX = 20


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis, in percent from its start. `minor` may hide when narrow."""

    percent: float
    label: str
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Something named in the picture, from `percent` on and `width` wide (0 for an instant).

    `room` says from which width of screen the name fits: "s", "m", "l", or "" for never; and
    `icon_room` so of a pictogram, named after `kind`, that stands where the name does not fit.
    """

    percent: float
    width: float
    label: str
    kind: str
    room: str
    icon_room: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """One quantity over a window. `columns` is how wide the box of the paths is."""

    name: str
    title: str
    unit: str
    summary: str
    columns: int
    line: str
    band: str
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    marks: Sequence[Mark] = ()
    events: Sequence[Mark] = ()

    @property
    def key(self) -> list[tuple[str, str]]:
        """Each kind of mark in the picture, and its word, in the order in which they appear."""
        return list({mark.kind: mark.label for mark in self.marks}.items())


@dataclass(frozen=True, slots=True)
class Scale:
    """The values at the foot and the head of the plot, and the step of its grid."""

    low: float
    high: float
    step: float

    def height(self, value: float) -> int:
        """Distance from the head of the plot, in box units."""
        share = (value - self.low) / (self.high - self.low)
        return round((1 - min(max(share, 0.0), 1.0)) * PLOT_HEIGHT)

    def ticks(self) -> list[Tick]:
        count = round((self.high - self.low) / self.step)
        decimals = 0 if self.step == int(self.step) else 1
        return [
            Tick(100 - 100 * n / count, number(self.low + n * self.step, decimals))
            for n in range(count + 1)
        ]


PERCENT = Scale(0, 100, 25)


def fitted(columns: Columns, least: float) -> Scale:
    """A scale with round ends around everything known, spanning `least` or more."""
    known = [column for column in columns if column]
    low = min((column.low for column in known), default=0.0)
    high = max((column.high for column in known), default=least)
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least / 2, middle + least / 2
    step = _round_step((high - low) / _TICKS)
    return Scale(floor(low / step) * step, ceil(high / step) * step, step)


def line_path(columns: Columns, scale: Scale) -> str:
    """The line through the middle of each known column; a hole lifts the pen."""
    return "".join(_line(first, run, scale) for first, run in _runs(columns))


def band_path(columns: Columns, scale: Scale) -> str:
    """The area between low and high, a closed shape for each stretch without a hole."""
    return "".join(_band(first, run, scale) for first, run in _runs(columns))


def hour_ticks(window: Window) -> list[Tick]:
    """« 0 h », « 3 h » … by the clock on the wall: a day of 25 hours has one longer step."""
    day = days_of(window)[0]
    return [
        Tick(
            100 * window.share(instant_ms(day, hour)),
            f"{hour}{NBSP}h",
            minor=hour % (2 * _HOURS_BETWEEN) != 0,
        )
        for hour in range(0, 24, _HOURS_BETWEEN)
    ]


def day_ticks(window: Window) -> list[Tick]:
    """« lun. 16 » where each day starts."""
    days = days_of(window)
    return [
        Tick(
            100 * window.share(instant_ms(day, 0)),
            short_weekday(day),
            minor=(days[-1] - day).days % 2 == 1,
        )
        for day in days
    ]


def room(label: str, share: float) -> str:
    """From which screen on a label fits into this share of the plot: "s", "m", "l" or ""."""
    return _fits(len(label) * 6.4 + 8, share)


def icon_room(share: float) -> str:
    """From which screen on a pictogram fits into this share of the plot."""
    return _fits(_ICON_PX, share)


def _fits(needed: float, share: float) -> str:
    for size, plot_width in (("s", 290), ("m", 540), ("l", 1000)):
        if share * plot_width >= needed:
            return size
    return ""


def _round_step(rough: float) -> float:
    scale = 10.0 ** floor(log10(rough))
    return next(step * scale for step in _STEPS if step * scale >= rough * 0.999)


def _runs(columns: Columns) -> Iterator[tuple[int, list[Column]]]:
    """Unbroken stretches of columns and where each starts."""
    numbered = enumerate(columns)
    for known, group in groupby(numbered, key=lambda pair: pair[1] is not None):
        if known:
            pairs = list(group)
            yield pairs[0][0], [column for _, column in pairs if column]


def _line(first: int, run: Sequence[Column], scale: Scale) -> str:
    heights = [scale.height(column.line) for column in run]
    if len(heights) == 1:
        return f"M{first} {heights[0]}h1"
    return "M" + "L".join(_bends(first, heights))


def _band(first: int, run: Sequence[Column], scale: Scale) -> str:
    tops = _bends(first, [scale.height(column.high) for column in run])
    feet = _bends(first, [scale.height(column.low) for column in run])
    return "M" + "L".join([*tops, *reversed(feet)]) + "Z"


def _bends(first: int, heights: Sequence[int]) -> list[str]:
    """Points of a polyline without those that lie on a level stretch."""
    last = len(heights) - 1
    return [
        f"{first + index}.5 {height}"
        for index, height in enumerate(heights)
        if index in (0, last) or not heights[index - 1] == height == heights[index + 1]
    ]
