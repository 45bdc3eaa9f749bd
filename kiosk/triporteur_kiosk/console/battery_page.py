"""The page « Batterie »: the glance, what there is to say, and the figures behind it."""

from dataclasses import dataclass

from triporteur_kiosk.console.french import ago, labelled
from triporteur_kiosk.console.lines import MOST, Line, between, lines, silences
from triporteur_kiosk.console.seen import Seen, Stopped, Told, Unreadable
from triporteur_kiosk.console.state import State, state
from triporteur_wire.french import ABSENT, measure, number
from triporteur_wire.messages import Delivery
from triporteur_wire.quantities import QUANTITIES

_HELP = Line("Si cela dure, prévenez la maintenance", "wrench")
_STOPPED = [Line("L’unité ne lit plus ses appareils", "alert", "wait"), _HELP]
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
        case Seen():
            sources = [_source(told, name) for name in told.status.sources]
            data = _data(told.status.delivery)
            if now.is_mute:
                return BatteryPage(now, silences(told)[:MOST] or _NOBODY, sources, data)
            return BatteryPage(now, lines(told), _figures(told) + sources, data)


def _figures(seen: Seen) -> list[Figure]:
    return [
        _figure(seen, "pack_voltage_v", 1),
        _figure(seen, "current_a", 1, signed=True),
        _figure(seen, "remaining_ah", 1),
        _temperatures(seen),
        _cells(seen),
        _figure(seen, "cycles", 0),
    ]


def _figure(seen: Seen, quantity: str, decimals: int, *, signed: bool = False) -> Figure:
    known, value = QUANTITIES[quantity], seen.number(quantity)
    text = ABSENT if value is None else measure(value, known.unit, decimals, signed=signed)
    return Figure(known.label.capitalize(), text)


def _temperatures(seen: Seen) -> Figure:
    temperatures_c = seen.numbers("battery_temps_c")
    return Figure("Température", between(temperatures_c) if temperatures_c else ABSENT)


def _cells(seen: Seen) -> Figure:
    cells_v = seen.numbers("cells_v")
    if not cells_v:
        return Figure("Cellules", ABSENT)
    return Figure("Cellules", f"{number(min(cells_v), 2)} à {measure(max(cells_v), 'V', 2)}")


def _source(seen: Seen, name: str) -> Figure:
    age_s = seen.heard_age_s(name)
    return Figure(f"Entendu «\u202f{name}\u202f»", "jamais" if age_s is None else ago(age_s))


def _data(delivery: Delivery) -> str:
    reach = "joignable" if delivery.connected else "injoignable"
    return labelled("Données", f"{number(delivery.waiting)} en attente, dépôt {reach}")
