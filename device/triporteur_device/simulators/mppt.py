"""A Victron solar charger (SmartSolar MPPT 100/20, 48 V) on its VE.Direct port, on a small panel.

From Victron's "VE.Direct Protocol" and captured blocks (karioja/vedirect). What it gives goes into
the same battery; the trike's own account leaves out these few watts.
"""

import math

from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.instrument import Burst
from triporteur_device.simulators.parameters import DAY_S
from triporteur_device.simulators.state import TrikeState
from triporteur_device.simulators.vedirect import text_block

_RISE_S, _SET_S = 7 * 3600.0, 19 * 3600.0
_DAY_LENGTH_S = _SET_S - _RISE_S
_PANEL_W, _PANEL_V = 100.0, 70.0
_EFFICIENCY = 0.96
_LEAST_W = 1.0
_FULL_CELL_V = 4.16
_OFF, _BULK, _FLOAT = 0, 3, 5
_TRACKER_OFF, _TRACKER_LIMITED, _TRACKER_ACTIVE = 0, 1, 2
_NO_INPUT = 1
_YESTERDAY_KWH, _BEFORE_KWH = 0.31, 82.72


class MpptDevice:
    """Sends a block a second; deaf, as text mode needs no request."""

    baud = 19200
    push_every_s: float | None = 1.0

    def __init__(self, seed: int) -> None:
        self._rng = dice(seed, "mppt")
        self._sky = self._rng.uniform(0.3, 1.0)

    def receive(self, data: bytes, state: TrikeState) -> list[Burst]:
        """Nothing: the port is only ever read."""
        return []

    def push(self, state: TrikeState) -> list[Burst]:
        """The next block."""
        return [Burst(0.0, self.block(state))]

    def block(self, state: TrikeState) -> bytes:
        """What the charger measures now, and its days."""
        sun_w = self._sky * _PANEL_W * _height(state.time_of_day_s)
        full = max(state.cells_v) >= _FULL_CELL_V
        charge_state, tracker, panel_w = _regulated(sun_w, full)
        panel_v = _PANEL_V + self._rng.gauss(0.0, 0.3) if charge_state else 0.0
        current_a = panel_w * _EFFICIENCY / state.pack_voltage_v
        today_kwh = self._sky * _PANEL_W * _sunned_s(state.time_of_day_s) / 3.6e6
        days = int(state.local_s // DAY_S)
        return text_block(
            "\r\nPID\t0xA060\r\nFW\t159\r\nSER#\tHQ2132ABCDE"
            f"\r\nV\t{state.pack_voltage_v * 1000:.0f}\r\nI\t{current_a * 1000:.0f}"
            f"\r\nVPV\t{panel_v * 1000:.0f}\r\nPPV\t{panel_w:.0f}\r\nCS\t{charge_state}"
            f"\r\nMPPT\t{tracker}\r\nOR\t0x{_NO_INPUT * (charge_state == _OFF):08X}\r\nERR\t0"
            f"\r\nLOAD\tON\r\nIL\t0\r\nH19\t{(_BEFORE_KWH + today_kwh) * 100:.0f}"
            f"\r\nH20\t{today_kwh * 100:.0f}\r\nH21\t{_most_w(self._sky, state):.0f}"
            f"\r\nH22\t{_YESTERDAY_KWH * 100:.0f}\r\nH23\t96\r\nHSDS\t{days % 365}"
        )


def _regulated(sun_w: float, full: bool) -> tuple[int, int, float]:
    """The charger's state, its tracker's, and the watts it takes from the panel."""
    if sun_w < _LEAST_W:
        return _OFF, _TRACKER_OFF, 0.0
    if full:
        return _FLOAT, _TRACKER_LIMITED, _LEAST_W
    return _BULK, _TRACKER_ACTIVE, sun_w


def _height(time_s: float) -> float:
    """Of the sun, 0 to 1."""
    return max(math.sin(math.pi * (time_s - _RISE_S) / _DAY_LENGTH_S), 0.0)


def _sunned_s(time_s: float) -> float:
    """Seconds of full sun since midnight."""
    passed = (min(max(time_s, _RISE_S), _SET_S) - _RISE_S) / _DAY_LENGTH_S
    return _DAY_LENGTH_S / math.pi * (1.0 - math.cos(math.pi * passed))


def _most_w(sky: float, state: TrikeState) -> float:
    noon_s = (_RISE_S + _SET_S) / 2
    return sky * _PANEL_W * _height(min(state.time_of_day_s, noon_s))
