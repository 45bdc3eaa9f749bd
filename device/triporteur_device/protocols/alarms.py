"""The one vocabulary of alarms: what any battery, shunt or charger may complain of."""

from collections.abc import Sequence
from enum import StrEnum


class Alarm(StrEnum):
    """A word of the quantity `alarms`; no word at all means that the device reports none."""

    CELL_OVERVOLTAGE = "cell_overvoltage"
    CELL_UNDERVOLTAGE = "cell_undervoltage"
    PACK_OVERVOLTAGE = "pack_overvoltage"
    PACK_UNDERVOLTAGE = "pack_undervoltage"
    CHARGE_OVERTEMPERATURE = "charge_overtemperature"
    CHARGE_UNDERTEMPERATURE = "charge_undertemperature"
    DISCHARGE_OVERTEMPERATURE = "discharge_overtemperature"
    DISCHARGE_UNDERTEMPERATURE = "discharge_undertemperature"
    CHARGE_OVERCURRENT = "charge_overcurrent"
    DISCHARGE_OVERCURRENT = "discharge_overcurrent"
    SHORT_CIRCUIT = "short_circuit"
    #: the chip that measures the cells does not answer its own board
    FRONTEND_FAULT = "frontend_fault"
    #: the board's switches are held open or closed by software
    FET_LOCKED = "fet_locked"
    LOW_VOLTAGE = "low_voltage"
    HIGH_VOLTAGE = "high_voltage"
    LOW_SOC = "low_soc"
    LOW_AUX_VOLTAGE = "low_aux_voltage"
    HIGH_AUX_VOLTAGE = "high_aux_voltage"
    LOW_TEMPERATURE = "low_temperature"
    HIGH_TEMPERATURE = "high_temperature"
    #: the midpoint of the bank deviates
    MIDPOINT = "midpoint"
    OVERLOAD = "overload"
    DC_RIPPLE = "dc_ripple"
    LOW_AC_VOLTAGE = "low_ac_voltage"
    HIGH_AC_VOLTAGE = "high_ac_voltage"
    BMS_LOCKOUT = "bms_lockout"
    #: the device reports an alarm that its documents do not name
    OTHER = "other"


def from_bits(bits: int, words: Sequence[Alarm]) -> tuple[Alarm, ...]:
    """The alarms of a bit mask, bit 0 first; bits beyond the words give `Alarm.OTHER`, once."""
    known = tuple(word for bit, word in enumerate(words) if bits >> bit & 1)
    return (*known, Alarm.OTHER) if bits >> len(words) else known
