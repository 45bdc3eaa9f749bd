"""The page « Batterie »: the glance, what there is to say, and the figures behind it."""

from dataclasses import dataclass

from triporteur_kiosk.console.french import ago, labelled, span
from triporteur_kiosk.console.lines import Line, lines, warnings
from triporteur_kiosk.console.state import State, state
from triporteur_kiosk.seen import Stopped, Told, Unreadable
from triporteur_wire.french import ABSENT, number
from triporteur_wire.messages import Delivery, Status
from triporteur_wire.quantities import QUANTITIES

_HELP = Line("Si cela dure, prévenez la maintenance", "wrench")
_STOPPED = [Line("Le programme qui lit la batterie ne répond pas", "alert", "wait"), _HELP]
_UNREADABLE = [Line("La console ne peut pas lire l’état de l’unité", "alert", "wait"), _HELP]
_NOBODY = [Line("Aucun appareil ne parle de la batterie", "silent", "wait"), _HELP]


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class BatteryPage:
    """`data` says what waits for the depot; None when that is not known."""

    state: State
    lines: list[Line]
    figures: list[Figure]
    data: str | None


def battery_page(told: Told) -> BatteryPage:
    now = state(told)
    match told:
        case Unreadable():
            return BatteryPage(now, _UNREADABLE, [], None)
        case Stopped():
            return BatteryPage(now, _STOPPED, [], None)
        case Status():
            sources = [_source(told, name) for name in told.sources]
            data = _data(told.delivery)
            if now.is_mute:
                return BatteryPage(now, warnings(told) or _NOBODY, sources, data)
            return BatteryPage(now, lines(told), _figures(told) + sources, data)


def _figures(status: Status) -> list[Figure]:
    return [
        _figure(status, "pack_voltage_v", 1),
        _figure(status, "current_a", 1, signed=True),
        _figure(status, "remaining_ah", 1),
        _figure(status, "battery_temps_c", 0),
        _figure(status, "cells_v", 2),
        _figure(status, "cycles", 0),
    ]


def _figure(status: Status, quantity: str, decimals: int, *, signed: bool = False) -> Figure:
    """What all sources say: one figure where they agree, else from the lowest to the highest."""
    known, values = QUANTITIES[quantity], _numbers(status, quantity)
    text = span(values, known.unit, decimals, signed=signed) if values else ABSENT
    return Figure(known.label.capitalize(), text)


def _numbers(status: Status, quantity: str) -> list[float]:
    every = (told.value for told in status.every(quantity))
    items = (item for value in every for item in (value if isinstance(value, tuple) else (value,)))
    return [item for item in items if not isinstance(item, str)]


def _source(status: Status, name: str) -> Figure:
    age_s = status.sources[name].heard_age_s
    return Figure(f"Entendu «\u202f{name}\u202f»", "jamais" if age_s is None else ago(age_s))


def _data(delivery: Delivery) -> str:
    reach = "joignable" if delivery.connected else "injoignable"
    return labelled("Données", f"{number(delivery.waiting)} en attente, dépôt {reach}")
