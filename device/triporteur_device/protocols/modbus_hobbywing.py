"""Hobbywing's scooter controllers, heard while their display asks them.

Source: Ennar1991/ZydDash, notes and captures. Two things hold values. The controller's answer to
the display's function 17, in the shape of Modbus's relative (one letter is one nibble):

    01 17 0026 18 VVVV IIII tt uu ll gg xxxx hhhh SSSS yyyy RRRR DDDD rr d1 d2 zz CCCC

- V: voltage, 0.1 V. I: current from the battery, 0.01 A. t: controller, °C; 0 until it is measured.
- g: bits 0-1 the gear, bit 3 the light. h: throttle and brake.
- S: speed, 0.001 km/h. r R: trip, 10 m. d2 d1 D: distance since ever, 1 m.

And the report that the display gives to a telephone, without being asked for registers:

    AF 00 19 xx gg BB SSSS ssss VVVV IIII TT RRRRRR DDDDDD xx gg CCCC

- AF, or AB: the maker. 00: the report of the state; 01 is one of settings. 19: bytes in all.
- B: charge, %, guessed and so no quantity. T: temperature, °C. R: trip, D: distance since ever,
  0.1 km. Others as above.

The controller answers nothing but zeros while it starts.
"""

import struct

from triporteur_device.protocols.base import BadPayload, Reading
from triporteur_wire.quantities import Value

#: The kind of a report, and its length.
REPORT = "report"
REPORT_BYTES = 25
#: Function, first register and bytes of the answer that holds the state.
STATE = (0x17, 0x26, 24)

_STATE = struct.Struct(">HhBBBB4xHHHHBBBx")
_REPORTED = struct.Struct(">xBBH2xHhB3s3s2x")


def read_state(data: bytes) -> Reading:
    """The reading of the controller's state. Raises BadPayload of zeros."""
    if not any(data):
        raise BadPayload("all zeros, from a controller that starts")
    volts, amperes, temp_c, _, lock, control, speed, _, trip_low, low, trip_high, mid, high = (
        _STATE.unpack(data)
    )
    fields: dict[str, Value] = {
        "battery_v": volts / 10,
        "input_current_a": amperes / 100,
        "temp_c": temp_c,
        "lock": lock,
        "gear": control & 3,
        "light": bool(control & 8),
        "speed_kmh": speed / 1000,
        "trip_km": (trip_high << 16 | trip_low) / 100,
        "total_km": (high << 24 | mid << 16 | low) / 1000,
    }
    measured: dict[str, Value] = {"controller_temp_c": temp_c} if temp_c else {}
    return Reading(fields, _values(volts, amperes, speed, fields) | measured)


def read_report(data: bytes) -> Reading:
    """The reading of a report; of one about settings, its bytes only."""
    if data[0] != 0x01:
        return Reading({"data_hex": data.hex()}, {})
    gear, soc_pct, speed, volts, amperes, temp_c, trip, total = _REPORTED.unpack(data)
    fields: dict[str, Value] = {
        "voltage_v": volts / 10,
        "soc_pct": soc_pct,
        "gear": gear,
        "temp_c": temp_c,
        "trip_km": int.from_bytes(trip, "big") / 10,
        "total_km": int.from_bytes(total, "big") / 10,
    }
    return Reading(fields, _values(volts, amperes, speed, fields))


def _values(volts: int, amperes: int, speed: int, fields: dict[str, Value]) -> dict[str, Value]:
    total_km = fields["total_km"]
    assert isinstance(total_km, float)
    return {
        "input_voltage_v": volts / 10,
        "current_a": -amperes / 100,
        "speed_kmh": speed / 1000,
        "distance_m": total_km * 1000,
    }
