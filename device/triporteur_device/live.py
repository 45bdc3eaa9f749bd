"""What is true now: the newest value of every quantity of every source, while it is fresh.

A value older than its source's limit is absent; nothing here ever repeats the last one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from triporteur_wire.messages import Reading
from triporteur_wire.quantities import Value, at_a_battery
from triporteur_wire.records import Event


@dataclass(frozen=True, slots=True)
class Observation:
    """What one good frame said: quantity -> value, at the instant its last byte arrived."""

    source: str
    mono_ms: int
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Happened:
    """Something aboard that is recorded, and committed, at once: it may be the last thing."""

    mono_ms: int
    event: Event


class LiveValues:
    """The fresh values by source. `stale_after_ms` gives each source's age limit, in order."""

    def __init__(self, stale_after_ms: Mapping[str, int]) -> None:
        self._stale_after_ms = stale_after_ms
        self._values: dict[str, dict[str, tuple[int, Value]]] = {
            source: {} for source in stale_after_ms
        }

    def observe(self, seen: Observation) -> None:
        held = self._values[seen.source]
        held.update((name, (seen.mono_ms, value)) for name, value in seen.values.items())

    def expire(self, now_ms: int) -> list[Observation]:
        """Forgets what is too old; says per source what ended (values are the last ones)."""
        ended = []
        for source, held in self._values.items():
            oldest = now_ms - self._stale_after_ms[source]
            gone = {name: value for name, (taken, value) in held.items() if taken < oldest}
            for name in gone:
                del held[name]
            if gone:
                ended.append(Observation(source, now_ms, gone))
        return ended

    def is_fresh(self, source: str) -> bool:
        """Whether the source gives anything at all."""
        return bool(self._values[source])

    def number(self, quantity: str) -> float | None:
        """The first source's number, a battery's if any gives it; None when none is fresh."""
        for held in sorted(self._values.values(), key=at_a_battery, reverse=True):
            _, value = held.get(quantity, (0, None))
            if isinstance(value, int | float):
                return float(value)
        return None

    def readings(self, now_ms: int) -> dict[str, dict[str, Reading]]:
        """Every fresh value with its age, by source in the order of the configuration."""
        return {
            source: {
                name: Reading(value, max(0.0, (now_ms - taken) / 1000))
                for name, (taken, value) in held.items()
            }
            for source, held in self._values.items()
        }
