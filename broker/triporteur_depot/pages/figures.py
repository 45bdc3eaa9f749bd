"""The six figures of a unit. What is not known, or no longer fresh, is « — »."""

from dataclasses import dataclass

from triporteur_depot.pages.activity import NOW
from triporteur_depot.pages.french import give_or_take, percent
from triporteur_depot.pages.urgency import Situation
from triporteur_wire.battery import Battery, battery
from triporteur_wire.french import ABSENT, NBSP, measure, number, plural
from triporteur_wire.messages import Status
from triporteur_wire.readiness import Readiness

#: Two charges so near are one.
_SAME_POINTS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    note: str


def figures(found: Situation) -> list[Figure]:
    status = found.status
    if status is None:
        labels = (
            *("Charge", "Tension · courant", "Cellules", "Température"),
            *("Consommation", "Santé"),
        )
        return [Figure(label, ABSENT, "") for label in labels]
    judged = battery(status)
    return [
        _charge(found, judged, status),
        _tension(judged, found),
        _cells(judged),
        _temperature(judged, status),
        _consumption(status.readiness),
        _health(status),
    ]


def _charge(found: Situation, judged: Battery, status: Status) -> Figure:
    """As the unit knows it; what its devices say beside, where that is something else."""
    remaining = status.number("remaining_ah")
    told = [give_or_take(found.charge_sigma_pct)]
    if _differ(found.charge_pct, judged.charge_pct):
        told.append(f"la batterie dit {percent(judged.charge_pct)}")
    elif remaining is not None:
        told.append(f"{measure(remaining, 'Ah', 1)} restants")
    return Figure("Charge", percent(found.charge_pct), ", ".join(part for part in told if part))


def _differ(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and abs(one - other) > _SAME_POINTS


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


def _consumption(told: Readiness | None) -> Figure:
    """What a kilometre takes on the flat, and how well that was foretold of late."""
    if told is None:
        return Figure("Consommation", ABSENT, "")
    value = measure(told.wh_per_km, "Wh/km")
    if told.calibration is None:
        return Figure("Consommation", value, f"± {number(told.wh_per_km_sigma)}, supposée")
    outings = plural(told.calibration.rides, "sortie", "sorties")
    note = f"erreur {percent(told.calibration.error_pct)} sur {outings}"
    return Figure("Consommation", value, note)


def _health(status: Status) -> Figure:
    """Health in percent, as measured aboard or as the battery tells it; what it has been through
    beside."""
    measured = status.readiness.health_pct if status.readiness else None
    health_pct = status.number("soh_pct") if measured is None else measured
    cycles, capacity = status.number("cycles"), status.number("nominal_ah")
    told = [
        measure(cycles, "cycles") if cycles is not None else "",
        measure(capacity, "Ah") if capacity is not None else "",
    ]
    note = " · ".join(part for part in told if part)
    return Figure("Santé", percent(health_pct), note)
