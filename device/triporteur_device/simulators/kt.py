"""A KT controller and its display on the line they share, as two joined taps hear it.

From "7-S12SN_to_LCD3.txt" and "7-LCD3_to_S12SN-1.txt" (opensourceebikefirmware.bitbucket.io) and
EBiCS; the display's bytes are those of the published example.
"""

from functools import reduce
from operator import xor

from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.instrument import Burst
from triporteur_device.simulators.state import TrikeState
from triporteur_device.simulators.wheel import WHEEL_M

_DISPLAY = bytes.fromhex("0c0095a02966124a041400320e")
_NOMINAL_V = 48
_AT_REST_MS = 4500
_ANSWERS_AFTER_S = 0.01
_BAR_CELL_V = (3.40, 3.60, 3.75, 3.95)
_EMPTY_CODE = 3
_THROTTLE = 1 << 1


class KtDevice:
    """Both speak five times a second, deaf to all else; dark when the battery is cut off."""

    baud = 9600
    push_every_s: float | None = 0.2

    def __init__(self, seed: int) -> None:
        self._rng = dice(seed, "kt")

    def receive(self, data: bytes, state: TrikeState) -> list[Burst]:
        """Nothing: who speaks here besides the display is not heard."""
        return []

    def push(self, state: TrikeState) -> list[Burst]:
        """The display's frame, then the controller's."""
        if not state.discharge_fet:
            return []
        return [Burst(0.0, _DISPLAY), Burst(_ANSWERS_AFTER_S, self.controller(state))]

    def controller(self, state: TrikeState) -> bytes:
        """What the controller says of the trike."""
        quarters = min(round(4 * state.motor.input_a), 0xFF)
        body = bytes((_bars(state), _NOMINAL_V)) + self._period_ms(state).to_bytes(2, "big")
        tail = bytes((_THROTTLE * (state.speed_kmh > 0.0), quarters, _motor_byte(state), 0, 0))
        check = reduce(xor, body + tail)
        return b"A" + body + bytes((0, check)) + tail

    def _period_ms(self, state: TrikeState) -> int:
        if state.speed_kmh < 1.0:
            return _AT_REST_MS
        return round(3600 * WHEEL_M / state.speed_kmh * self._rng.gauss(1.0, 0.01))


def _bars(state: TrikeState) -> int:
    cell_v = state.pack_voltage_v / len(state.cells_v)
    return 4 * sum(cell_v > limit_v for limit_v in _BAR_CELL_V) or _EMPTY_CODE


def _motor_byte(state: TrikeState) -> int:
    return round(state.motor.motor_c) - 15 & 0xFF
