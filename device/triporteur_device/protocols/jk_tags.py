"""The tags of a JK board's answer: what follows each, and how it is told.

Source: "Communication protocol for BMS" of Jikong's GPS port as kept by syssi/esphome-jk-bms
(docs/protocol-design-uart-ttl-gps-port.md). Voltages come in mV but for the pack's, in 10 mV.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from triporteur_wire.quantities import Value

CELLS = 0x79


class Tag(NamedTuple):
    """`size` bytes that follow the tag; `read` gives their value, `None` where nobody is told."""

    name: str
    size: int
    read: Callable[[bytes], Value | None]


def celsius(raw: int) -> int:
    """A temperature; above 100 it is negative.

    The vendor's text makes 101 -1 °C and captures of others -2 °C: the colder is taken, for a
    pack that is believed too cold is merely charged later.
    """
    return raw if raw <= 100 else 99 - raw


def _number(name: str, size: int, divisor: int = 1, *, signed: bool = False) -> Tag:
    def read(raw: bytes) -> Value:
        number = int.from_bytes(raw, "big", signed=signed)
        return number / divisor if divisor > 1 else number

    return Tag(name, size, read)


def _temperature(name: str) -> Tag:
    return Tag(name, 2, lambda raw: celsius(int.from_bytes(raw, "big")))


def _text(name: str, size: int) -> Tag:
    return Tag(name, size, lambda raw: raw.decode("ascii", "replace").rstrip("\0 "))


def _cells(raw: bytes) -> Value:
    millivolts = (int.from_bytes(raw[at + 1 : at + 3], "big") for at in range(0, len(raw) - 2, 3))
    return tuple(cell / 1000 for cell in millivolts)


TAGS: Mapping[int, Tag] = {
    CELLS: Tag("cells_v", 0, _cells),  # the only one whose size is told, in one byte before it
    0x80: _temperature("mos_temp_c"),
    0x81: _temperature("temp1_c"),
    0x82: _temperature("temp2_c"),
    0x83: _number("voltage_v", 2, 100),
    0x84: _number("current_raw", 2),
    0x85: _number("soc_pct", 1),
    0x86: _number("temp_sensors", 1),
    0x87: _number("cycles", 2),
    0x89: _number("cycle_ah", 4),
    0x8A: _number("cell_count", 2),
    0x8B: _number("warnings", 2),
    0x8C: _number("status", 2),
    0x8E: _number("pack_overvoltage_protect_v", 2, 100),
    0x8F: _number("pack_undervoltage_protect_v", 2, 100),
    0x90: _number("cell_overvoltage_protect_v", 2, 1000),
    0x91: _number("cell_overvoltage_recover_v", 2, 1000),
    0x92: _number("cell_overvoltage_delay_s", 2),
    0x93: _number("cell_undervoltage_protect_v", 2, 1000),
    0x94: _number("cell_undervoltage_recover_v", 2, 1000),
    0x95: _number("cell_undervoltage_delay_s", 2),
    0x96: _number("cell_difference_protect_v", 2, 1000),
    0x97: _number("discharge_overcurrent_protect_a", 2),
    0x98: _number("discharge_overcurrent_delay_s", 2),
    0x99: _number("charge_overcurrent_protect_a", 2),
    0x9A: _number("charge_overcurrent_delay_s", 2),
    0x9B: _number("balance_start_v", 2, 1000),
    0x9C: _number("balance_difference_v", 2, 1000),
    0x9D: _number("balancer_on", 1),
    0x9E: _number("mos_temp_protect_c", 2),
    0x9F: _number("mos_temp_recover_c", 2),
    0xA0: _number("box_temp_protect_c", 2),
    0xA1: _number("box_temp_recover_c", 2),
    0xA2: _number("temp_difference_protect_c", 2),
    0xA3: _number("charge_high_temp_protect_c", 2),
    0xA4: _number("discharge_high_temp_protect_c", 2),
    0xA5: _number("charge_low_temp_protect_c", 2, signed=True),
    0xA6: _number("charge_low_temp_recover_c", 2, signed=True),
    0xA7: _number("discharge_low_temp_protect_c", 2, signed=True),
    0xA8: _number("discharge_low_temp_recover_c", 2, signed=True),
    0xA9: _number("cell_count_set", 1),
    0xAA: _number("capacity_ah", 4),
    0xAB: _number("charge_switch", 1),
    0xAC: _number("discharge_switch", 1),
    0xAD: _number("current_calibration_ma", 2),
    0xAE: _number("address", 1),
    0xAF: _number("battery_type", 1),  # 0 LFP, 1 NMC, 2 LTO
    0xB0: _number("sleep_wait_s", 2),
    0xB1: _number("low_soc_alarm_pct", 1),
    0xB2: Tag("", 10, lambda raw: None),  # the password of the settings, which nobody needs here
    0xB3: _number("dedicated_charger", 1),
    0xB4: _text("device_id", 8),
    0xB5: _text("mfg_date", 4),
    0xB6: _number("working_min", 4),
    0xB7: _text("sw_version", 15),
    0xB8: _number("current_calibrating", 1),
    0xB9: _number("actual_capacity_ah", 4),
    0xBA: _text("maker_id", 24),
    0xBB: _number("restart", 1),
    0xBC: _number("factory_reset", 1),
    0xBD: _number("upgrade", 1),
    0xBE: _number("gps_off_v", 2, 1000),
    0xBF: _number("gps_on_v", 2, 1000),
    0xC0: _number("protocol_version", 1),
}


def walk(data: bytes) -> tuple[dict[str, Value], bytes]:
    """What the tags say, by name, and the bytes from the first tag not known here, or cut, on."""
    said: dict[str, Value] = {}
    at = 0
    while at < len(data) and (tag := TAGS.get(data[at])):
        start = at + (2 if data[at] == CELLS else 1)
        end = start + (tag.size or int.from_bytes(data[at + 1 : start], "big"))
        if max(start, end) > len(data):
            break
        value = tag.read(data[start:end])
        if value is not None:
            said[tag.name] = value
        at = end
    return said, data[at:]
