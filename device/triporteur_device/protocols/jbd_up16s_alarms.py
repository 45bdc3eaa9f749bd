"""The alarms of JBD's UP series, as mr-manuel/venus-os_dbus-serialbattery names their bits."""

from triporteur_device.protocols.alarms import from_bits
from triporteur_wire.alarms import Alarm

PROTECTIONS = (
    Alarm.CELL_OVERVOLTAGE,
    Alarm.CELL_UNDERVOLTAGE,
    Alarm.PACK_OVERVOLTAGE,
    Alarm.PACK_UNDERVOLTAGE,
    Alarm.CHARGE_OVERCURRENT,
    Alarm.CHARGE_OVERCURRENT,
    Alarm.DISCHARGE_OVERCURRENT,
    Alarm.DISCHARGE_OVERCURRENT,
    Alarm.CHARGE_OVERTEMPERATURE,
    Alarm.CHARGE_UNDERTEMPERATURE,
    Alarm.DISCHARGE_OVERTEMPERATURE,
    Alarm.DISCHARGE_UNDERTEMPERATURE,
    Alarm.HIGH_TEMPERATURE,  # of the switches
    Alarm.HIGH_TEMPERATURE,  # around
    Alarm.LOW_TEMPERATURE,  # around
    Alarm.CELL_IMBALANCE,
    Alarm.TEMPERATURE_IMBALANCE,
    Alarm.LOW_SOC,
    Alarm.SHORT_CIRCUIT,
)
WARNINGS = (
    Alarm.CELL_OVERVOLTAGE,
    Alarm.CELL_UNDERVOLTAGE,
    Alarm.PACK_OVERVOLTAGE,
    Alarm.PACK_UNDERVOLTAGE,
    Alarm.CHARGE_OVERCURRENT,
    Alarm.DISCHARGE_OVERCURRENT,
    Alarm.CHARGE_OVERTEMPERATURE,
    Alarm.CHARGE_UNDERTEMPERATURE,
    Alarm.DISCHARGE_OVERTEMPERATURE,
    Alarm.DISCHARGE_UNDERTEMPERATURE,
    Alarm.HIGH_TEMPERATURE,  # of the switches
    Alarm.HIGH_TEMPERATURE,  # around
    Alarm.LOW_TEMPERATURE,  # around
    Alarm.CELL_IMBALANCE,
    Alarm.TEMPERATURE_IMBALANCE,
    Alarm.LOW_SOC,
)
#: "Charged full", in either mask: good news, and no alarm.
_FULL_PROTECTION, _FULL_WARNING = 1 << 25, 1 << 18


def alarms(protections: int, warnings: int) -> tuple[Alarm, ...]:
    """What a board protects itself from and, behind it, what it only warns of; each word once."""
    acting = from_bits(protections & ~_FULL_PROTECTION, PROTECTIONS)
    near = from_bits(warnings & ~(_FULL_PROTECTION | _FULL_WARNING), WARNINGS)
    return tuple(dict.fromkeys(acting + near))
