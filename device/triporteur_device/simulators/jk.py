"""A JK battery board on its GPS port, as the B1A20S15P answers.

From the vendor's protocol document and captured frames (syssi/esphome-jk-bms, jblance/mpp-solar).
"""

from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.instrument import Burst
from triporteur_device.simulators.protections import (
    CELL_HIGH,
    CELL_LOW,
    CHARGE_COLD,
    CHARGE_CURRENT,
    CHARGE_HOT,
    DISCHARGE_COLD,
    DISCHARGE_CURRENT,
    DISCHARGE_HOT,
    PACK_HIGH,
    PACK_LOW,
    moved,
)
from triporteur_device.simulators.questions import Questions
from triporteur_device.simulators.state import TrikeState

#: "Read all" and "read register 0", which boards answer alike, each with its own command.
_QUESTIONS = {
    bytes.fromhex("4e5700130000000006030000000000006800000129"): 0x06,
    bytes.fromhex("4e5700130000000003030000000000006800000126"): 0x03,
}
_WARNINGS = {
    PACK_HIGH: 2,
    PACK_LOW: 3,
    CHARGE_HOT: 4,
    DISCHARGE_HOT: 4,
    CHARGE_CURRENT: 5,
    DISCHARGE_CURRENT: 6,
    CHARGE_COLD: 9,
    DISCHARGE_COLD: 9,
    CELL_HIGH: 10,
    CELL_LOW: 11,
}
#: Protections and switches from 8E to A8, as captured; A5 lets it charge down to -20 °C.
_SETTINGS = bytes.fromhex(
    "8e16268f10ae900fd2910fa0920005930bea940c1c95000596012c9700079800039900059a00059b0ce49c0008"
    "9d019e005a9f0046a00064a10064a20014a30046a40046a5ffeca6fff6a7ffeca8fff6"
)
_BEHIND = bytes.fromhex("00000000680000")
_THINKS_S = 0.015
_MOS_WARMER_C = 2.0
_CELL_NOISE_MV = 0.5


class JkDevice:
    """Answers "read all"; deaf to everything else, as nothing may write."""

    baud = 115200
    push_every_s: float | None = None

    def __init__(self, seed: int) -> None:
        self._rng = dice(seed, "jk")
        self._questions = Questions(*_QUESTIONS)

    def receive(self, data: bytes, state: TrikeState) -> list[Burst]:
        """One answer to each whole question these bytes complete."""
        heard = self._questions.heard(data)
        return [Burst(_THINKS_S, self.answer(_QUESTIONS[question], state)) for question in heard]

    def push(self, state: TrikeState) -> list[Burst]:
        """Nothing: the board speaks when spoken to."""
        return []

    def answer(self, command: int, state: TrikeState) -> bytes:
        """The board's frame of all its tags."""
        data = self._live(state) + _SETTINGS + _names(state)
        body = bytes((0, 0, 0, 0, command, 0, 1)) + data + _BEHIND
        frame = b"NW" + (len(body) + 4).to_bytes(2, "big") + body
        return frame + (sum(frame) & 0xFFFF).to_bytes(2, "big")

    def _live(self, state: TrikeState) -> bytes:
        switches = state.charge_fet | state.discharge_fet << 1
        temps_c = state.battery_temps_c
        return b"".join(
            (
                self._cells(state),
                _word(0x80, _celsius(max(temps_c) + _MOS_WARMER_C)),
                _word(0x81, _celsius(temps_c[0])),
                _word(0x82, _celsius(temps_c[1])),
                _word(0x83, round(state.pack_voltage_v * 100)),
                _word(0x84, self._current(state.current_a)),
                bytes((0x85, round(100 * state.remaining_ah / state.nominal_ah), 0x86, 2)),
                _word(0x87, state.cycles),
                _long(0x89, round(state.cycles * state.nominal_ah)),
                _word(0x8A, len(state.cells_v)),
                _word(0x8B, moved(state.alarms, _WARNINGS)),
                _word(0x8C, switches),
            )
        )

    def _cells(self, state: TrikeState) -> bytes:
        readings = (
            round(volts * 1000 + self._rng.gauss(0.0, _CELL_NOISE_MV)) for volts in state.cells_v
        )
        cells = b"".join(_word(number, mv) for number, mv in enumerate(readings, start=1))
        return bytes((0x79, len(cells))) + cells

    def _current(self, current_a: float) -> int:
        """10 mA, bit 15 set while charging: what protocol version 1, tag C0, means."""
        centiamps = round((current_a + self._rng.gauss(0.0, 0.02)) * 100)
        return 0x8000 | centiamps if centiamps > 0 else -centiamps


def _names(state: TrikeState) -> bytes:
    capacity = round(state.nominal_ah)
    return b"".join(
        (
            bytes((0xA9, len(state.cells_v))),
            _long(0xAA, capacity),
            bytes.fromhex("ab01ac01ad0437ae01af01b0000ab114b231323334353600000000b300"),
            b"\xb4Input Us",
            b"\xb52403",
            _long(0xB6, state.cycles * 600),
            b"\xb711.XW_S11.261__",
            b"\xb8\0",
            _long(0xB9, capacity),
            b"\xbaInput UserdaJK_B1A20S15P",
            b"\xc0\x01",
        )
    )


def _word(tag: int, value: int) -> bytes:
    return bytes((tag,)) + value.to_bytes(2, "big")


def _long(tag: int, value: int) -> bytes:
    return bytes((tag,)) + value.to_bytes(4, "big")


def _celsius(temp_c: float) -> int:
    """As the vendor's text has it: above 100, a temperature is negative."""
    whole = round(temp_c)
    return whole if whole >= 0 else 100 - whole
