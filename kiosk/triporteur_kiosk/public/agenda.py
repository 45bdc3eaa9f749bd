"""When the trike comes back, in French words. A visit that is over is never told."""

from dataclasses import dataclass
from datetime import date, datetime, time

from triporteur_kiosk.public.content import Visit

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
# fmt: off
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)
_SHORT_MONTHS = (
    "janv.", "févr.", "mars", "avril", "mai", "juin",
    "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)
# fmt: on
_NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Return:
    """The next visit to come after today; `here` says whether it is to today's own place."""

    visit: Visit
    here: bool


def in_order(visits: tuple[Visit, ...]) -> tuple[Visit, ...]:
    """The visits, soonest first."""
    return tuple(sorted(visits, key=lambda visit: (visit.day, visit.starts)))


def upcoming(visits: tuple[Visit, ...], now: datetime) -> tuple[Visit, ...]:
    """The visits that are not over at `now`, in local time, soonest first."""
    moment = now.date(), now.time()
    return tuple(visit for visit in in_order(visits) if (visit.day, visit.ends) > moment)


def next_return(visits: tuple[Visit, ...], now: datetime) -> Return | None:
    """The next visit to today's place, else to any place; None when none is planned.

    Today's place is that of today's visits, over or not: the reader stands beside the trike.
    """
    today = now.date()
    here = {visit.place for visit in visits if visit.day == today}
    later = [visit for visit in upcoming(visits, now) if visit.day > today]
    for visit in later:
        if visit.place in here:
            return Return(visit, here=True)
    return Return(later[0], here=False) if later else None


def day_in_words(day: date) -> str:
    """« mercredi 2 décembre », « mardi 1er décembre »."""
    return f"{_DAYS[day.weekday()]} {_day_number(day)}{_NO_BREAK}{_MONTHS[day.month - 1]}"


def date_in_words(day: date) -> str:
    """« 2 novembre 2026 »."""
    return f"{_day_number(day)} {_MONTHS[day.month - 1]} {day.year}".replace(" ", _NO_BREAK)


def day_in_short(day: date) -> str:
    """« mercredi 2 déc. », for a line that must fit a phone."""
    return f"{_DAYS[day.weekday()]} {_day_number(day)}{_NO_BREAK}{_SHORT_MONTHS[day.month - 1]}"


def hours_in_words(visit: Visit) -> str:
    """« 14 h – 17 h 30 »."""
    return f"{_clock(visit.starts)}{_NO_BREAK}– {_clock(visit.ends)}"


def _day_number(day: date) -> str:
    return "1er" if day.day == 1 else str(day.day)


def _clock(moment: time) -> str:
    minutes = f"{_NO_BREAK}{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour}{_NO_BREAK}h{minutes}"
