"""How figures are written."""

from collections.abc import Iterable
from statistics import median

ROUNDS = 3


def middle(figures: Iterable[float]) -> float:
    return median(figures)


def whole(number: float) -> str:
    """200000 as 200 000."""
    return f"{number:,.0f}".replace(",", "\u202f")


def megabytes(count: float) -> str:
    return f"{count / 1e6:.1f}"


def times(ratio: float) -> str:
    """A ratio: two decimals when it is small, none when it is large."""
    return f"{ratio:.2f} ×" if ratio < 10 else f"{ratio:.0f} ×"
