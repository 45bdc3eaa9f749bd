"""What a Bafang motor is asked, how each answer is checked, and what it says. See `bafang`."""

from collections.abc import Callable
from dataclasses import dataclass

from triporteur_device.protocols.base import Fault, Reading
from triporteur_wire.quantities import Value

Check = Callable[[bytes], Fault | None]
Meaning = Callable[[bytes], Reading]

#: More than any such motor takes (60 A), turns (80 km/h on wheels of 16 inches) or rides.
_MOST_HALF_A, _MOST_TURNS, _MOST_RANGE = 120, 1100, 999
_MOST_LEVEL = 0x17

#: The lists of the sources differ; what is not in all of them is "unknown" and never a fault.
_STATUS = {
    0x00: "normal",
    0x01: "normal",
    0x03: "braking",
    0x10: "controller_overtemperature",
    0x11: "motor_overtemperature",
    0x21: "speed_sensor",
}
#: The byte the display sends for each level; 06 is the help for walking beside.
_LEVELS = (0x00, 0x01, 0x0B, 0x0C, 0x0D, 0x02, 0x15, 0x16, 0x17, 0x03)
_WALKING = 0x06
_VOLTAGES = ("24V", "36V", "48V", "60V", "24V-48V")
_OTHER_VOLTAGE = "24V-60V"
_SUM_SEED_OF_SPEED, _SUM_SEED_OF_LEVEL, _SUM_SEED_OF_LIMIT = 0x20, 0x16 + 0x0B, 0x16 + 0x1F


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, or the head of a command, and the `size` bytes that follow it."""

    kind: str
    question: bytes
    size: int
    check: Check
    meaning: Meaning


def _twice(most: int) -> Check:
    def check(answer: bytes) -> Fault | None:
        if answer[0] != answer[1]:
            return Fault.CHECKSUM
        return Fault.PAYLOAD if answer[0] > most else None

    return check


def _summed(seed: int, most: int) -> Check:
    def check(answer: bytes) -> Fault | None:
        if (sum(answer[:-1]) + seed) & 0xFF != answer[-1]:
            return Fault.CHECKSUM
        return Fault.PAYLOAD if int.from_bytes(answer[:-1], "big") > most else None

    return check


def _one_of(*known: bytes) -> Check:
    return lambda answer: None if answer in known else Fault.PAYLOAD


def _opens(head: bytes) -> Check:
    return lambda answer: None if answer.startswith(head) else Fault.NOISE


def _any(answer: bytes) -> Fault | None:
    return None


def _said(**fields: Value) -> Reading:
    return Reading(fields, {})


def _current(answer: bytes) -> Reading:
    # From zero rather than negated: at rest it is 0, not -0.
    return Reading({"current_a": answer[0] / 2}, {"current_a": (0 - answer[0]) / 2})


def _level(answer: bytes) -> Reading:
    if answer[0] == _WALKING:
        return _said(assist_level="walking")
    known = answer[0] in _LEVELS
    return _said(assist_level=_LEVELS.index(answer[0]) if known else f"0x{answer[0]:02X}")


def _number(name: str) -> Meaning:
    return lambda answer: _said(**{name: int.from_bytes(answer[:2], "big")})


def _checked(answer: bytes) -> bool:
    return sum(answer[:-1]) & 0xFF == answer[-1]


def _connect(answer: bytes) -> Reading:
    text = answer[2:16].decode("latin-1")
    code = answer[16]
    return _said(
        manufacturer=text[:4],
        model=text[4:8],
        hw=".".join(text[8:10]),
        fw=".".join(text[10:14]),
        voltage_code=code,
        voltage=_VOLTAGES[code] if code < len(_VOLTAGES) else _OTHER_VOLTAGE,
        max_current_a=answer[17],
        checksum_ok=_checked(answer),
    )


def _basic(answer: bytes) -> Reading:
    return _said(
        low_battery_v=answer[2],
        limit_current_a=answer[3],
        current_limits_pct=tuple(answer[4:14]),
        speed_limits_pct=tuple(answer[14:24]),
        wheel_code=answer[24],
        speedmeter_code=answer[25],
        checksum_ok=_checked(answer),
    )


def _serial(answer: bytes) -> Reading:
    serial = answer[2:-1].decode("ascii", "replace")
    return _said(serial=serial, checksum_ok=_checked(answer))


def _settings(answer: bytes) -> Reading:
    return _said(data_hex=answer[2:-1].hex(), checksum_ok=_checked(answer))


EXCHANGES = (
    Exchange(
        "status",
        b"\x11\x08",
        1,
        _any,
        lambda answer: _said(status=_STATUS.get(answer[0], "unknown"), status_code=answer[0]),
    ),
    Exchange("current", b"\x11\x0a", 2, _twice(_MOST_HALF_A), _current),
    Exchange("battery", b"\x11\x11", 2, _twice(100), lambda answer: _said(battery_pct=answer[0])),
    Exchange("speed", b"\x11\x20", 3, _summed(_SUM_SEED_OF_SPEED, _MOST_TURNS), _number("raw")),
    Exchange("range", b"\x11\x22\x33", 3, _summed(0, _MOST_RANGE), _number("range")),
    Exchange(
        "moving",
        b"\x11\x31",
        2,
        _one_of(b"\x30\x30", b"\x31\x31"),
        lambda answer: _said(moving=answer[0] == 0x30),
    ),
    Exchange("assistance", b"\x16\x0b", 2, _summed(_SUM_SEED_OF_LEVEL, _MOST_LEVEL), _level),
    Exchange(
        "lights",
        b"\x16\x1a",
        1,
        _one_of(b"\xf0", b"\xf1"),
        lambda answer: _said(lights=answer[0] == 0xF1),
    ),
    Exchange(
        "speed_limit",
        b"\x16\x1f",
        3,
        _summed(_SUM_SEED_OF_LIMIT, _MOST_TURNS),
        _number("speed_limit_raw"),
    ),
    Exchange("connect", b"\x11\x51\x04\xb0\x05", 19, _opens(b"\x51\x10"), _connect),
    Exchange("read_basic", b"\x11\x52", 27, _opens(b"\x52\x18"), _basic),
    Exchange("read_pedal", b"\x11\x53", 14, _opens(b"\x53\x0b"), _settings),
    Exchange("read_throttle", b"\x11\x54", 9, _opens(b"\x54\x06"), _settings),
    Exchange("serial_number", b"\x14\x16", 15, _opens(b"\x14\x0c"), _serial),
)
BY_KIND = {exchange.kind: exchange for exchange in EXCHANGES}
