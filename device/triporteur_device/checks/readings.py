"""What a check reads: fresh values with their ages, by source."""

from collections.abc import Mapping

from triporteur_wire.messages import Reading

#: The values of one source, by quantity.
Values = Mapping[str, Reading]
Readings = Mapping[str, Values]


def number(values: Values, quantity: str) -> float | None:
    """The source's number for this quantity, or None."""
    found = values.get(quantity)
    if found is None or isinstance(found.value, str | tuple):
        return None
    return float(found.value)


def is_controller(values: Values) -> bool:
    """Whether it drives a motor: what it calls its input is the battery's output."""
    return "input_voltage_v" in values


def percent_more(one: float, than: float) -> float:
    """How much larger one is than the other, in %, at most 100 either way."""
    if than <= 0:
        return 100.0 if one > than else 0.0
    return max(-100.0, min(100.0, 100 * (one - than) / than))
