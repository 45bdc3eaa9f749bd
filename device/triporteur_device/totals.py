"""Where the running totals stand, once an hour, in records that are never thinned.

Telemetry is the first to go when a card fills up. What a battery took and gave in a time without
any record can still be told from a total before it and one after it.
"""

from collections.abc import Iterator, Mapping

from triporteur_wire.messages import Reading
from triporteur_wire.quantities import QUANTITIES, Value, rounded
from triporteur_wire.records import Counters

_EVERY_MS = 3_600_000


class Totals:
    """Remembers what was last noted of each source."""

    def __init__(self, now_ms: int) -> None:
        self._noted_ms = now_ms
        self._noted: dict[str, dict[str, Value]] = {}

    def due(self, readings: Mapping[str, Mapping[str, Reading]], now_ms: int) -> list[Counters]:
        """The records to write now: of each source whose totals moved in the last hour."""
        if now_ms - self._noted_ms < _EVERY_MS:
            return []
        return self.all(readings, now_ms)

    def all(self, readings: Mapping[str, Mapping[str, Reading]], now_ms: int) -> list[Counters]:
        """The same, whatever the hour: the agent ends."""
        self._noted_ms = now_ms
        return list(self._moved(readings))

    def _moved(self, readings: Mapping[str, Mapping[str, Reading]]) -> Iterator[Counters]:
        for source, values in readings.items():
            totals = {
                name: rounded(name, reading.value)
                for name, reading in values.items()
                if QUANTITIES[name].total
            }
            if totals and totals != self._noted.get(source):
                self._noted[source] = totals
                yield Counters(source, totals)
