"""An ANT battery board of 2021 with two of its four probes connected.

From the captured frames and the table of fields of syssi/esphome-ant-bms.
"""

import struct

from triporteur_device.simulators import ant_states
from triporteur_device.simulators.crc import crc16_modbus
from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.instrument import Burst
from triporteur_device.simulators.questions import Questions
from triporteur_device.simulators.state import TrikeState

_STATUS = bytes.fromhex("7ea1010000be1855aa55")
_ANSWER = bytes.fromhex("a1110000")
_PERMISSIONS = 5
_IDLE, _CHARGING, _DISCHARGING = 1, 2, 3
_MOVES_A = 0.2
_NO_PROBE_C = -40
_THINKS_S = 0.03
_MOS_WARMER_C = 2.0
_NOISE_A = 0.03
_UNNAMED = bytes.fromhex("020070000300ac02f1fa")  # voltages of the switches, and what nobody names


class AntNewDevice:
    """Answers the question for its status; deaf to everything else, as nothing may write."""

    baud = 19200
    push_every_s: float | None = None

    def __init__(self, seed: int) -> None:
        self._rng = dice(seed, "ant_new")
        self._questions = Questions(_STATUS)

    def receive(self, data: bytes, state: TrikeState) -> list[Burst]:
        """One status for each whole question these bytes complete."""
        return [Burst(_THINKS_S, self.answer(state)) for _ in self._questions.heard(data)]

    def push(self, state: TrikeState) -> list[Burst]:
        """Nothing: the board speaks when spoken to."""
        return []

    def answer(self, state: TrikeState) -> bytes:
        """The board's status frame."""
        probes = (*map(round, state.battery_temps_c), _NO_PROBE_C, _NO_PROBE_C)
        cells_mv = [round(volts * 1000) for volts in state.cells_v]
        data = b"".join(
            (
                bytes((_PERMISSIONS, _doing(state.current_a), len(probes), len(cells_mv))),
                bytes(24),  # protections, warnings and balancing, in bits that nobody names
                struct.pack(f"<{len(cells_mv)}H", *cells_mv),
                struct.pack(f"<{len(probes)}h", *probes),
                self._now(state),
                _extremes(cells_mv),
                _UNNAMED,
                _ever(state),
            )
        )
        body = _ANSWER + bytes((len(data),)) + data
        return b"\x7e" + body + crc16_modbus(body) + b"\xaa\x55"

    def _now(self, state: TrikeState) -> bytes:
        deciamps, watts = ant_states.flow(state, self._rng.gauss(0.0, _NOISE_A))
        mos_c = round(max(state.battery_temps_c) + _MOS_WARMER_C)
        return struct.pack(
            "<hhHhHHBBBxIIIiII",
            mos_c,
            mos_c - 1,  # the balancer, on the same board
            round(state.pack_voltage_v * 100),
            deciamps,
            round(100 * state.remaining_ah / state.nominal_ah),
            100,  # health: these boards never say less
            ant_states.discharge(state),
            ant_states.charge(state),
            0,  # balancer off
            round(state.nominal_ah * 1e6),
            round(state.remaining_ah * 1e6),
            round(state.cycles * state.nominal_ah * 1000),
            watts,
            state.cycles * 36_000,
            0,  # no cell is being balanced
        )


def _extremes(cells_mv: list[int]) -> bytes:
    high, low = max(cells_mv), min(cells_mv)
    return struct.pack(
        "<6H",
        high,
        cells_mv.index(high) + 1,
        low,
        cells_mv.index(low) + 1,
        high - low,
        sum(cells_mv) // len(cells_mv),
    )


def _ever(state: TrikeState) -> bytes:
    moved_mah = round(state.cycles * state.nominal_ah * 1000)
    return struct.pack("<4I", moved_mah, moved_mah, state.cycles * 7_200, state.cycles * 18_000)


def _doing(current_a: float) -> int:
    if abs(current_a) < _MOVES_A:
        return _IDLE
    return _CHARGING if current_a > 0 else _DISCHARGING
