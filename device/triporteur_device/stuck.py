"""Sources that repeat themselves while, by another source, current flows.

A battery that is charged or used changes its voltage within minutes. A board that gives the very
same bytes for an hour of it is frozen: its frames are good, and what they say is old.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from msgspec.structs import replace

from triporteur_wire.battery import Flow, flow
from triporteur_wire.messages import Doubt, Reading, SourceHealth

#: Of current, counted while the bytes stay the same.
STUCK_AFTER_MS = 3_600_000

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
        flowing = {name for name, values in readings.items() if _flows(values)}
        for source in self._sources:
            still = self._still.get(source.name)
            if still is None or not readings.get(source.name) or still.moved_ms != source.moved_ms:
                self._still[source.name] = _Still(source.moved_ms)
            elif source.moved_ms is not None and flowing - {source.name}:
                flowed_ms = still.flowed_ms + passed_ms
                self._still[source.name] = _Still(still.moved_ms, flowed_ms)

    def judged(self, source: Heard) -> SourceHealth:
        """The source's health, with a doubt more if it is stuck."""
        health = source.health()
        if self._still.get(source.name, _Still()).flowed_ms < STUCK_AFTER_MS:
            return health
        return replace(health, doubts=(*health.doubts, Doubt.STUCK))


def _flows(values: Mapping[str, Reading]) -> bool:
    told = values.get("current_a")
    if told is None or isinstance(told.value, str | tuple):
        return False
    return flow(told.value) is not Flow.RESTING
