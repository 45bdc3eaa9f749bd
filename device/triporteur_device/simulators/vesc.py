"""A VESC motor controller of firmware 5 or later, on its serial port.

From `packet.c`, `commands.c` and `datatypes.h` (vedderb/bldc) and captured frames
(ikalnytskyi/vesc-rs). It has a sensor in the motor and one at its transistors, not three.
"""

import binascii
import re
import struct

from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.instrument import Burst
from triporteur_device.simulators.motor import ERPM_PER_TURN
from triporteur_device.simulators.protections import CELL_LOW, PACK_LOW, moved
from triporteur_device.simulators.state import TrikeState
from triporteur_device.simulators.wheel import WHEEL_M

_VALUES, _SETUP, _SELECTIVE = 0x04, 0x2F, 0x32
_ID = 20
_THINKS_S = 0.004
#: Through a USB adapter a frame comes in packets.
_PACKET_BYTES, _PACKET_GAP_S = 62, 0.002
_NO_SENSOR_C = (-90.9, -94.8)
_UNDER_VOLTAGE = 2
_STEPS_PER_TURN = 6 * ERPM_PER_TURN
#: Whole questions of this board, whatever comes between: start, length, command, mask.
_QUESTION = re.compile(rb"\x02\x01[\x04\x2f]..\x03|\x02\x05\x32.{4}..\x03", re.DOTALL)
_LONGEST_QUESTION = 10


class VescDevice:
    """Answers reads of values; deaf to whatever would drive the motor, and to wrong checksums."""

    baud = 115200
    push_every_s: float | None = None

    def __init__(self, seed: int) -> None:
        self._rng = dice(seed, "vesc")
        self._heard = b""

    def receive(self, data: bytes, state: TrikeState) -> list[Burst]:
        """One answer to each whole, valid question these bytes complete."""
        heard = self._heard + data
        found = list(_QUESTION.finditer(heard))
        behind = heard[found[-1].end() :] if found else heard
        self._heard = behind[1 - _LONGEST_QUESTION :]
        payloads = [question.group()[2:-3] for question in found if _is_valid(question.group())]
        return [burst for payload in payloads for burst in self._in_packets(payload, state)]

    def push(self, state: TrikeState) -> list[Burst]:
        """Nothing: the controller speaks when spoken to."""
        return []

    def answer(self, question: bytes, state: TrikeState) -> bytes:
        """The frame that answers a question's payload."""
        if question[0] == _SETUP:
            return _frame(question + self._setup(state))
        values = self._values(state)
        if question[0] == _SELECTIVE:
            mask = int.from_bytes(question[1:], "big")
            values = [field for bit, field in enumerate(values) if mask >> bit & 1]
        return _frame(question + b"".join(values))

    def _values(self, state: TrikeState) -> list[bytes]:
        motor = state.motor
        steps = round(motor.distance_m / WHEEL_M * _STEPS_PER_TURN)
        return [
            *self._temperatures(state),
            *self._currents(state),
            _scaled("i", 0.0, 100),
            _scaled("i", motor.phase_a, 100),
            _scaled("h", motor.duty, 1000),
            _scaled("i", motor.erpm, 1),
            _scaled("h", state.pack_voltage_v + self._rng.gauss(0.0, 0.03), 10),
            *_counters(state),
            struct.pack(">i", -steps),
            struct.pack(">i", steps),
            bytes((_fault(state),)),
            _scaled("i", 0.0, 1_000_000),
            bytes((_ID,)),
            struct.pack(">hhh", *(round(t * 10) for t in (motor.controller_c, *_NO_SENSOR_C))),
            _scaled("i", 0.2, 1000),
            _scaled("i", motor.duty * state.pack_voltage_v, 1000),
            b"\0",
        ]

    def _setup(self, state: TrikeState) -> bytes:
        """Totals; the battery level is a guess from its voltage."""
        motor = state.motor
        level = state.pack_voltage_v / len(state.cells_v) - 3.2
        fields = (
            *self._temperatures(state),
            *self._currents(state),
            _scaled("h", motor.duty, 1000),
            _scaled("i", motor.erpm, 1),
            _scaled("i", motor.speed_kmh / 3.6, 1000),
            _scaled("h", state.pack_voltage_v, 10),
            _scaled("h", min(max(level, 0.0), 1.0), 1000),
            *_counters(state),
            _scaled("i", motor.distance_m % 1e6, 1000),
            _scaled("i", motor.distance_m % 1e6, 1000),
            _scaled("i", 0.0, 1_000_000),
            bytes((_fault(state), _ID, 1)),
            _scaled("i", level * 1000.0, 1000),
            struct.pack(">II", round(motor.distance_m), 60_000),
        )
        return b"".join(fields)

    def _temperatures(self, state: TrikeState) -> tuple[bytes, bytes]:
        motor, gauss = state.motor, self._rng.gauss
        return (
            _scaled("h", motor.controller_c + gauss(0.0, 0.1), 10),
            _scaled("h", motor.motor_c + gauss(0.0, 0.1), 10),
        )

    def _currents(self, state: TrikeState) -> tuple[bytes, bytes]:
        motor, gauss = state.motor, self._rng.gauss
        return (
            _scaled("i", motor.phase_a + gauss(0.0, 0.05), 100),
            _scaled("i", motor.input_a + gauss(0.0, 0.02), 100),
        )

    def _in_packets(self, question: bytes, state: TrikeState) -> list[Burst]:
        frame = self.answer(question, state)
        head, rest = frame[:_PACKET_BYTES], frame[_PACKET_BYTES:]
        first = Burst(_THINKS_S, head)
        return [first, Burst(_PACKET_GAP_S, rest)] if rest else [first]


def _counters(state: TrikeState) -> tuple[bytes, bytes, bytes, bytes]:
    """Drawn and given back; nothing is given back here."""
    motor = state.motor
    nothing = bytes(4)
    drawn_ah = _scaled("i", motor.drawn_ah, 10_000)
    return drawn_ah, nothing, _scaled("i", motor.drawn_wh, 10_000), nothing


def _fault(state: TrikeState) -> int:
    return moved(state.alarms, {CELL_LOW: 0, PACK_LOW: 0}) and _UNDER_VOLTAGE


def _scaled(code: str, value: float, factor: int) -> bytes:
    return struct.pack(f">{code}", round(value * factor))


def _frame(payload: bytes) -> bytes:
    return bytes((0x02, len(payload))) + payload + _checksum(payload) + b"\x03"


def _is_valid(question: bytes) -> bool:
    return question[-3:-1] == _checksum(question[2:-3])


def _checksum(payload: bytes) -> bytes:
    return binascii.crc_hqx(payload, 0).to_bytes(2, "big")
