"""Who needs someone first: for each unit what happens, in words, and how much it matters."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from math import inf

from triporteur_depot.pages import words
from triporteur_depot.pages.activity import NOW, Activity, activity_now
from triporteur_depot.pages.queries import Unit
from triporteur_wire.alarms import in_french
from triporteur_wire.battery import COLD_C, HOT_C, SPREAD_WATCH_MV, SPREAD_WEAK_MV, Flow, flow
from triporteur_wire.french import NBSP, duration, measure, number
from triporteur_wire.messages import Status

#: Silence: this many missed statuses, and no less than SILENT_S.
_MISSED = 3
_SILENT_S = 30.0
_LOW_CHARGE_PCT = 30
_BATTERY = ("soc_pct", "pack_voltage_v")
_STOPPED = "stopped"


class Severity(IntEnum):
    """Most pressing first."""

    REPAIR = 0
    SILENT = 1
    ATTENTION = 2
    READY = 3
    OFF = 4


@dataclass(frozen=True, slots=True)
class Situation:
    """What happens to a unit now.

    `status` holds what may be shown as fresh: None when nothing is. `detail` may be empty.
    """

    severity: Severity
    words: str
    detail: str
    status: Status | None

    @property
    def charge_pct(self) -> float | None:
        return self.status.number("soc_pct") if self.status else None

    @property
    def activity(self) -> Activity | None:
        return activity_now(self.status) if self.status else None


def situation(unit: Unit, now_ms: int) -> Situation:
    """What happens to this unit, by the last it said and how long ago that was."""
    silence_s = _silence_s(unit, now_ms)
    since = f" depuis {duration(silence_s)}" if unit.heard_ms else ""
    if unit.offline_reason == _STOPPED:
        return Situation(Severity.OFF, f"Éteint{since}", "a dit au revoir", None)
    if unit.offline_reason or silence_s > _patience_s(unit):
        return Situation(Severity.SILENT, f"Muet{since}", _silence_words(unit), None)
    if unit.status is None:
        return Situation(Severity.ATTENTION, "Pas encore d’état reçu", "", None)
    return _heard(unit, unit.status, now_ms)


def order(unit: Unit, found: Situation) -> tuple[int, float, str]:
    """Sorts units by who needs someone; then by charge, the unknown first; then by name."""
    charge_pct = found.charge_pct
    return found.severity, -1.0 if charge_pct is None else charge_pct, unit.name


def spread_mv(status: Status) -> float | None:
    """Highest cell less lowest cell, or None when the cells are not told."""
    cells = status.reading("cells_v")
    if cells is not None and isinstance(cells.value, tuple) and cells.value:
        volts = [float(volt) for volt in cells.value]
        return (max(volts) - min(volts)) * 1000
    high, low = status.number("max_cell_v"), status.number("min_cell_v")
    return None if high is None or low is None else (high - low) * 1000


def rests(status: Status) -> bool:
    """Whether the battery is known to be at rest."""
    current_a = status.number("current_a")
    return current_a is not None and flow(current_a) is Flow.RESTING


def temperatures_c(status: Status) -> tuple[float, ...]:
    """The battery's sensors; none when it tells none."""
    reading = status.reading("battery_temps_c")
    if reading is None or not isinstance(reading.value, tuple):
        return ()
    return tuple(float(item) for item in reading.value)


def _silence_s(unit: Unit, now_ms: int) -> float:
    return inf if unit.heard_ms is None else (now_ms - unit.heard_ms) / 1000


def _patience_s(unit: Unit) -> float:
    return max(_MISSED * unit.status.period_s, _SILENT_S) if unit.status else _SILENT_S


def _silence_words(unit: Unit) -> str:
    if unit.heard_ms is None:
        return "pas encore entendu par ce dépôt"
    return "liaison coupée sans prévenir" if unit.offline_reason else "plus rien ne vient"


def _heard(unit: Unit, status: Status, now_ms: int) -> Situation:
    doing = activity_now(status)
    doing_words = NOW[doing] if doing else "Allumé"
    if (fault := next(_faults(status), None)) is not None:
        return Situation(Severity.REPAIR, fault, doing_words.lower(), status)
    if all(status.reading(quantity) is None for quantity in _BATTERY):
        return Situation(Severity.ATTENTION, _battery_silence(unit, status, now_ms), "", status)
    if (worry := next(_worries(status, doing), None)) is not None:
        return Situation(Severity.ATTENTION, worry, doing_words.lower(), status)
    return Situation(Severity.READY, doing_words, _flow_words(status), status)


def _faults(status: Status) -> Iterator[str]:
    alarms = status.reading("alarms")
    if alarms is not None and isinstance(alarms.value, tuple) and alarms.value:
        yield f"Batterie : {', '.join(in_french(str(alarm)) for alarm in alarms.value)}"
    fault = status.reading("fault")
    if fault is not None and fault.value not in words.NO_FAULT:
        yield f"Moteur : {in_french(str(fault.value))}"
    discharge = status.reading("discharge_fet")
    if discharge is not None and discharge.value is False:
        yield "Batterie : décharge coupée"
    if (spread := _rest_spread_mv(status)) > SPREAD_WEAK_MV:
        yield _spread_words(spread)


def _worries(status: Status, doing: Activity | None) -> Iterator[str]:
    charge_pct = status.number("soc_pct")
    if charge_pct is not None and charge_pct < _LOW_CHARGE_PCT and doing != Activity.CHARGING:
        yield "Charge basse, pas branché" if doing else "Charge basse"
    if (spread := _rest_spread_mv(status)) >= SPREAD_WATCH_MV:
        yield _spread_words(spread)
    temperatures = temperatures_c(status)
    if temperatures and min(temperatures) < COLD_C:
        yield f"Batterie froide : {measure(min(temperatures), '°C')}"
    if temperatures and max(temperatures) > HOT_C:
        yield f"Batterie chaude : {measure(max(temperatures), '°C')}"


def _rest_spread_mv(status: Status) -> float:
    """Cells differ under load without fault: only a battery at rest is judged, else 0."""
    spread = spread_mv(status) if rests(status) else None
    return spread or 0.0


def _spread_words(spread: float) -> str:
    return f"Batterie : écart de cellules {number(spread)}{NBSP}mV"


def _battery_silence(unit: Unit, status: Status, now_ms: int) -> str:
    """Since when, by the line that gives nothing any more."""
    quiet = [
        health.heard_age_s
        for name, health in status.sources.items()
        if not status.readings.get(name)
    ]
    ages = [age_s for age_s in quiet if age_s is not None]
    if ages:
        silence_s = min(ages) + _silence_s(unit, now_ms)
        return f"Batterie muette depuis {duration(silence_s)}"
    return "Batterie jamais entendue" if quiet else "Aucune mesure de batterie"


def _flow_words(status: Status) -> str:
    told = (
        measure(status.number("pack_voltage_v"), "V", 1),
        measure(status.number("current_a"), "A", 1, signed=True),
    )
    return ", ".join(part for part in told if part[0] != "—")
