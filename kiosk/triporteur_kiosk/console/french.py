"""Ages and labels as the console says them."""

from triporteur_wire.french import NARROW, NBSP, duration

#: Below this age in seconds, a reading is of now.
_NOW_S = 5.0


def ago(age_s: float) -> str:
    """« à l’instant », « il y a 12 s »."""
    return "à l’instant" if age_s < _NOW_S else f"il y a {duration(age_s)}".replace(" ", NBSP)


def labelled(label: str, text: str) -> str:
    """« Données : 13 en attente »."""
    return f"{label}{NARROW}: {text}"
