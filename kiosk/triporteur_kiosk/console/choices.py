"""What the form of an outing offers to tap: climbs, hours and loads, in words for figures."""

from dataclasses import dataclass
from itertools import combinations

from triporteur_wire.plan import MOST_SITE_H

#: The welcome itself: computer aboard and Wi-Fi, there at every outing.
_ALWAYS_W = 15.0
_HOURS = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)


@dataclass(frozen=True, slots=True)
class Climb:
    """`per_km_m` is what a kilometre of such a way climbs, on the safe side of its kind."""

    key: str
    label: str
    pictogram: str
    per_km_m: float


@dataclass(frozen=True, slots=True)
class Load:
    """Something fed on site; `watts` is its usual mean, by makers' sheets of such devices."""

    key: str
    label: str
    pictogram: str
    watts: float


#: Riders call a way flat below some 10 m a kilometre, and hilly from 20 on.
CLIMBS = (
    Climb("flat", "Plat", "flat", 5.0),
    Climb("rolling", "Vallonné", "rolling", 15.0),
    Climb("steep", "Raide", "steep", 30.0),
)
#: No two choices of them add up to the same, so that a sum tells which were meant.
LOADS = (
    Load("phones", "Téléphones", "phone", 20.0),
    Load("computer", "Ordinateur", "laptop", 40.0),
    Load("printer", "Imprimante", "printer", 12.0),
    Load("light", "Éclairage", "lamp", 6.0),
)


def hours(chosen: float | None) -> list[float]:
    """The hours to tap; what was chosen, if it can be, is among them."""
    fits = chosen is not None and 0 <= chosen <= MOST_SITE_H
    return sorted({*_HOURS, chosen}) if fits and chosen is not None else list(_HOURS)


def climb_m(key: str, km: float) -> float | None:
    """None for a word that is not offered."""
    return next((km * one.per_km_m for one in CLIMBS if one.key == key), None)


def climb_of(metres: float, km: float) -> str:
    """The word that comes nearest."""
    per_km_m = metres / km if km else 0.0
    return min(CLIMBS, key=lambda one: abs(one.per_km_m - per_km_m)).key


def load_w(keys: tuple[str, ...]) -> float:
    """The welcome itself, and each that is offered and chosen."""
    return _ALWAYS_W + sum(one.watts for one in LOADS if one.key in keys)


def loads_of(watts: float) -> tuple[str, ...]:
    """The choice that comes nearest."""
    every = [chosen for count in range(len(LOADS) + 1) for chosen in combinations(LOADS, count)]
    near = min(every, key=lambda some: abs(load_w(tuple(one.key for one in some)) - watts))
    return tuple(one.key for one in near)
