"""Ages, labels and ranges as the console says them."""

from collections.abc import Sequence

from triporteur_wire.french import NARROW, NBSP, duration, measure, number

#: Below this age in seconds, a reading is of now.
_NOW_S = 5.0


def ago(age_s: float) -> str:
    """« à l’instant », « il y a 12 s »."""
    return "à l’instant" if age_s < _NOW_S else f"il y a {duration(age_s)}".replace(" ", NBSP)


def capital(text: str) -> str:
    """« tension » is « Tension »; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def labelled(label: str, text: str) -> str:
    """« Données : 13 en attente »."""
    return f"{label}{NARROW}: {text}"


def neat(value: float) -> str:
    """« 6 », « 2,5 »: a decimal only where there is one."""
    return number(value, 0 if round(value, 1) == round(value) else 1)


def span(values: Sequence[float], unit: str, decimals: int = 0, *, signed: bool = False) -> str:
    """« 14 °C », « 14 à 16 °C »: the lowest and the highest of one value or more."""
    low = number(min(values), decimals, signed=signed)
    high = number(max(values), decimals, signed=signed)
    highest = measure(max(values), unit, decimals, signed=signed)
    return highest if low == high else f"{low} à {highest}"
