"""A figure with its label, as the pages list them; over all sources that give it."""

from dataclasses import dataclass

from triporteur_kiosk.console.french import capital, span
from triporteur_wire.french import ABSENT
from triporteur_wire.messages import Status
from triporteur_wire.quantities import QUANTITIES


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    text: str


def figure(status: Status, quantity: str, decimals: int, *, signed: bool = False) -> Figure:
    """What all sources say: one figure where they agree, else from the lowest to the highest."""
    known, values = QUANTITIES[quantity], _numbers(status, quantity)
    text = span(values, known.unit, decimals, signed=signed) if values else ABSENT
    return Figure(capital(known.label), text)


def given(status: Status, quantity: str, decimals: int, *, signed: bool = False) -> list[Figure]:
    """The figure, if any source gives it."""
    found = figure(status, quantity, decimals, signed=signed)
    return [] if found.text == ABSENT else [found]


def _numbers(status: Status, quantity: str) -> list[float]:
    every = (told.value for told in status.every(quantity))
    items = (item for value in every for item in (value if isinstance(value, tuple) else (value,)))
    return [item for item in items if not isinstance(item, str)]
