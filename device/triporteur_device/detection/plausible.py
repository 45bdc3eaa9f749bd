"""Whether what a device says could be a light trike's battery or motor at all.

A checksum of one byte holds by chance once in 256; figures that fit each other do not.
"""

from collections.abc import Mapping

from triporteur_wire.quantities import Value

#: Any chemistry, from empty to full.
CELL_V = (1.5, 4.5)
#: Packs of 12 to 96 V, from empty to full.
PACK_V = (8.0, 115.0)
#: Cells and pack are read one after the other, and a load pulls between.
MOST_APART = 0.05


def implausible(values: Mapping[str, Value]) -> str:
    """What cannot be true, in words; empty when nothing speaks against it."""
    cells = _cells(values)
    if any(not CELL_V[0] <= cell <= CELL_V[1] for cell in cells):
        return f"a cell of {_worst(cells):.2f} V"
    voltages = [values[name] for name in ("pack_voltage_v", "input_voltage_v") if name in values]
    packs = [float(volts) for volts in voltages if isinstance(volts, int | float)]
    if cells:
        packs.append(sum(cells))
    if not packs:
        return "no voltage"
    for pack in packs:
        if not PACK_V[0] <= pack <= PACK_V[1]:
            return f"a battery of {pack:.1f} V"
    if cells and max(packs) - min(packs) > MOST_APART * max(packs):
        return f"cells that add up to {sum(cells):.1f} V in a battery of {packs[0]:.1f} V"
    return ""


def _cells(values: Mapping[str, Value]) -> list[float]:
    cells = values.get("cells_v", ())
    return [cell for cell in cells if not isinstance(cell, str)] if isinstance(cells, tuple) else []


def _worst(cells: list[float]) -> float:
    middle = sum(CELL_V) / 2
    return max(cells, key=lambda cell: abs(cell - middle))
