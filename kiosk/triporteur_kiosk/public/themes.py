"""The eight themes of the welcome page: their places are fixed, so that « tapez le 3 » holds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """One tile: its key in the content file, its number and the words under its pictogram."""

    key: str
    number: int
    label: str
    pictogram: str


THEMES = (
    Theme("sante", 1, "Santé", "heart"),
    Theme("famille", 2, "Famille", "people"),
    Theme("travail", 3, "Travail", "briefcase"),
    Theme("papiers", 4, "Papiers", "card"),
    Theme("logement", 5, "Logement", "house"),
    Theme("argent", 6, "Argent", "euro"),
    Theme("numerique", 7, "Numérique", "phone"),
    Theme("manger-dormir", 8, "Manger, dormir", "meal"),
)
