"""A Bafang motor and its display on the one line they share, as two joined taps hear it.

From bbsDisplay's "bafang_proto.txt", bbs-fw and EBiCS. The display asks in a round, the motor
answers after a moment, and now and then misses a question, as real ones do.
"""

from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.instrument import Burst
from triporteur_device.simulators.state import TrikeState

_ASKS_AFTER_S, _ANSWERS_AFTER_S = 0.03, 0.015
_MISSED_SHARE = 0.02
_EMPTY_CELL_V, _FULL_CELL_V = 3.2, 4.15
_KM_ON_FULL = 40
_LEVELS = bytes((0x00, 0x01, 0x0B, 0x0C, 0x0D, 0x02, 0x15, 0x16, 0x17, 0x03))


class BafangDevice:
    """Speaks of itself once a second, deaf to all else; dark when the battery is cut off."""

    baud = 1200
    push_every_s: float | None = 1.0

    def __init__(self, seed: int) -> None:
        self._rng = dice(seed, "bafang")
        self._level = self._rng.randrange(1, 6)

    def receive(self, data: bytes, state: TrikeState) -> list[Burst]:
        """Nothing: who speaks here besides the display is not heard."""
        return []

    def push(self, state: TrikeState) -> list[Burst]:
        """One round: what the display sets, then all it asks, with the answers."""
        if not state.discharge_fet:
            return []
        bursts = [Burst(_ASKS_AFTER_S, self._setting())]
        for question, answer in _round(state):
            bursts.append(Burst(_ASKS_AFTER_S, question))
            if self._rng.random() >= _MISSED_SHARE:
                bursts.append(Burst(_ANSWERS_AFTER_S, answer))
        return bursts

    def _setting(self) -> bytes:
        command = bytes((0x16, 0x0B, _LEVELS[self._level]))
        return command + bytes((sum(command) & 0xFF,))


def _round(state: TrikeState) -> list[tuple[bytes, bytes]]:
    half_amperes = min(round(2 * state.motor.input_a), 0xFF)
    charge = _charge_pct(state)
    turns = round(state.motor.turns_per_min).to_bytes(2, "big")
    left = (_KM_ON_FULL * charge // 100).to_bytes(2, "big")
    return [
        (b"\x11\x08", b"\x01"),
        (b"\x11\x0a", bytes((half_amperes, half_amperes))),
        (b"\x11\x11", bytes((charge, charge))),
        (b"\x11\x20", turns + bytes((sum(turns) + 0x20 & 0xFF,))),
        (b"\x11\x22\x33", left + bytes((sum(left) & 0xFF,))),
        (b"\x11\x31", b"\x30\x30" if state.speed_kmh else b"\x31\x31"),
    ]


def _charge_pct(state: TrikeState) -> int:
    """From the voltage alone, as these motors do: it sinks when they pull."""
    cell_v = state.pack_voltage_v / len(state.cells_v)
    share = (cell_v - _EMPTY_CELL_V) / (_FULL_CELL_V - _EMPTY_CELL_V)
    return round(100 * min(max(share, 0.0), 1.0))
