"""Whether what was observed could be true, by what the same device says when nothing is wrong."""

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
    return [
        (name, value)
        for observation in seen
        for name, value in observation.values.items()
        if not could_be(value, said.get(name, []))
    ]


def could_be(value: Value, said: list[Value]) -> bool:
    if not any(len(numbers(value)) == len(numbers(other)) for other in said):
        return False
    all_said = [number for other in said for number in numbers(other)]
    if not all_said:
        return words(value) in [words(other) for other in said]
    # What a few readings do not show of a sensor's own noise.
    room = (max(all_said) - min(all_said)) + 0.02 * max(map(abs, all_said)) + 0.05
    low, high = min(all_said) - room, max(all_said) + room
    return all(low <= number <= high for number in numbers(value))
