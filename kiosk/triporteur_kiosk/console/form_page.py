"""The form of an outing: what was entered so far, what can be tapped, and what is wrong with it."""

from dataclasses import dataclass

from triporteur_kiosk.console.choices import CLIMBS, LOADS, Climb, Load, hours
from triporteur_kiosk.console.days import DayWords
from triporteur_kiosk.console.entry import Entry
from triporteur_kiosk.console.french import neat
from triporteur_wire.french import NBSP
from triporteur_wire.plan import MOST_PLACE

#: Those at which somebody leaves.
_HOURS = range(6, 22)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a field sends, and what it shows."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class FormPage:
    """`sentence` says why it was not noted, and `field` where; both empty on a fresh form.

    Without `knows_time`, no hour of departure can be asked for.
    """

    day: DayWords
    entry: Entry
    knows_time: bool
    sentence: str = ""
    field: str = ""

    @property
    def climbs(self) -> tuple[Climb, ...]:
        return CLIMBS

    @property
    def loads(self) -> tuple[Load, ...]:
        return LOADS

    @property
    def hours(self) -> list[Choice]:
        return [Choice(f"{one:g}", f"{neat(one)}{NBSP}h") for one in hours(self.entry.chosen_h)]

    @property
    def most_place(self) -> int:
        return MOST_PLACE

    @property
    def departures(self) -> list[Choice]:
        """Every half hour, and what was chosen; the usual hour first."""
        halves = [f"{hour:02}:{minute}" for hour in _HOURS for minute in ("00", "30")]
        times = sorted({*halves, *filter(None, [self.entry.departs])})
        return [Choice("", "habituelle"), *(Choice(one, _in_words(one)) for one in times)]

    def is_chosen(self, one: Choice) -> bool:
        """By its number, however it was written."""
        return self.entry.chosen_h is not None and one.value == f"{self.entry.chosen_h:g}"


def _in_words(written: str) -> str:
    """« 9 h 30 » of « 09:30 »; what is not a time as it was written."""
    hour, _, minute = written.partition(":")
    if not (hour.isdecimal() and minute.isdecimal()):
        return written
    return f"{int(hour)}{NBSP}h" + (f"{NBSP}{minute}" if int(minute) else "")
