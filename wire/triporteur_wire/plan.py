"""Where a unit is to go: today's and tomorrow's outing, and the places that it usually goes to."""

from typing import Annotated, Literal

import msgspec

from triporteur_wire.french import NARROW, NBSP, number
from triporteur_wire.readiness import Outing

Day = Literal["today", "tomorrow"]

PlaceName = Annotated[
    str,
    msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f]{1,40}\Z", description="a name of 1 to 40 characters"),
]
#: What a cargo trike can be asked: beyond, a comma was forgotten.
MOST_KM = 80.0
MOST_CLIMB_M = 2000.0
MOST_SITE_H = 24.0
MOST_LOAD_W = 500.0
MOST_PLACE = 40
#: Of an outing that takes longer than foreseen: for so long it is still under way.
OVERRUN_H = 2.0
#: A loaded cargo trike in a town.
_KMH = 10.0


class UsualPlace(msgspec.Struct, frozen=True):
    """A place to choose in one tap; figures as those of an `Outing`: there and back together."""

    name: PlaceName
    km: Annotated[float, msgspec.Meta(gt=0, le=MOST_KM)]
    climb_m: Annotated[float, msgspec.Meta(ge=0, le=MOST_CLIMB_M)] = 0.0
    site_h: Annotated[float, msgspec.Meta(ge=0, le=MOST_SITE_H)] = 4.0
    load_w: Annotated[float, msgspec.Meta(ge=0, le=MOST_LOAD_W)] = 20.0

    def outing(self, departs_utc_ms: int | None = None) -> Outing:
        """The outing to this place."""
        figures = self.km, self.climb_m, self.site_h, self.load_w
        return Outing(*figures, place=self.name, departs_utc_ms=departs_utc_ms)


class Plan(msgspec.Struct, frozen=True, omit_defaults=True):
    """The outings entered for the unit's local today and tomorrow; None where nobody entered any.

    `dated` is False while the unit does not know which day it is: tomorrow's cannot then be
    entered, and today's holds until the unit is switched off. `places` are those aboard; a
    status that goes to the depot names none.
    """

    today: Outing | None = None
    tomorrow: Outing | None = None
    places: tuple[UsualPlace, ...] = ()
    dated: bool = True


def foreseen_h(km: float, site_h: float) -> float:
    """How long an outing is foreseen to take, way and stay."""
    return km / _KMH + site_h


def is_supposed(judged: Outing, plan: Plan | None) -> bool:
    """Whether nobody entered the outing that is judged.

    What somebody entered has a departure, except on a unit that does not know the time.
    """
    is_entered = plan is not None and not plan.dated and plan.today is not None
    return judged.departs_utc_ms is None and not is_entered


def misfit(outing: Outing) -> str:
    """What is wrong with an outing that somebody entered, in a French sentence; empty if nothing.

    Who reads it may not be who wrote it: it holds nothing of the outing's own words.
    """
    spaced = outing.place.replace(NBSP, " ").replace(NARROW, " ")
    if len(spaced) > MOST_PLACE or not spaced.isprintable():
        return f"Le nom du lieu tient en {MOST_PLACE} caractères."
    if not 0 < outing.km <= MOST_KM:
        return _expected("La distance", "plus de 0", MOST_KM, "km")
    if not 0 <= outing.climb_m <= MOST_CLIMB_M:
        return _expected("La montée", "0", MOST_CLIMB_M, "m")
    if not 0 <= outing.site_h <= MOST_SITE_H:
        return _expected("La durée sur place", "0", MOST_SITE_H, "h")
    if not 0 <= outing.load_w <= MOST_LOAD_W:
        return _expected("La puissance sur place", "0", MOST_LOAD_W, "W")
    return ""


def _expected(what: str, least: str, most: float, unit: str) -> str:
    return f"{what} va de {least} à {number(most)}\u00a0{unit}{NARROW}; corrigez-la."
