"""Numbers, dates and ages as a French reader expects them, with their no-break spaces."""

from datetime import date, timedelta

from triporteur_depot.pages.days import local

NBSP = "\u00a0"
NARROW = "\u202f"
ABSENT = "—"

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
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400


def number(value: float, decimals: int = 0, *, signed: bool = False) -> str:
    """`-1234.5` is « −1 234,5 »; never « −0 »."""
    text = f"{abs(value):,.{decimals}f}"
    is_zero = not text.strip("0.,")
    sign = "" if is_zero else "−" if value < 0 else "+" if signed else ""
    return sign + text.replace(",", NARROW).replace(".", ",")


def measure(value: float | None, unit: str, decimals: int = 0, *, signed: bool = False) -> str:
    """A number with its unit, or « — » for None."""
    if value is None:
        return ABSENT
    return f"{number(value, decimals, signed=signed)}{NBSP}{unit}"


def plural(count: int, one: str, many: str) -> str:
    """« 1 conflit », « 1 204 conflits »; in French, zero is singular."""
    return f"{number(count)}{NBSP}{one if count < 2 else many}"


def clock(utc_ms: int) -> str:
    """« 9 h 28 », « 18 h »."""
    at = local(utc_ms)
    return f"{at.hour}{NBSP}h{NBSP}{at.minute:02}" if at.minute else f"{at.hour}{NBSP}h"


def duration(seconds: float) -> str:
    """« 8 s », « 12 min », « 5 h », « 3 jours »: the largest unit that fits, rounded down."""
    whole = max(0, int(seconds))
    if whole < _MINUTE_S:
        return f"{whole}{NBSP}s"
    if whole < _HOUR_S:
        return f"{whole // _MINUTE_S}{NBSP}min"
    if whole < _DAY_S:
        return f"{whole // _HOUR_S}{NBSP}h"
    return plural(whole // _DAY_S, "jour", "jours")


def ago(then_ms: int | None, now_ms: int) -> str:
    """« il y a 2 min », « à 14 h 05 », « hier 18 h », « le 19 nov. »; « jamais » for None."""
    if then_ms is None:
        return "jamais"
    age_s = max(0, now_ms - then_ms) / 1000
    if age_s < 1:
        return "à l’instant"
    if age_s < _HOUR_S:
        return f"il y a {duration(age_s)}"
    then, today = local(then_ms).date(), local(now_ms).date()
    if then == today:
        return f"à {clock(then_ms)}"
    if then == today - timedelta(days=1):
        return f"hier {clock(then_ms)}"
    return f"le {short_date(then)}" + (f" {then.year}" if then.year != today.year else "")


def short_date(day: date) -> str:
    """« 19 nov. », « 1er mars »."""
    return f"{_ordinal(day.day)}{NBSP}{_SHORT_MONTHS[day.month - 1]}"


def long_date(day: date) -> str:
    """« lundi 16 novembre »."""
    return f"{_DAYS[day.weekday()]} {_ordinal(day.day)}{NBSP}{_MONTHS[day.month - 1]}"


def short_weekday(day: date) -> str:
    """« lun. 16 »."""
    return f"{_DAYS[day.weekday()][:3]}.{NBSP}{day.day}"


def _ordinal(day: int) -> str:
    return "1er" if day == 1 else str(day)
