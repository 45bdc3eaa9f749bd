"""What a cell's voltage says of its charge, by chemistry."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

ChemistryName = Literal["nmc", "lfp"]


@dataclass(frozen=True, slots=True)
class Chemistry:
    """`rest_curve`: (charge 0..1, volts of a cell at rest), rising. `blind` is where a voltage at
    rest says nothing. `rest_error_v` is how far the curve of another make of cell, or what is left
    of the last current, may be off. `full_v`: a charger brings a cell at least there, and
    no cell stays at `held_v` unless one does, or it is full;
    `empty_v`: one at rest below is empty; `cut_v`: one under load is cut off by its board (usual
    settings). `brim_v`: one at rest above is nearly full, whatever its
    make: that end of the curve is where every charger stops.
    """

    rest_curve: tuple[tuple[float, float], ...]
    blind: tuple[float, float] | None
    rest_error_v: float
    full_v: float
    held_v: float
    empty_v: float
    brim_v: float
    cut_v: float
    mean_v: float

    def charge_at(self, volts: float) -> float:
        """The charge of a cell at rest, held to the ends of the curve."""
        curve = self.rest_curve
        right = min(max(bisect_right(curve, volts, key=lambda knot: knot[1]), 1), len(curve) - 1)
        (charge_0, volts_0), (charge_1, volts_1) = curve[right - 1], curve[right]
        charge = charge_0 + (charge_1 - charge_0) * (volts - volts_0) / (volts_1 - volts_0)
        return min(max(charge, curve[0][0]), curve[-1][0])

    def told_by_rest(self, volts: float) -> tuple[float, float] | None:
        """Charge and its standard deviation; None where the curve is flat."""
        charge = self.charge_at(volts)
        if self.blind and self.blind[0] <= charge <= self.blind[1]:
            return None
        high = self.charge_at(volts + self.rest_error_v)
        low = self.charge_at(volts - self.rest_error_v)
        if volts >= self.brim_v:
            return charge, _BRIM_SIGMA
        return charge, max((high - low) / 2, _BEST_REST_SIGMA)


#: Two makes of one chemistry differ by as much, and by less near the top.
_BEST_REST_SIGMA = 0.05
_BRIM_SIGMA = 0.03

# Sony VTC6, mean of charge and discharge at C/20 with 24 h rests
# (derlucae98/US18650VTC6_OCV_SOC_Curve); the ends, which it does not give, are drawn on from it.
_NMC_CURVE = (
    (0.0, 2.85), (0.05, 3.129), (0.10, 3.268), (0.20, 3.411), (0.30, 3.558), (0.40, 3.662),
    (0.50, 3.752), (0.60, 3.840), (0.70, 3.922), (0.80, 4.037), (0.90, 4.090), (0.95, 4.111),
    (1.00, 4.175), (1.10, 4.303),
)  # fmt: skip
# The table that sellers of LFP batteries print for a battery at rest; makes differ by 30 mV in the
# foot, and by nearly the whole plateau.
_LFP_CURVE = (
    (0.0, 2.50), (0.09, 3.00), (0.14, 3.125), (0.17, 3.20), (0.20, 3.225), (0.30, 3.25),
    (0.40, 3.275), (0.70, 3.30), (0.90, 3.325), (0.99, 3.35), (1.00, 3.40),
)  # fmt: skip

CHEMISTRIES: dict[ChemistryName, Chemistry] = {
    "nmc": Chemistry(
        _NMC_CURVE,
        blind=None,
        rest_error_v=0.045,
        full_v=4.14,
        held_v=4.17,
        empty_v=3.05,
        brim_v=4.13,
        cut_v=2.9,
        mean_v=3.65,
    ),
    "lfp": Chemistry(
        _LFP_CURVE,
        blind=(0.2, 0.9),
        rest_error_v=0.02,
        full_v=3.45,
        held_v=3.45,
        empty_v=2.90,
        brim_v=3.355,
        cut_v=2.6,
        mean_v=3.22,
    ),
}
