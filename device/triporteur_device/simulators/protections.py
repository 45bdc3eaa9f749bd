"""The trike's protections, told as bits of a JBD board, in the bits of other boards."""

from collections.abc import Mapping

CELL_HIGH, CELL_LOW, PACK_HIGH, PACK_LOW = range(4)
CHARGE_HOT, CHARGE_COLD, DISCHARGE_HOT, DISCHARGE_COLD = range(4, 8)
CHARGE_CURRENT, DISCHARGE_CURRENT = 8, 9


def moved(bits: int, places: Mapping[int, int]) -> int:
    """Every bit that is set, at its other place; those without one are lost."""
    return sum({1 << there for here, there in places.items() if bits >> here & 1})
