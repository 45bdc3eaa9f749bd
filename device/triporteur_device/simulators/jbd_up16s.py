"""The first JBD UP16S board of an RS485 line, at address 1.

From captured frames (syssi/esphome-jbd-bms) and the fields that
mr-manuel/venus-os_dbus-serialbattery names.
"""

import struct

from triporteur_device.simulators import protections as p
from triporteur_device.simulators.crc import crc16_modbus
from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.instrument import Burst
from triporteur_device.simulators.questions import Questions
from triporteur_device.simulators.state import TrikeState

_STATE = bytes.fromhex("0178100010a000007fb2")
_HEADER = _STATE[:6]
_SERIAL = b"JBD48100000".ljust(30, b"\0")
_BEHIND = bytes.fromhex("000200035aa6000000000000")
_FIRMWARE = 0x0C04
_PROTECTIONS = {
    p.CELL_HIGH: 0,
    p.CELL_LOW: 1,
    p.PACK_HIGH: 2,
    p.PACK_LOW: 3,
    p.CHARGE_CURRENT: 4,
    p.DISCHARGE_CURRENT: 6,
    p.CHARGE_HOT: 8,
    p.CHARGE_COLD: 9,
    p.DISCHARGE_HOT: 10,
    p.DISCHARGE_COLD: 11,
}
_NO_CURRENT = 300_000
_AMPS_LIMIT = 2000
_MOS_WARMER_C = 2.0
_NOISE_A = 0.02
_THINKS_S = 0.15
"""150 ms in the captured log."""


class JbdUp16sDevice:
    """Answers the question for its state; deaf to everything else, as nothing may write."""

    baud = 9600
    push_every_s: float | None = None

    def __init__(self, seed: int) -> None:
        self._rng = dice(seed, "jbd_up16s")
        self._questions = Questions(_STATE)

    def receive(self, data: bytes, state: TrikeState) -> list[Burst]:
        """One state for each whole question these bytes complete."""
        return [Burst(_THINKS_S, self.answer(state)) for _ in self._questions.heard(data)]

    def push(self, state: TrikeState) -> list[Burst]:
        """Nothing: the board speaks when spoken to."""
        return []

    def answer(self, state: TrikeState) -> bytes:
        """The board's frame of its whole state."""
        cells_mv = [round(volts * 1000) for volts in state.cells_v]
        probes = [_celsius(temp) for temp in state.battery_temps_c]
        data = b"".join(
            (
                self._now(state),
                _extremes(cells_mv),
                _extremes(probes),
                _limits(len(cells_mv)),
                _counted(cells_mv),
                _counted(probes),
                struct.pack(">HHH", 0, 0, _FIRMWARE),
                _SERIAL,
                _BEHIND,
            )
        )
        body = _HEADER + struct.pack(">H", len(data)) + data
        return body + crc16_modbus(body)

    def _now(self, state: TrikeState) -> bytes:
        current_a = state.current_a + self._rng.gauss(0.0, _NOISE_A)
        return struct.pack(
            ">HHI8HIIHHH",
            round(state.pack_voltage_v * 100),
            0,
            _NO_CURRENT + round(current_a * 100),
            round(state.remaining_ah / state.nominal_ah * 10_000),
            round(state.remaining_ah * 100),
            round(state.nominal_ah * 100),
            round(state.nominal_ah * 100),
            _celsius(max(state.battery_temps_c) + _MOS_WARMER_C),
            _celsius(state.ambient_c),
            0,
            100,  # health
            p.moved(state.alarms, _PROTECTIONS),
            0,  # warnings
            state.discharge_fet | state.charge_fet << 1,
            4,
            state.cycles,
        )


def _extremes(values: list[int]) -> bytes:
    high, low = max(values), min(values)
    average = sum(values) // len(values)
    return struct.pack(">5H", values.index(high) + 1, high, values.index(low) + 1, low, average)


def _limits(cells: int) -> bytes:
    return struct.pack(">4H", cells * 42, _AMPS_LIMIT, cells * 30, _AMPS_LIMIT)


def _counted(values: list[int]) -> bytes:
    return struct.pack(f">{len(values) + 1}H", len(values), *values)


def _celsius(temp_c: float) -> int:
    return 500 + round(temp_c * 10)
