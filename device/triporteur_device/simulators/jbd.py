"""A JBD battery board on 13 cells, as the SP15S020 in electric bikes answers.

From the vendor's protocol document and captured frames (syssi/esphome-jbd-bms, Jakeler/bms-parser).
"""

import struct

from triporteur_device.simulators.counters import BMS_DEAD_BAND_A
from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.instrument import Burst
from triporteur_device.simulators.state import TrikeState

NAME = b"SP15S020-P13S-30A"
_START, _END, _READ, _WRITE = 0xDD, 0x77, 0xA5, 0x5A
_BASIC, _CELLS, _NAME = 0x03, 0x04, 0x05
_FRAME_OVERHEAD = 7
_VERSION_BCD = 0x21
_MADE = (2024 - 2000) << 9 | 3 << 5 | 11  # 2024-03-11
_THINKS_S = 0.02
_HEAD_LENGTH = 7
_SPLIT_SHARE = 0.25
_SPLIT_GAP_S = 0.06
#: Cells disagree under a bursty motor (367 mV at 13 A in a captured ride), not under a charger.
_STEADY_MV = 0.7
_TRACTION_MV_PER_A = 4.0
_STEADY_A = 3.0
"""Real boards leave more than 50 ms after the first 7 bytes of some answers."""


class JbdDevice:
    """Answers reads of registers 0x03, 0x04 and 0x05; deaf to writes, as nothing may write."""

    baud = 9600
    push_every_s: float | None = None

    def __init__(self, seed: int) -> None:
        self._rng = dice(seed, "jbd")
        self._heard = bytearray()

    def receive(self, data: bytes, state: TrikeState) -> list[Burst]:
        """The answers to the whole, valid read requests these bytes complete."""
        self._heard += data
        bursts: list[Burst] = []
        while (register := self._next_read()) is not None:
            bursts += self._in_pieces(self.answer(register, state))
        return bursts

    def push(self, state: TrikeState) -> list[Burst]:
        """Nothing: the board speaks when spoken to."""
        return []

    def answer(self, register: int, state: TrikeState) -> bytes:
        """The board's frame for a register; empty for a register it does not have."""
        if register == _BASIC:
            return _frame(register, self._basic(state))
        if register == _CELLS:
            return _frame(register, self._cells(state))
        return _frame(register, NAME) if register == _NAME else b""

    def _basic(self, state: TrikeState) -> bytes:
        gauss = self._rng.gauss
        current_a = state.current_a + gauss(0.0, 0.02)
        if abs(current_a) < BMS_DEAD_BAND_A:
            current_a = 0.0
        head = struct.pack(
            ">HhHHHHHHHBBBBB",
            round((state.pack_voltage_v + gauss(0.0, 0.006)) * 100),
            round(current_a * 100),
            round(state.remaining_ah * 100),
            round(state.nominal_ah * 100),
            state.cycles,
            _MADE,
            0,  # cells being balanced, 1 to 16
            0,  # and 17 to 32
            state.alarms,
            _VERSION_BCD,
            round(100 * state.remaining_ah / state.nominal_ah),
            state.charge_fet | state.discharge_fet << 1,
            len(state.cells_v),
            len(state.battery_temps_c),
        )
        kelvins = (2731 + round((t + gauss(0.0, 0.05)) * 10) for t in state.battery_temps_c)
        return head + b"".join(kelvin.to_bytes(2, "big") for kelvin in kelvins)

    def _cells(self, state: TrikeState) -> bytes:
        # The board reads its cells one after the other: under a bursty load they disagree.
        spread_mv = _STEADY_MV + _TRACTION_MV_PER_A * max(0.0, -state.current_a - _STEADY_A)
        gauss = self._rng.gauss
        readings = (round(volts * 1000 + gauss(0.0, spread_mv)) for volts in state.cells_v)
        return struct.pack(f">{len(state.cells_v)}H", *readings)

    def _in_pieces(self, frame: bytes) -> list[Burst]:
        if not frame:
            return []
        if self._rng.random() >= _SPLIT_SHARE:
            return [Burst(_THINKS_S, frame)]
        head, rest = frame[:_HEAD_LENGTH], frame[_HEAD_LENGTH:]
        return [Burst(_THINKS_S, head), Burst(_SPLIT_GAP_S, rest)]

    def _next_read(self) -> int | None:
        """The register of the next whole read request heard; None when there is none yet."""
        heard = self._heard
        while heard:
            length = _request_length(heard)
            if length is None:
                return None
            request = bytes(heard[:length])
            if not _is_valid(request):
                del heard[0]
                continue
            del heard[:length]
            if request[1] == _READ:
                return request[2]
        return None


def _frame(register: int, data: bytes) -> bytes:
    body = bytes((0, len(data))) + data
    return bytes((_START, register)) + body + _checksum(body) + bytes((_END,))


def _request_length(heard: bytearray) -> int | None:
    """Bytes of the request that starts here, 0 when none can; None when too few are heard."""
    if heard[0] != _START or (len(heard) > 1 and heard[1] not in (_READ, _WRITE)):
        return 0
    if len(heard) < 4:
        return None
    if heard[1] == _READ and heard[3] != 0:
        return 0
    length = _FRAME_OVERHEAD + heard[3]
    return length if len(heard) >= length else None


def _is_valid(request: bytes) -> bool:
    return request[-1:] == bytes((_END,)) and request[-3:-1] == _checksum(request[2:-3])


def _checksum(body: bytes) -> bytes:
    return (-sum(body) & 0xFFFF).to_bytes(2, "big")
