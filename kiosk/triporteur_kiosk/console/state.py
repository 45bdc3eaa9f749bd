"""The battery in one glance: a word with its pictogram, the charge, a colour and an age."""

from dataclasses import dataclass
from enum import StrEnum

from triporteur_kiosk.console.french import ago
from triporteur_kiosk.console.lines import alarms
from triporteur_kiosk.console.seen import Seen, Stopped, Told, Unreadable
from triporteur_wire.battery import Flow, flow
from triporteur_wire.french import ABSENT, duration, measure

_GOOD_PCT = 50
_LOW_PCT = 25
_SPEAKS = ("soc_pct", "current_a", "pack_voltage_v")
_DOES = {
    Flow.CHARGING: ("En charge", "charging"),
    Flow.RESTING: ("Au repos", "battery"),
    Flow.DISCHARGING: ("En service", "bolt"),
}


class Tone(StrEnum):
    GO = "go"
    WAIT = "wait"
    STOP = "stop"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class State:
    """What fills the top of the page. `charge_pct` is None when it is not known.

    `is_mute` says that the unit runs and hears nothing of its battery.
    """

    word: str
    pictogram: str
    tone: Tone
    age: str
    charge_pct: int | None = None
    is_mute: bool = False

    @property
    def figure(self) -> str:
        return ABSENT if self.charge_pct is None else measure(self.charge_pct, "%")

    @property
    def level(self) -> str:
        """What the colour says of the charge, in words."""
        if self.charge_pct is None:
            return "charge inconnue"
        return {
            Tone.GO: "bonne charge",
            Tone.WAIT: "charge moyenne",
            Tone.STOP: "charge basse",
        }[_tone(self.charge_pct)]


def state(told: Told) -> State:
    match told:
        case Unreadable():
            return State("État illisible", "silent", Tone.QUIET, ABSENT)
        case Stopped(age_s):
            return State("Unité arrêtée", "off", Tone.QUIET, _since(age_s))
        case Seen():
            return _heard(told)


def _heard(seen: Seen) -> State:
    ages_s = [told.age_s for name in _SPEAKS if (told := seen.reading(name)) is not None]
    if not ages_s:
        since = _since(_silence_s(seen))
        return State("Batterie muette", "silent", Tone.QUIET, since, is_mute=True)
    charge_pct = _whole_pct(seen)
    word, pictogram = _does(seen)
    tone = Tone.QUIET if charge_pct is None else _tone(charge_pct)
    if alarms(seen):
        word, pictogram, tone = "Alarme", "alert", Tone.STOP
    return State(word, pictogram, tone, ago(max(ages_s)), charge_pct)


def _does(seen: Seen) -> tuple[str, str]:
    current_a = seen.number("current_a")
    return ("Batterie", "battery") if current_a is None else _DOES[flow(current_a)]


def _whole_pct(seen: Seen) -> int | None:
    """Rounded down: no one leaves on a percent that is not there."""
    charge_pct = seen.number("soc_pct")
    return None if charge_pct is None else int(charge_pct)


def _tone(charge_pct: int) -> Tone:
    if charge_pct >= _GOOD_PCT:
        return Tone.GO
    return Tone.WAIT if charge_pct >= _LOW_PCT else Tone.STOP


def _silence_s(seen: Seen) -> float | None:
    """Since when the line that fell silent last is silent."""
    ages_s = [seen.heard_age_s(name) for name in seen.silent_sources()]
    return min((age_s for age_s in ages_s if age_s is not None), default=None)


def _since(age_s: float | None) -> str:
    return ABSENT if age_s is None else f"depuis {duration(age_s)}"
