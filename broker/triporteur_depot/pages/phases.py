"""The phases of a day: charging, riding, on site, at rest, told from the battery's current.

Each minute has the activity of its mean current. A ride stops at lights, a charger pauses: pieces
shorter than MINIMUM_MIN that follow one another are one block, which has the activity of its own
mean. What is still too short joins the longer of its neighbours. What stands alone between two
silences stays.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from triporteur_depot.pages.activity import Activity, activity
from triporteur_depot.pages.curves import Trace, columns
from triporteur_depot.pages.days import Window

_MINUTE_MS = 60_000
#: Shortest phase worth a name, in minutes: a ride between two places, a charge or stay that
#: someone meant.
MINIMUM_MIN = {
    Activity.CHARGING: 5,
    Activity.RIDING: 3,
    Activity.ON_SITE: 8,
    Activity.RESTING: 8,
}


@dataclass(frozen=True, slots=True)
class Phase:
    """The unit did this from `start_ms` to `end_ms` (UTC).

    `current_a` and `voltage_v` are means; the voltage is None where it was never known.
    """

    activity: Activity
    start_ms: int
    end_ms: int
    current_a: float
    voltage_v: float | None

    @property
    def minutes(self) -> float:
        return (self.end_ms - self.start_ms) / _MINUTE_MS

    @property
    def is_short(self) -> bool:
        return self.minutes < MINIMUM_MIN[self.activity]


def phases(current: Trace, voltage: Trace | None, window: Window, until_ms: int) -> list[Phase]:
    """The phases of a window, ascending. Silences lie between them."""
    last_ms = min(window.end_ms, until_ms)
    minutes = []
    for number, column in enumerate(columns(current, window, _MINUTE_MS, until_ms)):
        if column is None:
            continue
        start = window.start_ms + number * _MINUTE_MS
        end = min(start + _MINUTE_MS, last_ms)
        volts = voltage.at(start) if voltage else None
        minutes.append(Phase(activity(column.line, volts), start, end, column.line, volts))
    return [phase for stretch in _unbroken(minutes) for phase in _settled(stretch)]


def _unbroken(found: Sequence[Phase]) -> Iterator[list[Phase]]:
    """The phases in stretches without a silence."""
    stretch: list[Phase] = []
    for phase in found:
        if stretch and stretch[-1].end_ms != phase.start_ms:
            yield stretch
            stretch = []
        stretch.append(phase)
    if stretch:
        yield stretch


def _settled(stretch: Sequence[Phase]) -> list[Phase]:
    pieces = _joined(stretch, lambda phase: phase.activity)
    blocks: list[Phase] = []
    for is_short, group in groupby(pieces, lambda piece: piece.is_short):
        # Named before they join anything: piecemeal, the pauses of a ride would eat the ride.
        together = list(group)
        blocks += [_one(together)] if is_short else together
    return _attached(_joined(blocks, lambda block: block.activity))


def _attached(found: Sequence[Phase]) -> list[Phase]:
    """Gives each phase that is too short to the longer of its neighbours, which never are."""
    names = [
        phase.activity if not phase.is_short else _longer(found[max(0, at - 1) : at + 2], phase)
        for at, phase in enumerate(found)
    ]
    coming = iter(names)
    return _joined(found, lambda _: next(coming))


def _longer(around: Sequence[Phase], phase: Phase) -> Activity:
    neighbours = [other for other in around if other is not phase]
    return max(neighbours or [phase], key=lambda other: other.minutes).activity


def _joined(found: Sequence[Phase], name: Callable[[Phase], Activity]) -> list[Phase]:
    """Followers of one name as one phase of that name."""
    return [_one(list(group), named) for named, group in groupby(found, name)]


def _one(parts: Sequence[Phase], named: Activity | None = None) -> Phase:
    """The parts as one phase, named after their mean current unless a name is given."""
    known = [(part, part.voltage_v) for part in parts if part.voltage_v is not None]
    current_a = _mean((part.current_a, part.minutes) for part in parts)
    voltage_v = _mean((volts, part.minutes) for part, volts in known) if known else None
    doing = named or activity(current_a, voltage_v)
    return Phase(doing, parts[0].start_ms, parts[-1].end_ms, current_a, voltage_v)


def _mean(weighed: Iterator[tuple[float, float]]) -> float:
    pairs = list(weighed)
    return sum(value * weight for value, weight in pairs) / sum(weight for _, weight in pairs)
