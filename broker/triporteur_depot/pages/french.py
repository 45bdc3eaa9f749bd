"""Dates, ages and percentages as a French reader expects them, with their no-break spaces."""

from datetime import date, timedelta
from math import floor

from triporteur_depot.pages.days import local
from triporteur_wire.french import ABSENT, NBSP, duration, number

# fmt: off
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)
_SHORT_MONTHS = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin",
    "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)
# fmt: on
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_HOUR_S = 3600


def clock(utc_ms: int) -> str:
    """« 9 h 28 », « 18 h »."""
    at = local(utc_ms)
    return f"{at.hour}{NBSP}h{NBSP}{at.minute:02}" if at.minute else f"{at.hour}{NBSP}h"


def ago(then_ms: int | None, now_ms: int) -> str:
    """« il y a 2 min », « à 14 h 05 », « hier 18 h », « le 19 nov. »; « jamais » for None."""
    if then_ms is None:
        return "jamais"
    age_s = max(0, now_ms - then_ms) / 1000
    if age_s < 1:
        return "à l’instant"
    if age_s < _HOUR_S:
        return f"il y a {duration(age_s)}"
    when = _instant(then_ms, now_ms)
    return f"à {when}" if when[0].isdigit() else when


def since(then_ms: int, now_ms: int) -> str:
    """« depuis 2 min », « depuis 14 h 05 », « depuis hier 18 h », « depuis le 19 nov. »."""
    age_s = max(0, now_ms - then_ms) / 1000
    return f"depuis {duration(age_s) if age_s < _HOUR_S else _instant(then_ms, now_ms)}"


def between(first_ms: int | None, last_ms: int | None, now_ms: int) -> str:
    """« entre hier 18 h et 9 h 05 », « avant 9 h 05 »; nothing lies later than now.

    At least one of the two is known.
    """
    # Rounded outwards to the minute that is shown.
    after = None if first_ms is None else _instant(min(first_ms, now_ms), now_ms)
    before = None if last_ms is None else _instant(min(last_ms + 59_999, now_ms), now_ms)
    if after is None:
        return f"avant {before}"
    return f"après {after}" if before is None else f"entre {after} et {before}"


def percent(value: float | None, *, signed: bool = False) -> str:
    """« 29 % » for 29.7: no one leaves on a percent that is not there. « — » for None."""
    return ABSENT if value is None else f"{number(floor(value), signed=signed)}{NBSP}%"


def give_or_take(sigma: float | None) -> str:
    """« ± 6 »; nothing for None."""
    return "" if sigma is None else f"±{NBSP}{number(sigma)}"


def short_date(day: date) -> str:
    """« 19 nov. », « 1er mars »."""
    return f"{_ordinal(day.day)}{NBSP}{_SHORT_MONTHS[day.month - 1]}"


def long_date(day: date) -> str:
    """« lundi 16 novembre »."""
    return f"{_DAYS[day.weekday()]} {_ordinal(day.day)}{NBSP}{_MONTHS[day.month - 1]}"


def short_weekday(day: date) -> str:
    """« lun. 16 »."""
    return f"{_DAYS[day.weekday()][:3]}.{NBSP}{day.day}"


def _instant(then_ms: int, now_ms: int) -> str:
    """« 14 h 05 », « hier 18 h », « le 19 nov. », « le 19 nov. 2025 »."""
    then, today = local(then_ms).date(), local(now_ms).date()
    if then == today:
        return clock(then_ms)
    if then == today - timedelta(days=1):
        return f"hier {clock(then_ms)}"
    return f"le {short_date(then)}" + (f" {then.year}" if then.year != today.year else "")


def _ordinal(day: int) -> str:
    return "1er" if day == 1 else str(day)
