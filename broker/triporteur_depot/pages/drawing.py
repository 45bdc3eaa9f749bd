"""The charts of a unit: which quantities, on which scales, with what named in the picture."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor

from triporteur_depot.charted import CHARGE, CURRENT, TEMPERATURE, VOLTAGE
from triporteur_depot.pages import words
from triporteur_depot.pages.activity import PHASE
from triporteur_depot.pages.chart import (
    PERCENT,
    Chart,
    Mark,
    Scale,
    band_path,
    day_ticks,
    fitted,
    hour_ticks,
    icon_room,
    line_path,
    room,
)
from triporteur_depot.pages.curves import Columns
from triporteur_depot.pages.days import Window, local
from triporteur_depot.pages.french import clock, short_weekday
from triporteur_depot.pages.history import Happening
from triporteur_depot.pages.past import Past
from triporteur_depot.pages.period import Period
from triporteur_wire.french import NARROW, NBSP, number, plural

#: A shorter hole is not worth a name.
_HOLE_MS = 30 * 60_000
#: Events closer than this share of the plot have one label.
_EVENT_SHARE = 0.02
_NO_DATA, _HOLE = "sans données", "hole"
_EVENT, _EVENT_LEFT = "event", "event left"


@dataclass(frozen=True, slots=True)
class Drawn:
    """How a quantity is drawn; its scale spans `least` or more."""

    title: str
    unit: str
    decimals: int
    least: float

    def number(self, value: float) -> str:
        """As pages say it: percentages are rounded down everywhere."""
        return number(floor(value) if self.unit == "%" else value, self.decimals)

    def measure(self, value: float) -> str:
        return f"{self.number(value)}{NBSP}{self.unit}"


QUANTITIES = {
    CHARGE: Drawn("Charge", "%", 0, 100),
    VOLTAGE: Drawn("Tension", "V", 1, 2),
    CURRENT: Drawn("Courant", "A", 1, 4),
    TEMPERATURE: Drawn("Température", "°C", 0, 8),
}


def charts(past: Past, period: Period, now_ms: int) -> list[Chart]:
    """The charge always, the others when they are known. Events are named on the charge."""
    ticks = day_ticks(past.window) if period.is_week else hour_ticks(past.window)
    marks = [*_phase_marks(past), *_hole_marks(past, now_ms)]
    drawn = []
    for quantity, how in QUANTITIES.items():
        columns = past.columns[quantity]
        if quantity != CHARGE and not any(columns):
            continue
        scale = _scale(quantity, columns, how)
        drawn.append(
            Chart(
                name=quantity,
                title=how.title,
                unit=how.unit,
                summary=_summary(columns, how, past, period),
                columns=len(columns),
                line=line_path(columns, scale),
                band=band_path(columns, scale),
                x_ticks=ticks,
                y_ticks=scale.ticks(),
                marks=marks,
                events=_event_marks(past.events, past.window) if quantity == CHARGE else (),
            )
        )
    return drawn


def holes(past: Past, now_ms: int) -> list[Window]:
    """Stretches of the past in which nothing charted is known."""
    known = [any(cells) for cells in zip(*past.columns.values(), strict=True)]
    end_ms = min(now_ms, past.window.end_ms)
    found, start_ms = [], past.window.start_ms
    for index, heard in enumerate([*known, True]):
        at_ms = min(past.window.start_ms + index * past.width_ms, end_ms)
        if heard:
            if at_ms - start_ms >= _HOLE_MS:
                found.append(Window(start_ms, at_ms))
            start_ms = at_ms + past.width_ms
    return found


def _scale(quantity: str, columns: Columns, how: Drawn) -> Scale:
    if quantity == CHARGE:
        return PERCENT
    return fitted(columns, how.least)


def _phase_marks(past: Past) -> Iterator[Mark]:
    for phase in past.phases:
        label = PHASE[phase.activity]
        yield _mark(past.window, Window(phase.start_ms, phase.end_ms), label, phase.activity)


def _hole_marks(past: Past, now_ms: int) -> Iterator[Mark]:
    for hole in holes(past, now_ms):
        yield _mark(past.window, hole, _NO_DATA, _HOLE)


def _mark(window: Window, stretch: Window, label: str, kind: str) -> Mark:
    start, end = window.share(stretch.start_ms), window.share(stretch.end_ms)
    share = end - start
    icon = icon_room(share) if kind != _HOLE else ""
    return Mark(100 * start, 100 * share, label, kind, room(label, share), icon)


def _event_marks(events: Sequence[Happening], window: Window) -> list[Mark]:
    """One mark a cluster of events; a crowd is counted instead of named."""
    clusters: list[list[Happening]] = []
    for happening in events:
        near = clusters and _near(clusters[-1][0], happening, window)
        if near:
            clusters[-1].append(happening)
        else:
            clusters.append([happening])
    starts = [window.share(cluster[0].utc_ms) for cluster in clusters]
    marks = []
    free = 0.0
    for cluster, start, following in zip(clusters, starts, [*starts, 1.0][1:], strict=True):
        mark = _event_mark(cluster, start, free, following)
        free = start if mark.room == "" or mark.kind == _EVENT_LEFT else following
        marks.append(mark)
    return marks


def _event_mark(cluster: Sequence[Happening], start: float, free: float, following: float) -> Mark:
    """Named on its right as far as the following mark, else on its left as far as `free`."""
    label = words.event(cluster[0].event)
    if len(cluster) > 1:
        label = plural(len(cluster), "événement", "événements")
    if right := room(label, following - start):
        return Mark(100 * start, 0, label, _EVENT, right)
    return Mark(100 * start, 0, label, _EVENT_LEFT, room(label, start - free))


def _near(first: Happening, then: Happening, window: Window) -> bool:
    return window.share(then.utc_ms) - window.share(first.utc_ms) < _EVENT_SHARE


def _summary(columns: Columns, how: Drawn, past: Past, period: Period) -> str:
    known = [(index, column) for index, column in enumerate(columns) if column]
    where = period.title.lower()
    if not known:
        return f"{how.title}, {where} : aucune donnée."
    low = min(column.low for _, column in known)
    high = max(column.high for _, column in known)
    last_index, last = known[-1]
    at_ms = past.window.start_ms + last_index * past.width_ms
    day = f"{short_weekday(local(at_ms).date())} " if period.is_week else ""
    told = (
        f"{how.title}, {where}{NARROW}: de {how.measure(low)} à {how.measure(high)}{NARROW};"
        f" {how.measure(last.line)} {day}à {clock(at_ms)}."
    )
    phases = plural(len(past.phases), "phase", "phases") if past.phases else ""
    return f"{told} {phases}, dites dans la liste plus bas." if phases else told
