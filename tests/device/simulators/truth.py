"""Whether what was observed could be true, by what the same device says when nothing is wrong."""

from dataclasses import dataclass

from triporteur_device.live import Observation
from triporteur_wire.quantities import Value


def numbers(value: Value) -> tuple[float, ...]:
    items = value if isinstance(value, tuple) else (value,)
    return tuple(float(item) for item in items if not isinstance(item, str))


def words(value: Value) -> frozenset[str]:
    items = value if isinstance(value, tuple) else (value,)
    return frozenset(item for item in items if isinstance(item, str))


def falsehoods(seen: list[Observation], clean: list[Observation]) -> list[tuple[str, Value]]:
    """What was observed and lies outside all that the same device says when nothing is wrong."""
    said: dict[str, list[Value]] = {}
    for observation in clean:
        for name, value in observation.values.items():
            said.setdefault(name, []).append(value)
    known = {name: Bounds.of(values) for name, values in said.items()}
    return [
        (name, value)
        for observation in seen
        for name, value in observation.values.items()
        if name not in known or not known[name].hold(value)
    ]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Within which a quantity stays when nothing is wrong: how many numbers, and which words."""

    counts: frozenset[int]
    low: float
    high: float
    words: frozenset[frozenset[str]]

    @classmethod
    def of(cls, said: list[Value]) -> "Bounds":
        counts = frozenset(len(numbers(value)) for value in said)
        spelt = frozenset(words(value) for value in said)
        every = [number for value in said for number in numbers(value)]
        if not every:
            return cls(counts, 0.0, 0.0, spelt)
        # What a few readings do not show of a sensor's own noise.
        room = (max(every) - min(every)) + 0.02 * max(map(abs, every)) + 0.05
        return cls(counts, min(every) - room, max(every) + room, spelt)

    def hold(self, value: Value) -> bool:
        if (found := numbers(value)) or self.counts != {0}:
            return len(found) in self.counts and all(self.low <= one <= self.high for one in found)
        return words(value) in self.words
