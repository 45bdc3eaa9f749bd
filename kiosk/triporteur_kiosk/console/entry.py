"""An outing as somebody fills it in: kept word for word, so that nothing has to be typed twice."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import isfinite
from typing import Protocol, TypeVar

import msgspec

from triporteur_kiosk.console.choices import climb_m, climb_of, load_w, loads_of
from triporteur_kiosk.console.french import neat
from triporteur_kiosk.console.outing_words import local
from triporteur_wire.plan import MOST_CLIMB_M, Day, misfit
from triporteur_wire.readiness import Outing
from triporteur_wire.reading import Unreadable, decode

_KM = "La distance est un nombre de kilomètres, comme 6 ou 7,5\u202f; corrigez-la."
_TIME = "L’heure de départ s’écrit comme 9:30\u202f; corrigez-la."
_CLIMB = "Touchez un relief\u202f: plat, vallonné ou raide."
_HOURS = "Touchez une durée sur place."

_MINUTE_MS = 60_000
_DECODER = msgspec.json.Decoder(Outing)

Value = TypeVar("Value")


class Form(Protocol):
    """What a browser sent: the first value of a name, and all of them."""

    def get(self, name: str, default: str) -> str: ...
    def getlist(self, name: str) -> list[str]: ...


class Unclear(ValueError):
    """The entry cannot be taken: `sentence` says in French what to do about `field`."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


@dataclass(frozen=True, slots=True)
class Entry:
    """The fields as text. `departs` is a local time, or empty for the usual hour.

    `was` is the outing that the form was drawn from, as JSON; empty where there was none. What
    nobody touched stays as that one has it, for a form can draw less than an outing can be.
    """

    place: str = ""
    km: str = ""
    climb: str = "flat"
    hours: str = "3"
    departs: str = ""
    loads: tuple[str, ...] = ("phones",)
    was: str = ""

    @property
    def chosen_h(self) -> float | None:
        """None where no good number of hours is chosen."""
        return _number(self.hours)

    def outing(self, day: Day, now: datetime | None) -> Outing:
        """Raises Unclear. `now` is local; while it is None nothing departs at an hour."""
        km = _known(_number(self.km), _KM, "km")
        found = Outing(
            km=km,
            climb_m=_known(climb_m(self.climb, km), _CLIMB, "climb"),
            site_h=_known(self.chosen_h, _HOURS, "hours"),
            load_w=load_w(self.loads),
            place=" ".join(self.place.split()),
            departs_utc_ms=self._departs_utc_ms(day, now),
        )
        if was := _read(self.was):
            found = self._untouched(found, was)
        if sentence := misfit(found):
            raise Unclear(sentence)
        return found

    def _untouched(self, found: Outing, was: Outing) -> Outing:
        """With what is still as it was drawn."""
        is_fed_so = set(self.loads) == set(loads_of(was.load_w))
        is_then = _in_one_minute(found.departs_utc_ms, was.departs_utc_ms)
        return Outing(
            km=was.km if self.km == neat(was.km) else found.km,
            climb_m=self._climb_m(found, was),
            site_h=was.site_h if self.hours == f"{was.site_h:g}" else found.site_h,
            load_w=was.load_w if is_fed_so else found.load_w,
            place=was.place if self.place == was.place else found.place,
            departs_utc_ms=was.departs_utc_ms if is_then else found.departs_utc_ms,
        )

    def _climb_m(self, found: Outing, was: Outing) -> float:
        """Another way of the same word is at least as steep."""
        if self.climb != climb_of(was.climb_m, was.km):
            return found.climb_m
        if self.km == neat(was.km):
            return was.climb_m
        return max(found.climb_m, min(was.climb_m * found.km / was.km, MOST_CLIMB_M))

    def _departs_utc_ms(self, day: Day, now: datetime | None) -> int | None:
        if not self.departs or now is None:
            return None
        at = _known(_time(self.departs), _TIME, "departs")
        on = now.date() + timedelta(days=day == "tomorrow")
        return round(datetime.combine(on, at, now.tzinfo).timestamp() * 1000)


def entered(form: Form) -> Entry:
    """What a browser sent, whatever it is."""
    return Entry(
        place=form.get("place", ""),
        km=form.get("km", ""),
        climb=form.get("climb", ""),
        hours=form.get("hours", ""),
        departs=form.get("departs", ""),
        loads=tuple(form.getlist("loads")),
        was=form.get("was", ""),
    )


def entry_of(outing: Outing) -> Entry:
    """The fields that come nearest to an outing."""
    departs = outing.departs_utc_ms
    return Entry(
        place=outing.place,
        km=neat(outing.km),
        climb=climb_of(outing.climb_m, outing.km),
        hours=f"{outing.site_h:g}",
        departs="" if departs is None else f"{local(departs):%H:%M}",
        loads=loads_of(outing.load_w),
        was=msgspec.json.encode(outing).decode(),
    )


def _read(was: str) -> Outing | None:
    """None where the form was drawn from nothing, or from what nobody can enter."""
    try:
        outing = decode(_DECODER, was.encode())
    except Unreadable:
        return None
    return None if misfit(outing) else outing


def _in_one_minute(drawn_utc_ms: int | None, was_utc_ms: int | None) -> bool:
    """Whether the one is the minute of the other: all that the form shows of it."""
    if drawn_utc_ms is None or was_utc_ms is None:
        return False
    return 0 <= was_utc_ms - drawn_utc_ms < _MINUTE_MS


def _number(text: str) -> float | None:
    """With a comma or a point; None for what is not a number of this world."""
    try:
        found = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return found if isfinite(found) else None


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def _known(value: Value | None, sentence: str, field: str) -> Value:
    if value is None:
        raise Unclear(sentence, field)
    return value
