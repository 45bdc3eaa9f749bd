"""A Daly board of the H, K, M or S series, which answers at 0xD2.

From the register list and captured frames of syssi/esphome-daly-bms.
"""

import struct
from collections.abc import Mapping

from triporteur_device.simulators.crc import crc16_modbus
from triporteur_device.simulators.daly_senses import sense
from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.instrument import Burst
from triporteur_device.simulators.questions import Questions
from triporteur_device.simulators.state import TrikeState

NO_CURRENT = 30000
_THINKS_S = 0.06
_ADDRESS = 0xD2
_OLD, _NEW = 62, 80
"""Registers that programs read at once from old boards and from newer ones."""


def question(address: int, start: int, count: int) -> bytes:
    """What reads `count` registers from `start`."""
    body = struct.pack(">BBHH", address, 3, start, count)
    return body + crc16_modbus(body)


def answer(address: int, start: int, count: int, registers: Mapping[int, int]) -> bytes:
    """The board's frame; a register that is not told reads 0."""
    words = [registers.get(number, 0) for number in range(start, start + count)]
    body = struct.pack(f">BBB{count}H", address, 3, 2 * count, *words)
    return body + crc16_modbus(body)


_COUNTS = {question(_ADDRESS, 0, count): count for count in (_OLD, _NEW)}


class DalyD2Device:
    """Answers reads of its state; deaf to everything else, as nothing may write."""

    baud = 9600
    push_every_s: float | None = None

    def __init__(self, seed: int) -> None:
        self._rng = dice(seed, "daly_d2")
        self._questions = Questions(*_COUNTS)

    def receive(self, data: bytes, state: TrikeState) -> list[Burst]:
        """One answer to each whole question these bytes complete."""
        counts = [_COUNTS[heard] for heard in self._questions.heard(data)]
        return [
            Burst(_THINKS_S, answer(_ADDRESS, 0, count, self.registers(state))) for count in counts
        ]

    def push(self, state: TrikeState) -> list[Burst]:
        """Nothing: the board speaks when spoken to."""
        return []

    def registers(self, state: TrikeState) -> dict[int, int]:
        """All registers that are not 0."""
        senses = sense(state, self._rng)
        cells, temps, volts = senses.cells_mv, senses.temps, senses.voltage_dv
        return {
            **dict(enumerate(cells)),
            **dict(enumerate(temps, 0x20)),
            0x28: volts,
            0x29: NO_CURRENT + senses.charge_da,
            0x2A: senses.soc_dpct,
            0x2B: max(cells),
            0x2C: min(cells),
            0x2D: max(temps),
            0x2E: min(temps),
            0x2F: senses.flow,
            0x30: round(state.remaining_ah * 10),
            0x31: len(cells),
            0x32: len(temps),
            0x33: state.cycles,
            0x35: state.charge_fet,
            0x36: state.discharge_fet,
            0x37: sum(cells) // len(cells),
            0x38: max(cells) - min(cells),
            0x39: abs(volts * senses.charge_da) // 100,
            **{0x3A + place: senses.failures >> 16 * place & 0xFFFF for place in range(4)},
            0x40: NO_CURRENT,
            0x42: senses.switches_temp,
        }
