"""The charges that two sources announce for the one battery."""

from triporteur_device.checks.readings import Readings, is_controller, number


def charges_gap(readings: Readings) -> float | None:
    """Highest charge less lowest, in points; None while fewer than two sources count it.

    Boards and shunts count what goes in and out. Motor controllers and displays guess from a
    voltage that sags under load, and are not asked: only sources with a pack voltage are.
    """
    charges = [
        charge
        for values in readings.values()
        if "pack_voltage_v" in values and not is_controller(values)
        if (charge := number(values, "soc_pct")) is not None
    ]
    return max(charges) - min(charges) if len(charges) > 1 else None
