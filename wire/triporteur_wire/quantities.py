"""What quantities mean: which values are plausible, what is kept of them, and when they moved.

Storage, pages and documents read the one table (`quantity_table`); nothing else decides what a name
means.
"""

from collections.abc import Collection
from typing import TypeGuard

from triporteur_wire.quantity_table import TABLE, Quantity, Shape

__all__ = [
    "QUANTITIES",
    "Quantity",
    "Shape",
    "Value",
    "at_a_battery",
    "moved",
    "plausible",
    "rounded",
]

Value = float | int | bool | str | tuple[float | str, ...]

QUANTITIES: dict[str, Quantity] = {quantity.name: quantity for quantity in TABLE}

#: Who gives one of these measures at a battery: a motor's current and power are not the battery's.
_AT_A_BATTERY = frozenset({"pack_voltage_v", "soc_pct", "cells_v"})


def at_a_battery(named: Collection[str]) -> bool:
    """Whether a source that gives these quantities stands at a battery.

    A solar charger gives the battery's voltage too, but the panel's current.
    """
    return "panel_voltage_v" not in named and not _AT_A_BATTERY.isdisjoint(named)


def plausible(name: str, value: Value) -> bool:
    """Whether the value has the shape and range of the named quantity.

    An unknown name is never plausible: the table is the only place where quantities are made.
    """
    quantity = QUANTITIES.get(name)
    return quantity is not None and _JUDGES[quantity.shape](quantity, value)


def rounded(name: str, value: Value) -> Value:
    """The value as the journal keeps it: numbers cut to the quantity's decimals.

    Half of the last decimal is always within the dead-band, so rounding moves no value out of it.
    """
    quantity = QUANTITIES[name]
    match value:
        case bool() | str():
            return value
        case int() | float():
            return _cut(quantity, value)
        case tuple():
            return tuple(item if isinstance(item, str) else _cut(quantity, item) for item in value)


def moved(name: str, before: Value, now: Value) -> bool:
    """Whether `now` lies outside the dead-band around the recorded value `before`."""
    band = QUANTITIES[name].dead_band
    if isinstance(before, tuple) and isinstance(now, tuple):
        if len(before) != len(now):
            return True
        return any(_differs(band, a, b) for a, b in zip(before, now, strict=True))
    return _differs(band, before, now)


def _within(quantity: Quantity, value: object) -> bool:
    # NaN and the infinities lie within no range.
    return _is_number(value) and quantity.low <= value <= quantity.high


def _all_within(quantity: Quantity, value: object) -> bool:
    return isinstance(value, tuple) and all(_within(quantity, item) for item in value)


def _is_flag(_: Quantity, value: object) -> bool:
    return isinstance(value, bool)


def _is_word(_: Quantity, value: object) -> bool:
    return isinstance(value, str)


def _are_words(_: Quantity, value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, str) for item in value)


#: Asked of every value of every frame: a look-up, where a match would compare words.
_JUDGES = {
    Shape.NUMBER: _within,
    Shape.NUMBERS: _all_within,
    Shape.FLAG: _is_flag,
    Shape.WORD: _is_word,
    Shape.WORDS: _are_words,
}


def _cut(quantity: Quantity, number: float) -> float:
    return round(number, quantity.decimals) if quantity.decimals else round(number)


def _differs(band: float, before: object, now: object) -> bool:
    if _is_number(before) and _is_number(now):
        return abs(now - before) > band
    return before != now


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
