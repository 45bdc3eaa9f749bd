"""The six figures of a unit. What is not known, or no longer fresh, is « — »."""

from dataclasses import dataclass

from triporteur_depot.pages.activity import NOW
from triporteur_depot.pages.french import ago, clock, percent
from triporteur_depot.pages.queries import Unit
from triporteur_depot.pages.urgency import Situation
from triporteur_wire.battery import Battery, battery
from triporteur_wire.french import ABSENT, NBSP, measure, number
from triporteur_wire.messages import Status


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    note: str


def figures(unit: Unit, found: Situation, now_ms: int) -> list[Figure]:
    status = found.status
    note = f"à {clock(unit.heard_ms)}" if status and unit.heard_ms else found.words
    last = Figure("Dernière nouvelle", ago(unit.heard_ms, now_ms), note)
    if status is None:
        labels = ("Charge", "Tension · courant", "Cellules", "Température", "Santé")
        return [*(Figure(label, ABSENT, "") for label in labels), last]
    judged = battery(status)
    return [
        _charge(judged, status),
        _tension(judged, found),
        _cells(judged),
        _temperature(judged, status),
        _health(status),
        last,
    ]


def _charge(judged: Battery, status: Status) -> Figure:
    remaining = status.number("remaining_ah")
    note = f"{measure(remaining, 'Ah', 1)} restants" if remaining is not None else ""
    return Figure("Charge", percent(judged.charge_pct), note)


def _tension(judged: Battery, found: Situation) -> Figure:
    doing = NOW[found.activity].lower() if found.activity else ""
    told = measure(judged.current_a, "A", 1, signed=True) if judged.current_a is not None else ""
    note = ", ".join(part for part in (told, doing) if part)
    return Figure("Tension · courant", measure(judged.voltage_v, "V", 1), note)


def _cells(judged: Battery) -> Figure:
    if judged.spread_mv is None:
        return Figure("Cellules", ABSENT, "")
    rests = judged.resting_spread_mv is not None
    note = "d’écart au repos" if rests else "d’écart, pas au repos"
    return Figure("Cellules", measure(judged.spread_mv, "mV"), note)


def _temperature(judged: Battery, status: Status) -> Figure:
    sensors = judged.temps_c
    motor_c = status.number("motor_temp_c")
    note = "batterie" if sensors else ""
    if motor_c is not None:
        note = " · ".join(part for part in (note, f"moteur {measure(motor_c, '°C')}") if part)
    if not sensors:
        return Figure("Température", ABSENT, note)
    low, high = number(min(sensors)), number(max(sensors))
    value = high if low == high else f"{low} à {high}"
    return Figure("Température", f"{value}{NBSP}°C", note)


def _health(status: Status) -> Figure:
    """Health in percent when the battery tells it; what it has been through beside."""
    cycles, capacity = status.number("cycles"), status.number("nominal_ah")
    told = [
        measure(cycles, "cycles") if cycles is not None else "",
        measure(capacity, "Ah") if capacity is not None else "",
    ]
    note = " · ".join(part for part in told if part)
    return Figure("Santé", percent(status.number("soh_pct")), note)
