"""The two days that a plan knows, as addresses and people say them."""

from dataclasses import dataclass

from triporteur_wire.plan import Day


@dataclass(frozen=True, slots=True)
class DayWords:
    """`slug` stands in addresses; `address` is the day's own page."""

    day: Day
    slug: str
    name: str
    address: str


TODAY = DayWords("today", "aujourdhui", "Aujourd’hui", "/sortie")
TOMORROW = DayWords("tomorrow", "demain", "Demain", "/sortie/demain")
DAYS = (TODAY, TOMORROW)
