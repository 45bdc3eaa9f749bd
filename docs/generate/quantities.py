"""`quantities.md`, from the one table of quantities."""

from docs.generate.markdown import MADE, code, table
from triporteur_wire.quantities import QUANTITIES, Quantity, Shape

_HEAD = f"""{MADE}

# Quantities

What a unit can measure. A name ends in its unit. A value outside its range is a false reading and
is not recorded; a value is recorded when it has left the dead-band around the last recorded one.
Current and power are positive into the battery. The label is the French word on pages.

"""
_HEADS = ("Name", "Shape", "Unit", "Range", "Decimals", "Dead-band", "Label")


def text() -> str:
    return _HEAD + table(_HEADS, map(_row, QUANTITIES.values()))


def _row(quantity: Quantity) -> tuple[str, ...]:
    figures = ("", "", "")
    if quantity.shape in {Shape.NUMBER, Shape.NUMBERS}:
        figures = (
            f"{quantity.low:.10g} to {quantity.high:.10g}",
            str(quantity.decimals),
            f"{quantity.dead_band:g}" if quantity.recorded else "not recorded",
        )
    return (code(quantity.name), quantity.shape, quantity.unit, *figures, quantity.label)
