"""The page « Batterie »: the glance, what there is to say, and the figures behind it, live."""

from dataclasses import dataclass

from triporteur_kiosk.console.figures import Figure, figure, given
from triporteur_kiosk.console.french import ago, labelled
from triporteur_kiosk.console.lines import HELP, Line, lines, warnings
from triporteur_kiosk.console.motor import motor, of_batteries
from triporteur_kiosk.console.state import State, state
from triporteur_kiosk.seen import Stopped, Told, Unreadable
from triporteur_wire.french import number
from triporteur_wire.messages import Delivery, Status
from triporteur_wire.origins import OWN_SOURCES

_STOPPED = [Line("Le programme qui lit la batterie ne répond pas", "alert", "wait"), HELP]
_UNREADABLE = [Line("La console ne peut pas lire l’état de l’unité", "alert", "wait"), HELP]
_NOBODY = [Line("Aucun appareil ne parle de la batterie", "silent", "wait"), HELP]


@dataclass(frozen=True, slots=True)
class BatteryPage:
    """`data` says what waits for the depot; None when that is not known."""

    state: State
    lines: list[Line]
    figures: list[Figure]
    motor: list[Figure]
    data: str | None


def battery_page(told: Told) -> BatteryPage:
    now = state(told)
    match told:
        case Unreadable():
            return BatteryPage(now, _UNREADABLE, [], [], None)
        case Stopped():
            return BatteryPage(now, _STOPPED, [], [], None)
        case Status():
            sources = [_source(told, name) for name in told.sources if name not in OWN_SOURCES]
            data = _data(told.delivery)
            if now.is_mute:
                found = warnings(told) or _NOBODY
                return BatteryPage(now, found, sources, motor(told), data)
            return BatteryPage(
                now, lines(told), _figures(of_batteries(told)) + sources, motor(told), data
            )


def _figures(status: Status) -> list[Figure]:
    return [
        figure(status, "pack_voltage_v", 1),
        figure(status, "current_a", 1, signed=True),
        *given(status, "power_w", 0, signed=True),
        figure(status, "remaining_ah", 1),
        figure(status, "battery_temps_c", 0),
        figure(status, "cells_v", 2),
        figure(status, "cycles", 0),
    ]


def _source(status: Status, name: str) -> Figure:
    age_s = status.sources[name].heard_age_s
    return Figure(f"Entendu «\u202f{name}\u202f»", "jamais" if age_s is None else ago(age_s))


def _data(delivery: Delivery) -> str:
    reach = "joignable" if delivery.connected else "injoignable"
    return labelled("Données", f"{number(delivery.waiting)} en attente, dépôt {reach}")
