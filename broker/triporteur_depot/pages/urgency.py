"""Who needs someone first: for each unit what happens, in words, and how much it matters."""

from dataclasses import dataclass
from enum import IntEnum
from math import inf

from triporteur_depot.pages.activity import NOW, Activity, activity_now
from triporteur_depot.pages.complaints import complaints
from triporteur_depot.pages.french import ago
from triporteur_depot.pages.queries import Unit
from triporteur_depot.pages.upkeep import upkeep_words
from triporteur_depot.silence import patience_s
from triporteur_wire.battery import Battery, battery
from triporteur_wire.concerns import Level, concerns
from triporteur_wire.french import duration, measure
from triporteur_wire.messages import KEY, STOPPED, Status
from triporteur_wire.readiness import Evening
from triporteur_wire.readiness_words import evening_in_french, evening_unheard_in_french
from triporteur_wire.upkeep import upkeep

_OFF = {STOPPED: ("Éteint", "arrêt normal"), KEY: ("Éteint à la clé", "arrêt normal")}


class Severity(IntEnum):
    """Most pressing first."""

    REPAIR = 0
    SILENT = 1
    ATTENTION = 2
    READY = 3
    OFF = 4


_SEVERITIES = {Level.REPAIR: Severity.REPAIR, Level.ATTENTION: Severity.ATTENTION}


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
    def battery(self) -> Battery | None:
        return battery(self.status) if self.status else None

    @property
    def charge_pct(self) -> int | None:
        """The charge as the unit knows it; of one that does not, the lowest that a device gives."""
        told = self.status.readiness if self.status else None
        if told is not None and told.soc_pct is not None and 0 <= told.soc_pct <= 100:
            return int(told.soc_pct)
        return self.battery.charge_pct if self.battery else None

    @property
    def charge_sigma_pct(self) -> float | None:
        """Give or take so many points, one standard deviation; None where nobody says."""
        told = self.status.readiness if self.status else None
        return told.soc_sigma_pct if told else None

    @property
    def activity(self) -> Activity | None:
        return activity_now(self.status) if self.status else None


def situation(unit: Unit, now_ms: int) -> Situation:
    """What happens to this unit, by the last it said and how long ago that was."""
    silence_s = _silence_s(unit, now_ms)
    since = f" depuis {duration(silence_s)}" if unit.heard_ms else ""
    if unit.offline_reason in _OFF:
        words, detail = _OFF[unit.offline_reason]
        return _off(unit, now_ms, f"{words}{since}", detail)
    if unit.offline_reason or silence_s > patience_s(unit.status):
        return Situation(Severity.SILENT, f"Muet{since}", _mute(unit, now_ms), None)
    if unit.status is None:
        return Situation(Severity.ATTENTION, "Pas encore d’état reçu", "", None)
    return _heard(unit.status, silence_s, unit.evening)


def _off(unit: Unit, now_ms: int, words: str, detail: str) -> Situation:
    """Off as it should be; unless it should rather be on its charger."""
    if unit.evening is None:
        return Situation(Severity.OFF, words, detail, None)
    heard = f"{_last_heard(unit, now_ms)} · {words.lower()}"
    return Situation(Severity.ATTENTION, evening_unheard_in_french(unit.evening), heard, None)


def _mute(unit: Unit, now_ms: int) -> str:
    told = [evening_by_last_word(unit, now_ms), _silence_words(unit)]
    return " · ".join(filter(None, told))


def evening_by_last_word(unit: Unit, now_ms: int) -> str:
    """What is to be told of the next outing of a unit that is not heard; empty for nothing."""
    if unit.evening is None:
        return ""
    return f"{evening_unheard_in_french(unit.evening)} ({_last_heard(unit, now_ms)})"


def _last_heard(unit: Unit, now_ms: int) -> str:
    """What was true then may have changed since."""
    return f"dernier état reçu {ago(unit.heard_ms, now_ms)}"


def order(unit: Unit, found: Situation) -> tuple[int, float, str]:
    """Sorts units by who needs someone; then by charge, the unknown first; then by name."""
    charge_pct = found.charge_pct
    return found.severity, -1.0 if charge_pct is None else charge_pct, unit.name


def _silence_s(unit: Unit, now_ms: int) -> float:
    return inf if unit.heard_ms is None else max(0, now_ms - unit.heard_ms) / 1000


def _silence_words(unit: Unit) -> str:
    if unit.heard_ms is None:
        return "pas encore entendu par ce dépôt"
    if unit.offline_reason:
        return "liaison coupée sans prévenir"
    return "n’envoie plus d’état, aucune coupure signalée"


def _heard(status: Status, heard_ago_s: float, evening: Evening | None) -> Situation:
    doing = activity_now(status)
    doing_words = NOW[doing] if doing else "Allumé"
    found = concerns(status)
    told = [text for concern in found for text in complaints(concern, status, heard_ago_s)]
    if evening:
        told.insert(sum(each.level is Level.REPAIR for each in found), evening_in_french(evening))
    told += map(upkeep_words, upkeep(status))
    if battery(status).is_silent and not status.silent_sources():
        told.append("Aucune mesure de batterie")
    if not told:
        return Situation(Severity.READY, doing_words, _flow_words(status), status)
    severity = _SEVERITIES[found[0].level] if found else Severity.ATTENTION
    return Situation(severity, told[0], " · ".join([*told[1:], doing_words.lower()]), status)


def _flow_words(status: Status) -> str:
    judged = battery(status)
    told = (
        measure(judged.voltage_v, "V", 1) if judged.voltage_v is not None else "",
        measure(judged.current_a, "A", 1, signed=True) if judged.current_a is not None else "",
    )
    return ", ".join(part for part in told if part)
