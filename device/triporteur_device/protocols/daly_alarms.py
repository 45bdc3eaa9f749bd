"""What Daly boards complain of: the same bits in every protocol of theirs.

Sources: Daly "UART/485 Communications Protocol V1.2", as quoted by dreadnought/python-daly-bms; the
bits of the registers as in syssi/esphome-daly-bms and its captures. Level 1 is a warning, level 2
is when the board acts. Captures show voltages too high at level 1 whenever a battery is full.
"""

from typing import NamedTuple

from triporteur_wire.alarms import Alarm


class Failure(NamedTuple):
    """One bit: the document's words, and the alarm it is; None where it is none."""

    name: str
    alarm: Alarm | None


#: Bit 0 first.
FAILURES = (
    Failure("cell voltage high 1", Alarm.HIGH_VOLTAGE),
    Failure("cell voltage high 2", Alarm.CELL_OVERVOLTAGE),
    Failure("cell voltage low 1", Alarm.LOW_VOLTAGE),
    Failure("cell voltage low 2", Alarm.CELL_UNDERVOLTAGE),
    Failure("total voltage high 1", Alarm.HIGH_VOLTAGE),
    Failure("total voltage high 2", Alarm.PACK_OVERVOLTAGE),
    Failure("total voltage low 1", Alarm.LOW_VOLTAGE),
    Failure("total voltage low 2", Alarm.PACK_UNDERVOLTAGE),
    Failure("charge temperature high 1", Alarm.CHARGE_OVERTEMPERATURE),
    Failure("charge temperature high 2", Alarm.CHARGE_OVERTEMPERATURE),
    Failure("charge temperature low 1", Alarm.CHARGE_UNDERTEMPERATURE),
    Failure("charge temperature low 2", Alarm.CHARGE_UNDERTEMPERATURE),
    Failure("discharge temperature high 1", Alarm.DISCHARGE_OVERTEMPERATURE),
    Failure("discharge temperature high 2", Alarm.DISCHARGE_OVERTEMPERATURE),
    Failure("discharge temperature low 1", Alarm.DISCHARGE_UNDERTEMPERATURE),
    Failure("discharge temperature low 2", Alarm.DISCHARGE_UNDERTEMPERATURE),
    Failure("charge current high 1", Alarm.CHARGE_OVERCURRENT),
    Failure("charge current high 2", Alarm.CHARGE_OVERCURRENT),
    Failure("discharge current high 1", Alarm.DISCHARGE_OVERCURRENT),
    Failure("discharge current high 2", Alarm.DISCHARGE_OVERCURRENT),
    Failure("charge level high 1", None),
    Failure("charge level high 2", None),
    Failure("charge level low 1", Alarm.LOW_SOC),
    Failure("charge level low 2", Alarm.LOW_SOC),
    Failure("cell voltages differ 1", Alarm.CELL_IMBALANCE),
    Failure("cell voltages differ 2", Alarm.CELL_IMBALANCE),
    Failure("temperatures differ 1", Alarm.TEMPERATURE_IMBALANCE),
    Failure("temperatures differ 2", Alarm.TEMPERATURE_IMBALANCE),
    *(Failure("reserved", Alarm.OTHER),) * 4,
    Failure("charge switch hot", Alarm.HIGH_TEMPERATURE),
    Failure("discharge switch hot", Alarm.HIGH_TEMPERATURE),
    Failure("charge switch sensor", Alarm.SENSOR_FAULT),
    Failure("discharge switch sensor", Alarm.SENSOR_FAULT),
    Failure("charge switch stuck closed", Alarm.FET_LOCKED),
    Failure("discharge switch stuck closed", Alarm.FET_LOCKED),
    Failure("charge switch open circuit", Alarm.FET_LOCKED),
    Failure("discharge switch open circuit", Alarm.FET_LOCKED),
    Failure("front end", Alarm.FRONTEND_FAULT),
    Failure("cell wire off", Alarm.FRONTEND_FAULT),
    Failure("cell temperature sensor", Alarm.SENSOR_FAULT),
    Failure("memory", Alarm.INTERNAL_FAULT),
    Failure("clock", Alarm.INTERNAL_FAULT),
    Failure("precharge", Alarm.INTERNAL_FAULT),
    Failure("communication", Alarm.INTERNAL_FAULT),
    Failure("internal communication", Alarm.INTERNAL_FAULT),
    Failure("current module", Alarm.SENSOR_FAULT),
    Failure("total voltage detection", Alarm.SENSOR_FAULT),
    Failure("short circuit", Alarm.SHORT_CIRCUIT),
    Failure("too low to be charged", Alarm.PACK_UNDERVOLTAGE),
)
_BEYOND = Failure("reserved", Alarm.OTHER)


def failures(bits: int) -> tuple[Failure, ...]:
    """What the bits say; all bits the document reserves at its end say one thing."""
    known = tuple(failure for bit, failure in enumerate(FAILURES) if bits >> bit & 1)
    return (*known, _BEYOND) if bits >> len(FAILURES) else known


def names(found: tuple[Failure, ...]) -> tuple[str, ...]:
    """The document's words, for people who look at frames."""
    return tuple(failure.name for failure in found)


def alarms(found: tuple[Failure, ...]) -> tuple[Alarm, ...]:
    """The alarms, each once."""
    return tuple(dict.fromkeys(failure.alarm for failure in found if failure.alarm))
