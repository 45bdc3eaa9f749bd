"""Figures as a French reader expects them, with their no-break spaces; for every page."""

NBSP = "\u00a0"
NARROW = "\u202f"
ABSENT = "—"

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400


def number(value: float, decimals: int = 0, *, signed: bool = False) -> str:
    """`-1234.5` is « −1 234,5 »; never « −0 »."""
    text = f"{abs(value):,.{decimals}f}"
    is_zero = not text.strip("0.,")
    sign = "" if is_zero else "−" if value < 0 else "+" if signed else ""
    return sign + text.replace(",", NARROW).replace(".", ",")


def measure(value: float | None, unit: str, decimals: int = 0, *, signed: bool = False) -> str:
    """A number with its unit, if it has one, or « — » for None."""
    if value is None:
        return ABSENT
    figure = number(value, decimals, signed=signed)
    return f"{figure}{NBSP}{unit}" if unit else figure


def plural(count: int, one: str, many: str) -> str:
    """« 1 trame », « 1 204 trames »; in French, zero is singular."""
    return f"{number(count)}{NBSP}{one if count < 2 else many}"


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
