"""What ANT boards of both generations have in common: the states of their switches, and doubts.

Sources: the tables of states in syssi/esphome-ant-bms, the same for both generations as far as the
older one goes.

The sign of the current is not the same on all boards. Captured rides of 14 cells show it positive
while discharging, other boards are described the other way round: who fits the board looks once,
and says it (`Fitting.charge_sign`). Until then, current and power are told as fields only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from triporteur_device.protocols.base import Fitting, Frame, ProtocolSpec, Reading
from triporteur_wire.alarms import Alarm
from triporteur_wire.quantities import Value

ON = 1
#: A probe that is not connected.
_ABSENT_C = -40

#: Why the switch for charging is as it is. Off, on, full, waiting and off by hand are no alarms.
CHARGE_ALARMS: Mapping[int, Alarm | None] = MappingProxyType(
    {
        0x00: None,
        ON: None,
        0x02: Alarm.CELL_OVERVOLTAGE,
        0x03: Alarm.CHARGE_OVERCURRENT,
        0x04: None,
        0x05: Alarm.PACK_OVERVOLTAGE,
        0x06: Alarm.CHARGE_OVERTEMPERATURE,
        0x07: Alarm.HIGH_TEMPERATURE,
        0x0A: Alarm.HIGH_TEMPERATURE,
        0x0E: None,
        0x0F: None,
        0x10: Alarm.CELL_OVERVOLTAGE,
        0x11: Alarm.CHARGE_UNDERTEMPERATURE,
    }
)
#: The same for discharging; 0B is "the charge switch is on".
DISCHARGE_ALARMS: Mapping[int, Alarm | None] = MappingProxyType(
    {
        0x00: None,
        ON: None,
        0x02: Alarm.CELL_UNDERVOLTAGE,
        0x03: Alarm.DISCHARGE_OVERCURRENT,
        0x04: Alarm.DISCHARGE_OVERCURRENT,
        0x05: Alarm.PACK_UNDERVOLTAGE,
        0x06: Alarm.DISCHARGE_OVERTEMPERATURE,
        0x07: Alarm.HIGH_TEMPERATURE,
        0x0A: Alarm.HIGH_TEMPERATURE,
        0x0B: None,
        0x0C: Alarm.SHORT_CIRCUIT,
        0x0F: None,
        0x10: Alarm.CELL_UNDERVOLTAGE,
        0x11: Alarm.DISCHARGE_UNDERTEMPERATURE,
    }
)

Interpret = Callable[[Frame], Reading]


def switches(charge: int, discharge: int) -> dict[str, Value]:
    """Both switches and the alarms that their states are; a state not known here is an alarm."""
    alarms = (
        CHARGE_ALARMS.get(charge, Alarm.OTHER),
        DISCHARGE_ALARMS.get(discharge, Alarm.OTHER),
    )
    return {
        "charge_fet": charge == ON,
        "discharge_fet": discharge == ON,
        "alarms": tuple(dict.fromkeys(word for word in alarms if word)),
    }


def temperatures(temps_c: Sequence[int], mos_temp_c: int = _ABSENT_C) -> dict[str, Value]:
    """Those of the probes that are connected."""
    present = tuple(temp for temp in temps_c if temp > _ABSENT_C)
    battery: dict[str, Value] = {"battery_temps_c": present} if present else {}
    return battery | ({"bms_temp_c": mos_temp_c} if mos_temp_c > _ABSENT_C else {})


def amp_hours(micro: int) -> float:
    """Counted in µAh, meant far less exactly: told in whole mAh."""
    return round(micro / 1e6, 3)


def capacity(micro: int) -> dict[str, Value]:
    """The capacity that was set; 0 is what boards say that were told none."""
    return {"nominal_ah": amp_hours(micro)} if micro else {}


def flow(deciamps: int, watts: int, charge_sign: int | None) -> dict[str, Value]:
    """Current and power into the battery; nothing while nobody said which way is positive."""
    if charge_sign is None:
        return {}
    return {"current_a": charge_sign * deciamps / 10, "power_w": charge_sign * watts}


def fitted(spec: ProtocolSpec, interpreter: Callable[[int | None], Interpret]) -> ProtocolSpec:
    """The registry's entry, which can be fitted with the sign of a charging current."""

    def fit(fitting: Fitting) -> ProtocolSpec:
        return replace(spec, interpret=interpreter(fitting.charge_sign))

    return replace(spec, fit=fit, takes=frozenset({"charge_sign"}))
