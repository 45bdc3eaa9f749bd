"""What is surely there, what an outing may take, and what that makes of it: the pessimist's sums.

there  = capacity · warmth · (charge - 2 sigma - reserve) · mean voltage
needed = way + one sigma + load on site · hours

PARTEZ asks that the one surely covers the other. NE PARTEZ PAS is for when it hardly can: there the
doubts, which have nothing to do with each other, add up as the sides of a right angle; and a weak
pack is taken to meet the hill that it usually meets, not the hardest of all.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from triporteur_device.readiness.consumption import Consumption
from triporteur_device.readiness.pack import Pack
from triporteur_device.readiness.sag import Cuts
from triporteur_wire.readiness import Outing

#: Kept back: below, a loaded cell may fall to the board's cut-off (usual advice 10 to 15 %).
RESERVE = 0.10
#: How many standard deviations of the charge, and for comfort of the capacity, are not counted on.
CHARGE_SIGMAS = 2.0
CAPACITY_SIGMAS = 1.5
#: What is fed on site differs by as much from day to day.
SITE_SIGMA = 0.15
#: A few riders more than planned: a wrong turn, a street closed.
_DETOUR_SIGMA = 0.05
#: Usable share by temperature: winter reports of 17 to 40 % less; sheets of 18650 cells.
_WARMTH = ((-20.0, 0.55), (-10.0, 0.70), (0.0, 0.85), (10.0, 0.95), (20.0, 1.0))
#: A temperature that nobody tells is taken for a frosty one.
_UNTOLD = 0.85


@dataclass(frozen=True, slots=True)
class Holding:
    """What the battery has, as far as it is known. `charge` and sigmas are shares; `cuts` is where
    its board cuts off on a hill (None: not known)."""

    pack: Pack
    charge: float
    charge_sigma: float
    capacity_ah: float
    capacity_sigma: float
    coldest_c: float | None
    cuts: Cuts | None = None

    @property
    def whole_wh(self) -> float:
        """All that a full battery gives at this temperature."""
        return self.capacity_ah * self.pack.mean_v * warmth(self.coldest_c)

    @property
    def likely_wh(self) -> float:
        """What is there beyond the reserve, if the charge is what it is taken for and the hills are
        as usual."""
        return self._above_wh(self.cuts.usual if self.cuts else 0.0)

    @property
    def doubt_wh(self) -> float:
        """What is not counted on, of the charge and of the hills."""
        harder_wh = self._above_wh(self.cuts.harder if self.cuts else 0.0)
        return hypot(self._charge_doubt_wh, self.likely_wh - harder_wh)

    @property
    def sure_wh(self) -> float:
        """What is surely there, beyond the reserve, whatever hill comes."""
        hardest_wh = self._above_wh(self.cuts.hardest if self.cuts else 0.0)
        return max(0.0, hardest_wh - self._charge_doubt_wh)

    @property
    def _charge_doubt_wh(self) -> float:
        return self.whole_wh * CHARGE_SIGMAS * self.charge_sigma

    def _above_wh(self, cuts_at: float) -> float:
        return self.whole_wh * (self.charge - max(RESERVE, cuts_at))

    @property
    def worn_wh(self) -> float:
        """The same, should the battery hold less than it is taken for."""
        return max(0.0, self.sure_wh * (1 - CAPACITY_SIGMAS * self.capacity_sigma))


@dataclass(frozen=True, slots=True)
class Need:
    """`likely_wh` is the mean, `sigma_wh` one standard deviation."""

    likely_wh: float
    sigma_wh: float

    @property
    def wh(self) -> float:
        """What must be there."""
        return self.likely_wh + self.sigma_wh


def need(outing: Outing, consumption: Consumption, standing_w: float, temp_c: float | None) -> Need:
    """The whole outing; the unit is known to draw `standing_w`, whatever was foreseen."""
    road = consumption.foresee(outing.km, outing.climb_m, temp_c)
    site_wh = max(outing.load_w, standing_w) * outing.site_h
    likely_wh = road.wh + site_wh
    sigma = hypot(road.sigma_wh, SITE_SIGMA * site_wh, _DETOUR_SIGMA * road.wh)
    return Need(likely_wh, sigma)


def spare_wh(there: Holding, needed: Need) -> float:
    """What may be left over; below 0 when it hardly suffices."""
    doubt_wh = hypot(there.doubt_wh, needed.sigma_wh)
    return there.likely_wh - needed.likely_wh - doubt_wh


def sure_km(
    sure_wh: float,
    outing: Outing,
    consumption: Consumption,
    standing_w: float,
    temp_c: float | None,
) -> float:
    """How far what is there surely reaches, over slopes as steep, with the same stay."""
    stay = Outing(km=0.0, climb_m=0.0, site_h=outing.site_h, load_w=outing.load_w)
    left_wh = sure_wh - need(stay, consumption, standing_w, temp_c).wh
    per_km = consumption.foresee(1.0, slope(outing), temp_c)
    return max(0.0, left_wh / (per_km.wh + per_km.sigma_wh))


def slope(outing: Outing) -> float:
    """Metres climbed in a kilometre."""
    return outing.climb_m / outing.km if outing.km else 0.0


def warmth(coldest_c: float | None) -> float:
    """The share of its capacity that a battery gives at this temperature."""
    if coldest_c is None:
        return _UNTOLD
    (low_c, least), (high_c, most) = _WARMTH[0], _WARMTH[-1]
    if coldest_c <= low_c or coldest_c >= high_c:
        return least if coldest_c <= low_c else most
    pairs = pairwise(_WARMTH)
    (t0, s0), (t1, s1) = next(pair for pair in pairs if coldest_c <= pair[1][0])
    return s0 + (s1 - s0) * (coldest_c - t0) / (t1 - t0)
