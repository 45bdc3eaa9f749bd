"""A Daly board of the DL series, asked at 0x81, which answers as 0x51.

From the register list and captured frames of syssi/esphome-daly-bms and patman15/BMS_BLE-HA.
"""

from triporteur_device.simulators.daly_d2 import NO_CURRENT, answer, question
from triporteur_device.simulators.daly_senses import sense
from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.instrument import Burst
from triporteur_device.simulators.questions import Questions
from triporteur_device.simulators.state import TrikeState

_ASKED, _ANSWERS = 0x81, 0x51
_THINKS_S = 0.06
_BLOCKS = {question(_ASKED, start, count): (start, count) for start, count in ((0, 64), (0x41, 62))}
_NOT_FITTED = 0xFF
_PLACES = 8


class Daly81Device:
    """Answers reads of its state; deaf to everything else, as nothing may write."""

    baud = 9600
    push_every_s: float | None = None

    def __init__(self, seed: int) -> None:
        self._rng = dice(seed, "daly_81")
        self._questions = Questions(*_BLOCKS)
        self._life = 0

    def receive(self, data: bytes, state: TrikeState) -> list[Burst]:
        """One answer to each whole question these bytes complete."""
        blocks = [_BLOCKS[heard] for heard in self._questions.heard(data)]
        return [
            Burst(_THINKS_S, answer(_ANSWERS, *block, self.registers(state))) for block in blocks
        ]

    def push(self, state: TrikeState) -> list[Burst]:
        """Nothing: the board speaks when spoken to."""
        return []

    def registers(self, state: TrikeState) -> dict[int, int]:
        """All registers that are not 0."""
        self._life = (self._life + 1) % 256
        senses = sense(state, self._rng)
        cells, temps = senses.cells_mv, senses.temps
        probes = temps + (_NOT_FITTED,) * (_PLACES - len(temps))
        return {
            **dict(enumerate(cells)),
            **dict(enumerate(probes, 0x30)),
            0x38: senses.voltage_dv,
            0x39: NO_CURRENT + senses.charge_da,
            0x3A: senses.soc_dpct,
            0x3B: self._life,
            0x3C: len(cells),
            0x3D: len(temps),
            0x3E: max(cells),
            0x3F: cells.index(max(cells)) + 1,
            0x43: max(temps),
            0x45: min(temps),
            0x48: senses.flow,
            0x49: senses.charger,
            0x4B: round(state.remaining_ah * 10),
            0x4C: state.cycles,
            0x52: state.charge_fet,
            0x53: state.discharge_fet,
            0x57: sum(cells) // len(cells),
            0x58: abs(senses.voltage_dv * senses.charge_da) // 100,
            0x5A: senses.switches_temp,
            0x5B: senses.temps[0],
        }
