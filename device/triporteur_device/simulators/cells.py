"""The rest voltage of a lithium NMC cell, and how thirteen such cells differ."""

from bisect import bisect_right
from dataclasses import dataclass

from triporteur_device.simulators.dice import dice

# Sony VTC6, mean of charge and discharge at C/20 with 24 h rests
# (derlucae98/US18650VTC6_OCV_SOC_Curve); the ends, which it does not give, are drawn on from it.
_KNOTS = (
    (0.0, 2.85),
    (0.05, 3.129),
    (0.10, 3.268),
    (0.20, 3.411),
    (0.30, 3.558),
    (0.40, 3.662),
    (0.50, 3.752),
    (0.60, 3.840),
    (0.70, 3.922),
    (0.80, 4.037),
    (0.90, 4.090),
    (0.95, 4.111),
    (1.00, 4.175),
    (1.10, 4.303),
)
_PER_UNIT = 1000
_LAST = 1100


def _knot_voltage_v(soc: float) -> float:
    left = min(bisect_right(_KNOTS, (soc, 9.0)), len(_KNOTS) - 1) - 1
    (soc_0, volts_0), (soc_1, volts_1) = _KNOTS[left], _KNOTS[left + 1]
    return volts_0 + (volts_1 - volts_0) * (soc - soc_0) / (soc_1 - soc_0)


_TABLE = tuple(_knot_voltage_v(step / _PER_UNIT) for step in range(_LAST + 2))


def rest_voltage_v(soc: float) -> float:
    """Volts of one cell after a long rest; `soc` (1 is full) is held to 0 … 1.1."""
    place = soc * _PER_UNIT
    if place <= 0.0:
        return _TABLE[0]
    if place >= _LAST:
        return _TABLE[_LAST]
    step = int(place)
    volts = _TABLE[step]
    return volts + (_TABLE[step + 1] - volts) * (place - step)


@dataclass(frozen=True, slots=True)
class Cell:
    """How one cell differs: relative capacity and resistance, charge offset (1 is a full cell)."""

    capacity: float
    resistance: float
    offset: float


def draw_cells(count: int, seed: int) -> tuple[Cell, ...]:
    """`count` cells of one batch: about 10 mV between the highest and the lowest at rest."""
    rng = dice(seed, "cells")
    return tuple(
        Cell(rng.gauss(1.0, 0.004), rng.gauss(1.0, 0.05), rng.gauss(0.0, 0.002))
        for _ in range(count)
    )
