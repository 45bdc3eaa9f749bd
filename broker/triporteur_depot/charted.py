"""What is charted of what units record: the quantities, their one number, and quarters of an hour.

The rollups are made and read by this one rule, so that a week never shows what its days refuse.
"""

from triporteur_wire.quantities import Value, plausible

BUCKET_MS = 900_000

CHARGE = "soc_pct"
VOLTAGE = "pack_voltage_v"
CURRENT = "current_a"
TEMPERATURE = "battery_temps_c"
#: In their order on the pages.
CHARTED = (CHARGE, VOLTAGE, CURRENT, TEMPERATURE)


def charted_number(quantity: str, value: Value | None) -> float | None:
    """The one number of a value: of several sensors the highest, for heat is what harms.

    None for no measure: an absent, ended or implausible one.
    """
    if value is None or not plausible(quantity, value):
        return None
    if isinstance(value, tuple):
        return max((float(item) for item in value), default=None)
    return float(value)
