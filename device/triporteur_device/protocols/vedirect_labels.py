"""What VE.Direct labels and registers say. Source: Victron "VE.Direct Protocol" and the BMV manual.

Voltages, currents and charges come in thousandths, the state of charge in thousandths of full,
energies in hundredths of a kWh. Currents are positive into the battery; `CE` is negative when
charge was drawn, and stays so. A label whose value is not a whole number (`---` for a sensor
absent, ON, a name) gives no quantity.
"""

import re
import struct

from triporteur_device.protocols.alarms import from_bits
from triporteur_device.protocols.base import BadPayload, Reading
from triporteur_device.protocols.vedirect_chargers import charger_alarms, charger_fields
from triporteur_wire.alarms import Alarm
from triporteur_wire.quantities import Value

#: Label, then the name it is read under, its factor and its divisor: whole numbers, so that
#: 12065 thousandths are exactly what a person would write, 12.065.
_QUANTITIES = {
    "V": ("pack_voltage_v", 1, 1000),
    "VS": ("aux_voltage_v", 1, 1000),
    "I": ("current_a", 1, 1000),
    "P": ("power_w", 1, 1),
    "CE": ("consumed_ah", 1, 1000),
    "SOC": ("soc_pct", 1, 10),
    "TTG": ("time_to_go_min", 1, 1),
    "VPV": ("panel_voltage_v", 1, 1000),
    "PPV": ("panel_power_w", 1, 1),
    "IL": ("load_current_a", 1, 1000),
    "H17": ("energy_out_wh", 10, 1),
    "H18": ("energy_in_wh", 10, 1),
}
#: What people look at and nothing stores: history, midpoint, the days of a charger.
_NAMED = {
    "H1": ("deepest_discharge_ah", 1, 1000),
    "H2": ("last_discharge_ah", 1, 1000),
    "H3": ("average_discharge_ah", 1, 1000),
    "H4": ("charge_cycles", 1, 1),
    "H5": ("full_discharges", 1, 1),
    "H6": ("total_drawn_ah", 1, 1000),
    "H7": ("min_v", 1, 1000),
    "H8": ("max_v", 1, 1000),
    "H9": ("since_full_s", 1, 1),
    "H10": ("synchronisations", 1, 1),
    "H11": ("low_voltage_alarms", 1, 1),
    "H12": ("high_voltage_alarms", 1, 1),
    "H13": ("low_aux_voltage_alarms", 1, 1),
    "H14": ("high_aux_voltage_alarms", 1, 1),
    "H15": ("min_aux_v", 1, 1000),
    "H16": ("max_aux_v", 1, 1000),
    "H17": ("discharged_kwh", 1, 100),
    "H18": ("charged_kwh", 1, 100),
    "H19": ("yield_total_kwh", 1, 100),
    "H20": ("yield_today_kwh", 1, 100),
    "H21": ("max_power_today_w", 1, 1),
    "H22": ("yield_yesterday_kwh", 1, 100),
    "H23": ("max_power_yesterday_w", 1, 1),
    "HSDS": ("day_number", 1, 1),
    "VM": ("midpoint_v", 1, 1000),
    "DM": ("midpoint_deviation_pct", 1, 10),
}
_REASONS = (
    Alarm.LOW_VOLTAGE,
    Alarm.HIGH_VOLTAGE,
    Alarm.LOW_SOC,
    Alarm.LOW_AUX_VOLTAGE,
    Alarm.HIGH_AUX_VOLTAGE,
    Alarm.LOW_TEMPERATURE,
    Alarm.HIGH_TEMPERATURE,
    Alarm.MIDPOINT,
    Alarm.OVERLOAD,
    Alarm.DC_RIPPLE,
    Alarm.LOW_AC_VOLTAGE,
    Alarm.HIGH_AC_VOLTAGE,
    Alarm.SHORT_CIRCUIT,
    Alarm.BMS_LOCKOUT,
)
#: Ten digits hold any 32-bit value.
_WHOLE = re.compile(r"-?[0-9]{1,10}")
#: `TTG` of a battery that is not being emptied.
_NEVER = -1

_CARRY_REGISTER = (0x7, 0x8, 0xA)
_BATTERY_CAPACITY = 0x1000


def read_block(payload: bytes) -> Reading:
    """The reading of a block's lines: every label as it came, and the quantities among them.

    Raises:
        BadPayload: No line has a label and a value.
    """
    lines = (line.partition("\t") for line in payload.decode("latin-1").split("\r\n"))
    labels = {label: text for label, tab, text in lines if label and tab}
    if not labels:
        raise BadPayload("no label in the block")
    numbers = {label: int(text) for label, text in labels.items() if _WHOLE.fullmatch(text)}
    if numbers.get("TTG") == _NEVER:
        del numbers["TTG"]
    values: dict[str, Value] = {**_scaled(numbers, _QUANTITIES), **_alarms(labels, numbers)}
    if "T" in numbers:
        values["battery_temps_c"] = (float(numbers["T"]),)
    named = {**_scaled(numbers, _NAMED), **charger_fields(labels, numbers)}
    return Reading({**labels, **named}, values)


def read_message(payload: bytes) -> Reading:
    """The reading of a HEX message's bytes, from its command to its last value."""
    command = payload[0]
    if command not in _CARRY_REGISTER or len(payload) < 4:
        return Reading({"command": command, "data_hex": payload[1:].hex()}, {})
    register, flags = struct.unpack_from("<HB", payload, 1)
    value = payload[4:]
    fields: dict[str, Value] = {
        "register": f"0x{register:04X}",
        "flags": flags,
        "value_hex": value.hex().upper(),
        "checksum_ok": True,
    }
    if register != _BATTERY_CAPACITY or flags or len(value) != 2:
        return Reading(fields, {})
    capacity_ah = int.from_bytes(value, "little")
    return Reading({**fields, "battery_capacity_ah": capacity_ah}, {"nominal_ah": capacity_ah})


def _scaled(numbers: dict[str, int], table: dict[str, tuple[str, int, int]]) -> dict[str, Value]:
    return {
        name: numbers[label] * factor / divisor
        for label, (name, factor, divisor) in table.items()
        if label in numbers
    }


def _alarms(labels: dict[str, str], numbers: dict[str, int]) -> dict[str, Value]:
    ringing = labels.get("Alarm") == "ON"
    charger = charger_alarms(numbers)
    if "AR" not in numbers and "Alarm" not in labels:
        return {} if charger is None else {"alarms": charger}
    reasons = from_bits(numbers.get("AR", 0), _REASONS)
    alarms = tuple(dict.fromkeys((*reasons, *(charger or ()))))
    return {"alarms": alarms or ((Alarm.OTHER,) if ringing else ())}
