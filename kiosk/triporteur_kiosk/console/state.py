"""The battery in one glance: a word with its pictogram, the charge, a colour and an age."""

from dataclasses import dataclass
from enum import StrEnum

from triporteur_kiosk.console.complaints import in_short
from triporteur_kiosk.console.french import ago
from triporteur_kiosk.seen import Stopped, Told, Unreadable
from triporteur_wire.battery import Battery, Flow, battery
from triporteur_wire.concerns import LOW_CHARGE_PCT, Concern, Kind, Level, concerns
from triporteur_wire.french import ABSENT, duration, measure
from triporteur_wire.messages import Status

_GOOD_PCT = 50
_SPEAKS = ("soc_pct", "current_a", "pack_voltage_v")
_DOES = {
    Flow.CHARGING: ("En charge", "charging"),
    Flow.RESTING: ("Au repos", "battery"),
    Flow.DISCHARGING: ("En service", "bolt"),
    None: ("Batterie", "battery"),
}


class Tone(StrEnum):
    """The colours, the worst last."""

    GO = "go"
    QUIET = "quiet"
    WAIT = "wait"
    STOP = "stop"


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
    def in_one_line(self) -> str:
        """« Lecture arrêtée depuis 3 min »."""
        return self.word if self.age == ABSENT else f"{self.word} {self.age}"

    @property
    def level(self) -> str:
        """What the colour says of the charge, in words."""
        return {
            Tone.GO: "bonne charge",
            Tone.QUIET: "charge inconnue",
            Tone.WAIT: "charge moyenne",
            Tone.STOP: "charge basse",
        }[_of_charge(self.charge_pct)]


def state(told: Told) -> State:
    match told:
        case Unreadable():
            return State("État illisible", "silent", Tone.QUIET, ABSENT)
        case Stopped(age_s):
            return State("Lecture arrêtée", "off", Tone.QUIET, _since(age_s))
        case Status():
            return _heard(told)


def _heard(status: Status) -> State:
    judged, found = battery(status), concerns(status)
    if judged.is_silent:
        found = [concern for concern in found if concern.level is Level.REPAIR]
    tones = [_of_charge(judged.charge_pct), *map(_of_concern, found)]
    word, pictogram = _word(judged, found)
    age = _age(status, found)
    worst = max(tones, key=list(Tone).index)
    return State(word, pictogram, worst, age, judged.charge_pct, judged.is_silent)


def _word(judged: Battery, found: list[Concern]) -> tuple[str, str]:
    """What is wrong, else what the battery does. A low charge is said beside its figure."""
    wrong = [concern for concern in found if concern.kind is not Kind.LOW_CHARGE]
    if wrong:
        return in_short(wrong[0])
    return ("Batterie muette", "silent") if judged.is_silent else _DOES[judged.flow]


def _of_charge(charge_pct: int | None) -> Tone:
    if charge_pct is None:
        return Tone.QUIET
    if charge_pct >= _GOOD_PCT:
        return Tone.GO
    return Tone.WAIT if charge_pct >= LOW_CHARGE_PCT else Tone.STOP


def _of_concern(concern: Concern) -> Tone:
    return Tone.STOP if concern.level is Level.REPAIR else Tone.WAIT


def _age(status: Status, found: list[Concern]) -> str:
    """That of the oldest reading shown; of the silence when that is all there is to say."""
    ages_s = [told.age_s for name in _SPEAKS for told in status.every(name)]
    if ages_s:
        return ago(max(ages_s))
    return ABSENT if found else _since(_silence_s(status))


def _silence_s(status: Status) -> float | None:
    """Since when the line that fell silent last is silent."""
    ages_s = [status.sources[name].heard_age_s for name in status.silent_sources()]
    return min((age_s for age_s in ages_s if age_s is not None), default=None)


def _since(age_s: float | None) -> str:
    return ABSENT if age_s is None else f"depuis {duration(age_s)}"
