"""An ANT battery board of 2019: 140 bytes, whatever its number of cells.

From the captured frames and the table of bytes of syssi/esphome-ant-bms.
"""

import struct

from triporteur_device.simulators import ant_states
from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.instrument import Burst
from triporteur_device.simulators.questions import Questions
from triporteur_device.simulators.state import TrikeState

#: Three ways of asking for the status that are seen in captures.
_QUESTIONS = (b"\xdb\xdb\0\0\0\0", b"\x5a\x5a\0\0\0\0", b"\x5a\x5a\0\0\1\1")
_HEADER = bytes.fromhex("aa55aaff")
_CELL_PLACES = 32
_NO_PROBE_C = -40
_WHEEL = bytes.fromhex("03e8001700")
_UNNAMED = bytes.fromhex("00000070006b02ac")
_THINKS_S = 0.03
_NOISE_A = 0.03


class AntOldDevice:
    """Answers the question for its status; deaf to everything else, as nothing may write."""

    baud = 19200
    push_every_s: float | None = None

    def __init__(self, seed: int) -> None:
        self._rng = dice(seed, "ant_old")
        self._questions = Questions(*_QUESTIONS)

    def receive(self, data: bytes, state: TrikeState) -> list[Burst]:
        """One status for each whole question these bytes complete."""
        return [Burst(_THINKS_S, self.answer(state)) for _ in self._questions.heard(data)]

    def push(self, state: TrikeState) -> list[Burst]:
        """Nothing: the board speaks when spoken to."""
        return []

    def answer(self, state: TrikeState) -> bytes:
        """The board's status frame."""
        deciamps, watts = ant_states.flow(state, self._rng.gauss(0.0, _NOISE_A))
        cells_mv = [round(volts * 1000) for volts in state.cells_v]
        body = b"".join(
            (
                struct.pack(">H", round(state.pack_voltage_v * 10)),
                _padded(cells_mv),
                _charge(deciamps, state),
                _probes(state),
                bytes((ant_states.charge(state), ant_states.discharge(state), 0)),
                _WHEEL,
                struct.pack(">i", watts),
                _extremes(cells_mv),
                bytes((len(cells_mv),)),
                _UNNAMED,
                bytes(6),  # no cell is being balanced, nothing in the log
            )
        )
        return _HEADER + body + (sum(body) & 0xFFFF).to_bytes(2, "big")


def _padded(cells_mv: list[int]) -> bytes:
    return struct.pack(f">{len(cells_mv)}H", *cells_mv).ljust(2 * _CELL_PLACES, b"\0")


def _charge(deciamps: int, state: TrikeState) -> bytes:
    return struct.pack(
        ">iBIIII",
        deciamps,
        round(100 * state.remaining_ah / state.nominal_ah),
        round(state.nominal_ah * 1e6),
        round(state.remaining_ah * 1e6),
        round(state.cycles * state.nominal_ah * 1000),
        state.cycles * 36_000,
    )


def _probes(state: TrikeState) -> bytes:
    first, second = map(round, state.battery_temps_c)
    return struct.pack(">6h", first, second, first, second, _NO_PROBE_C, _NO_PROBE_C)


def _extremes(cells_mv: list[int]) -> bytes:
    high, low = max(cells_mv), min(cells_mv)
    average = sum(cells_mv) // len(cells_mv)
    places = cells_mv.index(high) + 1, cells_mv.index(low) + 1
    return struct.pack(">BHBHH", places[0], high, places[1], low, average)
