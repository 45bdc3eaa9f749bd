"""Figures for a terminal, in English."""

from datetime import UTC, datetime

ABSENT = "-"
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400
_LAST_DATE_MS = 253_402_300_799_999
_LONGEST = 400


def count(number: int | None) -> str:
    return ABSENT if number is None else str(number)


def size(byte_count: int | None) -> str:
    """`1.2 GB`; `-` for None."""
    if byte_count is None:
        return ABSENT
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if byte_count >= factor:
            return f"{byte_count / factor:.1f} {unit}"
    return f"{byte_count} B"


def duration(seconds: float | None) -> str:
    """`8 s`, `12 min`, `5 h`, `3 d`: the largest unit that fits, rounded down; `-` for None."""
    if seconds is None:
        return ABSENT
    for unit, factor in (("d", _DAY_S), ("h", _HOUR_S), ("min", _MINUTE_S)):
        if seconds >= factor:
            return f"{seconds // factor:.0f} {unit}"
    return f"{max(0, seconds):.0f} s"


def ago(then_ms: int | None, now_ms: int) -> str:
    return "never" if then_ms is None else f"{duration((now_ms - then_ms) / 1000)} ago"


def day(utc_ms: int | None) -> str:
    """`2027-02-28`; `-` for None, or beyond the calendar."""
    if utc_ms is None or utc_ms > _LAST_DATE_MS:
        return ABSENT
    return f"{datetime.fromtimestamp(utc_ms / 1000, UTC):%Y-%m-%d}"


def plain(text: str) -> str:
    """What a unit says, without orders to the terminal, and cut where it never ends."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:_LONGEST])
