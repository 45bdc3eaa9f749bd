"""Kunteng (KT) controllers overheard on the line of their display: 9600 8N1.

Sources: opensourceebikefirmware.bitbucket.io "7-S12SN_to_LCD3.txt" and "7-LCD3_to_S12SN-1.txt",
EBiCS/EBiCS_Firmware "display_kunteng.c", the TSDZ2 and BMSBattery open firmwares for the errors.
One letter is one nibble. The display and the controller speak in turn, about ten times a second:

    controller   41 BB VV PPPP EE XX FF II TT 0000
    display      5. LL SS 1. 2. XX .. .. .. .. .. KK 0E

- B: four times the bars of the battery; 1 and 2 flash (too empty, too full), 3 is empty.
- V: nominal voltage of the controller, V. P: time of one turn of the wheel, ms.
- E: error. F: bit 1 throttle, 3 cruise, 4 pedals, 5 brake.
- I: battery current, 0.25 A. T: motor temperature less 15 °C, signed; 0 where there is no sensor.
- X: of the controller, all other bytes but the first XORed (the document wrongly adds the first);
  of the display, all other bytes XORed with a constant of its version.
- 5, 1, 2: its settings P5, P1, P2 to P4. L: level (3 bits), light (bit 7). S: greatest speed less
  10 km/h (5 bits), high bits of the wheel size. K: 32, 37 or 1E, by version.

The display is the master: nothing is ever sent here. Both wires may be tapped and joined, or only
the controller's. A check of one byte is weak: bars, voltage and the two zeros at the end must be
such as a controller sends. A wheel at rest is said as a turn of 4.5 s or more (1.7 km/h on 2.1 m),
or as none: the first is a speed of zero, the second says nothing.
"""

import re
from functools import reduce
from operator import xor

from triporteur_device.protocols.base import (
    Discarded,
    Event,
    Fault,
    Frame,
    ProtocolSpec,
    Reading,
)
from triporteur_device.protocols.hunting import MAX_RUN, HuntingDecoder
from triporteur_device.protocols.wheel import at_wheel
from triporteur_wire.quantities import Value

_CONTROLLER, _DISPLAY = 12, 13
#: What differs between versions of displays (endless-sphere thread 73471, and EBiCS).
_XOR_CONSTANTS = (2, 9, 10, 11)
_AT_REST_MS = 4500
_FLAGS = {1: "throttle", 3: "cruise", 4: "pedals", 5: "brake"}
_NO_FAULT, _OTHER_FAULT = "none", "other"
#: Shown as "info" with these numbers: 1, 3, 4, 5 and 6; the last is told by low voltage alone.
_FAULTS = {
    0x00: _NO_FAULT,
    0x21: "short_circuit",
    0x22: "throttle",
    0x24: "hall_sensor",
    0x26: "torque_sensor",
    0x28: "speed_sensor",
    0x91: "under_voltage",
}

_HEAD_OF_CONTROLLER = rb"A(?:[\x00-\x04\x08\x0c\x10](?:[\x14-\x60]|\Z)|\Z)"
_CONTROLLER_BEGUN = re.compile(_HEAD_OF_CONTROLLER)
#: A controller's first three bytes, a display's last two behind eleven others, or what more bytes
#: may turn into one of them.
_HEADER = re.compile(
    _HEAD_OF_CONTROLLER + rb"|.(?=.{10}(?:[\x32\x37\x1e](?:\x0e|\Z)|\Z)|.{0,9}\Z)", re.DOTALL
)


class KtDecoder(HuntingDecoder):
    """Anything may begin a display's frame: what silence leaves of one is told as one event."""

    def __init__(self) -> None:
        super().__init__(_HEADER, _size, _check)

    def reset(self) -> list[Event]:
        events = super().reset()
        whole = [event for event in events if not _is_cut(event)]
        left = b"".join(event.raw for event in events if _is_cut(event))
        if left:
            begun = _CONTROLLER_BEGUN.match(left)
            whole.append(Discarded(Fault.TRUNCATED if begun else Fault.NOISE, left))
        return whole


def _is_cut(event: Event) -> bool:
    return isinstance(event, Discarded) and event.fault is Fault.TRUNCATED


def _size(held: bytes, start: int) -> int:
    return _CONTROLLER if _CONTROLLER_BEGUN.match(held, start) else _DISPLAY


def _check(raw: bytes) -> Frame | Fault:
    if len(raw) == _CONTROLLER:
        if reduce(xor, raw[1:]):
            return Fault.CHECKSUM
        return Fault.PAYLOAD if any(raw[-2:]) else Frame("controller", raw[1:], raw)
    if reduce(xor, raw) not in _XOR_CONSTANTS:
        return Fault.CHECKSUM
    return Frame("display", raw, raw)


def interpret(frame: Frame, wheel_circumference_m: float | None = None) -> Reading:
    """The reading of either side; the speed only where the wheel is known."""
    if frame.kind == "display":
        return Reading(_display_fields(frame.raw), {})
    period_ms = int.from_bytes(frame.raw[3:5], "big")
    speed = _speed(period_ms, wheel_circumference_m) if wheel_circumference_m else {}
    return Reading(_controller_fields(frame.raw), {**_controller_values(frame.raw), **speed})


def _controller_fields(raw: bytes) -> dict[str, Value]:
    return {
        "battery_code": raw[1],
        "battery_bars": raw[1] // 4,
        "nominal_v": raw[2],
        "wheel_period_ms": int.from_bytes(raw[3:5], "big"),
        "error": raw[5],
        "moving_bits": raw[7],
        "moving": tuple(word for bit, word in _FLAGS.items() if raw[7] >> bit & 1),
        "power_byte": raw[8],
        "current_a_if_quarter_amp": raw[8] / 4,
    }


def _controller_values(raw: bytes) -> dict[str, Value]:
    fault = _FAULTS.get(raw[5], _OTHER_FAULT)
    # From zero rather than negated: at rest it is 0, not -0.
    values: dict[str, Value] = {"current_a": (0 - raw[8]) / 4, "fault": fault}
    if raw[9]:
        values["motor_temp_c"] = int.from_bytes(raw[9:10], "big", signed=True) + 15
    return values


def _speed(period_ms: int, wheel_m: float) -> dict[str, Value]:
    if not period_ms:
        return {}
    return {"speed_kmh": 0.0 if period_ms >= _AT_REST_MS else 3600 * wheel_m / period_ms}


def _display_fields(raw: bytes) -> dict[str, Value]:
    others = reduce(xor, raw[:5] + raw[6:])
    return {
        "assist_level": raw[1] & 7,
        "light": bool(raw[1] & 0x80),
        "max_speed_kmh": 10 + (raw[2] >> 3) | raw[4] & 0x20,
        "wheel_size_code": raw[4] >> 6 | (raw[2] & 7) << 2,
        "p1": raw[3],
        "p2": raw[4] & 7,
        "p3": bool(raw[4] & 0x08),
        "p4": bool(raw[4] & 0x10),
        "p5": raw[0],
        "b11": raw[11],
        "b12": raw[12],
        "crc_byte": raw[5],
        "crc_xor": others,
        "difference": others ^ raw[5],
    }


SPEC = at_wheel(
    ProtocolSpec(
        name="kt",
        baud=9600,
        quiet_s=0.3,
        max_pending=_DISPLAY + MAX_RUN,
        decoder=KtDecoder,
        interpret=interpret,
    ),
    interpret,
)
