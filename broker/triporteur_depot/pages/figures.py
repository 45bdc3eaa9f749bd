"""The six figures of a unit. What is not known, or no longer fresh, is « — »."""

from dataclasses import dataclass

from triporteur_depot.pages.activity import NOW
from triporteur_depot.pages.french import ago, clock
from triporteur_depot.pages.queries import Unit
from triporteur_depot.pages.urgency import Situation, rests, spread_mv, temperatures_c
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
        labels = ("Charge", "Tension · courant", "Cellules", "Température", "Usure")
        return [*(Figure(label, ABSENT, "") for label in labels), last]
    return [
        _charge(status),
        _tension(status, found),
        _cells(status),
        _temperature(status),
        _wear(status),
        last,
    ]


def _charge(status: Status) -> Figure:
    remaining = status.number("remaining_ah")
    note = f"{measure(remaining, 'Ah', 1)} restants" if remaining is not None else ""
    return Figure("Charge", measure(status.number("soc_pct"), "%"), note)


def _tension(status: Status, found: Situation) -> Figure:
    current_a = status.number("current_a")
    doing = NOW[found.activity].lower() if found.activity else ""
    told = measure(current_a, "A", 1, signed=True) if current_a is not None else ""
    note = ", ".join(part for part in (told, doing) if part)
    return Figure("Tension · courant", measure(status.number("pack_voltage_v"), "V", 1), note)


def _cells(status: Status) -> Figure:
    spread = spread_mv(status)
    if spread is None:
        return Figure("Cellules", ABSENT, "")
    note = "d’écart au repos" if rests(status) else "d’écart, pas au repos"
    return Figure("Cellules", measure(spread, "mV"), note)


def _temperature(status: Status) -> Figure:
    sensors = temperatures_c(status)
    motor_c = status.number("motor_temp_c")
    note = "batterie" if sensors else ""
    if motor_c is not None:
        note = " · ".join(part for part in (note, f"moteur {measure(motor_c, '°C')}") if part)
    if not sensors:
        return Figure("Température", ABSENT, note)
    low, high = number(min(sensors)), number(max(sensors))
    value = high if low == high else f"{low} à {high}"
    return Figure("Température", f"{value}{NBSP}°C", note)


def _wear(status: Status) -> Figure:
    """Health when the battery tells it, else its cycles, else its capacity."""
    health = status.number("soh_pct")
    cycles = status.number("cycles")
    capacity = status.number("nominal_ah")
    told = [
        measure(health, f"%{NBSP}de santé") if health is not None else "",
        measure(cycles, "cycles") if cycles is not None else "",
        measure(capacity, "Ah") if capacity is not None else "",
    ]
    known = [part for part in told if part]
    return Figure("Usure", known[0] if known else ABSENT, " · ".join(known[1:]))
