"""Sources that repeat themselves while current flows, or while the trike rides.

A battery that is charged or used changes its voltage within minutes, one that drives a motor within
seconds. A board that gives the very same bytes meanwhile is frozen: its frames are good, and what
they say is old. One at rest may say the same for days, and is left alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from msgspec.structs import replace

from triporteur_wire.battery import Flow, flow
from triporteur_wire.messages import Doubt, Reading, SourceHealth

#: Of another's current, counted while the bytes stay the same.
STUCK_AFTER_MS = 3_600_000
#: For how much time of current each counts. What it says itself to flow would take it down by a
#: digit within ten minutes: of its voltage, of a cell's, or of what is left.
_CLAIMS = 6
#: Two minutes: no voltage stands still under a rider.
_RIDES = 30
#: Nobody pushes a trike so fast; nothing else aboard draws so much.
_RIDING_KMH = 6.0
_MOTOR_A = 5.0
#: A witness that repeats itself is none: it may be the one that is frozen.
_WITNESS_MOVES_MS = 10_000

#: A motor's current may truly be 0 for hours; a voltage is never so still.
_VOLTAGES = frozenset({"pack_voltage_v", "input_voltage_v"})

Readings = Mapping[str, Mapping[str, Reading]]


class Heard(Protocol):
    """A source, which knows when what it says of the battery last changed."""

    @property
    def name(self) -> str: ...

    @property
    def moved_ms(self) -> int | None: ...

    def health(self) -> SourceHealth: ...


@dataclass(frozen=True, slots=True)
class _Still:
    """Unchanged since `moved_ms`, and for how long current flowed meanwhile."""

    moved_ms: int | None = None
    flowed_ms: int = 0


class StuckWatch:
    """Looks at every source about once a second."""

    def __init__(self, sources: Sequence[Heard], now_ms: int) -> None:
        self._sources = sources
        self._looked_ms = now_ms
        self._still: dict[str, _Still] = {}

    def look(self, readings: Readings, now_ms: int) -> None:
        """Counts the time since the last look; `readings` are the fresh values by source."""
        passed_ms, self._looked_ms = now_ms - self._looked_ms, now_ms
        told = {name: _weight(values) for name, values in readings.items()}
        witnesses = dict(self._witnesses(told, now_ms))
        for source in self._sources:
            still, values = self._still.get(source.name), readings.get(source.name, {})
            if still is None or _VOLTAGES.isdisjoint(values) or still.moved_ms != source.moved_ms:
                self._still[source.name] = _Still(source.moved_ms)
            elif source.moved_ms is not None:
                others = (weight for name, weight in witnesses.items() if name != source.name)
                claims = _CLAIMS if told.get(source.name) else 0
                flowed_ms = still.flowed_ms + passed_ms * max(claims, *others, 0)
                self._still[source.name] = _Still(still.moved_ms, flowed_ms)

    def _witnesses(self, told: Mapping[str, int], now_ms: int) -> Iterator[tuple[str, int]]:
        """Who says that something flows or turns, and is no frozen one."""
        moved = {source.name: source.moved_ms for source in self._sources}
        for name, weight in told.items():
            moved_ms = moved.get(name)
            if weight and (moved_ms is None or now_ms - moved_ms <= _WITNESS_MOVES_MS):
                yield name, weight

    def judged(self, source: Heard) -> SourceHealth:
        """The source's health, with a doubt more if it is stuck."""
        health = source.health()
        if self._still.get(source.name, _Still()).flowed_ms < STUCK_AFTER_MS:
            return health
        return replace(health, doubts=(*health.doubts, Doubt.STUCK))


def _weight(values: Mapping[str, Reading]) -> int:
    """How much what a source says weighs against one that stands still; 0 when nothing flows."""
    current_a = _number(values, "current_a")
    if _number(values, "speed_kmh") >= _RIDING_KMH or current_a <= -_MOTOR_A:
        return _RIDES
    if abs(_number(values, "motor_current_a")) >= _MOTOR_A:
        return _RIDES
    return 0 if flow(current_a) is Flow.RESTING else 1


def _number(values: Mapping[str, Reading], quantity: str) -> float:
    """0 for what is not told: it is no sign."""
    told = values.get(quantity)
    return 0.0 if told is None or isinstance(told.value, str | tuple) else float(told.value)
