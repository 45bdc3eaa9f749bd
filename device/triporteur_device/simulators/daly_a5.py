"""A Daly board that speaks A5, on the adapter sold with it or behind its Bluetooth module.

From the vendor's protocol document and captured frames (jblance/mpp-solar, Schnippsche/SolarReader,
tomatensaus/bms); what differs behind a Bluetooth module as noted by dreadnought/python-daly-bms.
"""

import struct

from triporteur_device.simulators.daly_senses import Senses, sense
from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.instrument import Burst
from triporteur_device.simulators.questions import Questions
from triporteur_device.simulators.state import TrikeState

_ADAPTER, _BLUETOOTH = 0x40, 0x80
_BOARD = 0x01
_COMMANDS = (0x50, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98)
_NO_CURRENT = 30000
_CELL_MV = 3600
_OUTPUTS = 0x02
#: Cells and temperatures that a Bluetooth module is told of, fitted or not.
_ALL_CELLS, _ALL_SENSORS = 48, 21
_THINKS_S = (0.05, 0.08)


def _question(asker: int, command: int) -> bytes:
    body = bytes((0xA5, asker, command, 8)) + bytes(8)
    return body + bytes((sum(body) & 0xFF,))


_QUESTIONS = {
    _question(asker, command): (asker, command)
    for asker in (_ADAPTER, _BLUETOOTH)
    for command in _COMMANDS
}


class DalyA5Device:
    """Answers the questions that read; deaf to everything else, as nothing may write."""

    baud = 9600
    push_every_s: float | None = None

    def __init__(self, seed: int) -> None:
        self._rng = dice(seed, "daly_a5")
        self._questions = Questions(*_QUESTIONS)
        self._life = 0
        #: Every answer is written over the one before: what it does not use stays.
        self._data = bytearray(8)

    def receive(self, data: bytes, state: TrikeState) -> list[Burst]:
        """The answers to the whole questions these bytes complete."""
        heard = [_QUESTIONS[question] for question in self._questions.heard(data)]
        thinks = self._rng.uniform
        return [
            Burst(thinks(*_THINKS_S), self.answer(asker, command, state))
            for asker, command in heard
        ]

    def push(self, state: TrikeState) -> list[Burst]:
        """Nothing: the board speaks when spoken to."""
        return []

    def answer(self, asker: int, command: int, state: TrikeState) -> bytes:
        """The board's frames, several for cells and temperatures."""
        senses = sense(state, self._rng)
        contents = self._contents(asker, command, senses, state)
        return b"".join(self._frame(command, content) for content in contents)

    def _frame(self, command: int, content: bytes) -> bytes:
        self._data[: len(content)] = content
        frame = bytes((0xA5, _BOARD, command, 8)) + self._data
        return frame + bytes((sum(frame) & 0xFF,))

    def _contents(self, asker: int, command: int, senses: Senses, state: TrikeState) -> list[bytes]:
        match command:
            case 0x90:
                return [_pack(senses)]
            case 0x91:
                return [_extremes(">HB", senses.cells_mv)]
            case 0x92:
                return [_extremes("BB", senses.temps)]
            case 0x93:
                return [self._switches(senses, state)]
            case 0x94:
                return [_counts(senses, state)]
            case 0x95:
                cells = _beyond(senses.cells_mv, _ALL_CELLS if asker == _BLUETOOTH else 0)
                return _parts(">H", 3, cells)
            case 0x96:
                sensors = _ALL_SENSORS if asker == _BLUETOOTH else 7
                return _parts("B", 7, _beyond(senses.temps, sensors))
            case 0x98:
                return [senses.failures.to_bytes(8, "little")]
            case 0x50:
                return [struct.pack(">LL", round(state.nominal_ah * 1000), _CELL_MV)]
        return [bytes(6)]  # 0x97: no cell is being balanced

    def _switches(self, senses: Senses, state: TrikeState) -> bytes:
        self._life = (self._life + 1) % 256
        remaining_mah = round(state.remaining_ah * 1000)
        switches = state.charge_fet, state.discharge_fet
        return struct.pack(">BBBBL", senses.flow, *switches, self._life, remaining_mah)


def _pack(senses: Senses) -> bytes:
    """More than 30000 is what leaves the battery."""
    current = _NO_CURRENT - senses.charge_da
    return struct.pack(">4H", senses.voltage_dv, 0, current, senses.soc_dpct)


def _extremes(shape: str, values: tuple[int, ...]) -> bytes:
    return b"".join(
        struct.pack(shape, value, values.index(value) + 1) for value in (max(values), min(values))
    )


def _counts(senses: Senses, state: TrikeState) -> bytes:
    cells, sensors = len(senses.cells_mv), len(senses.temps)
    return struct.pack(">BBBBBH", cells, sensors, senses.charger, 0, _OUTPUTS, state.cycles)


def _beyond(values: tuple[int, ...], count: int) -> tuple[int, ...]:
    return values + (0,) * (count - len(values))


def _parts(shape: str, each: int, values: tuple[int, ...]) -> list[bytes]:
    starts = range(0, len(values), each)
    return [
        bytes((number,)) + b"".join(struct.pack(shape, v) for v in values[start : start + each])
        for number, start in enumerate(starts, start=1)
    ]
