"""The page « Sortie »: what is entered for a day, and the places to choose in one tap."""

from dataclasses import dataclass

from triporteur_kiosk.console.days import TODAY, TOMORROW, DayWords
from triporteur_kiosk.console.outing_words import OutingWords, outing_words, summary
from triporteur_kiosk.console.state import state
from triporteur_kiosk.seen import Told
from triporteur_wire.messages import Status
from triporteur_wire.plan import Plan, UsualPlace
from triporteur_wire.readiness import USUAL_OUTING, Outing

_NO_PLAN = "L’unité ne dit rien de ses sorties"
_UNDATED = "L’unité ne sait pas encore quel jour on est\u202f: la sortie de demain attendra"


@dataclass(frozen=True, slots=True)
class PlaceWords:
    name: str
    summary: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class DayPage:
    """`outing` is None while not known; `trouble` says why nothing, or not this day, is known."""

    day: DayWords
    outing: OutingWords | None
    places: list[PlaceWords]
    trouble: str | None


def day_page(told: Told, day: DayWords) -> DayPage:
    plan = _plan(told)
    if plan is None:
        return DayPage(day, None, [], _why_not(told))
    if day is TOMORROW and not plan.dated:
        return DayPage(day, None, [], _UNDATED)
    found = outing_on(told, day)
    places = [_place(place, found) for place in plan.places]
    return DayPage(day, outing_words(found or USUAL_OUTING, supposed=found is None), places, None)


def outing_on(told: Told, day: DayWords) -> Outing | None:
    """What somebody entered for that day, as far as the unit tells."""
    plan = _plan(told)
    if plan is None:
        return None
    return plan.today if day is TODAY else plan.tomorrow


def usual_place(told: Told, name: str) -> UsualPlace | None:
    """The usual place of that name, or None where the unit has none."""
    plan = _plan(told)
    return next((one for one in plan.places if one.name == name), None) if plan else None


def _plan(told: Told) -> Plan | None:
    return told.plan if isinstance(told, Status) else None


def _place(place: UsualPlace, entered: Outing | None) -> PlaceWords:
    chosen = entered is not None and entered.place == place.name
    return PlaceWords(place.name, summary(place), chosen)


def _why_not(told: Told) -> str:
    return _NO_PLAN if isinstance(told, Status) else state(told).in_one_line
