"""A Grin Phaserunner, a motor controller that speaks Modbus RTU.

From the object dictionary in rberger/asi_bod and "Modbus Application Protocol V1.1b3". It has the
registers 0 to 511; of those not simulated it says 0.
"""

from triporteur_device.simulators.crc import crc16_modbus
from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.instrument import Burst
from triporteur_device.simulators.protections import CELL_LOW, PACK_LOW, moved
from triporteur_device.simulators.state import TrikeState

_ADDRESS = 1
_READ = 3
_FUNCTIONS = frozenset({1, 2, 3, 4, 5, 6})
_REGISTERS = 512
_MOST = 125
_QUESTION_BYTES = 8
_NOT_A_FUNCTION, _NOT_A_REGISTER, _NOT_A_NUMBER = 1, 2, 3
_THINKS_S = 0.005
_FAULTS = {CELL_LOW: 6, PACK_LOW: 6}


class PhaserunnerDevice:
    """Answers reads of registers; refuses other questions, and nothing may write."""

    baud = 115200
    push_every_s: float | None = None

    def __init__(self, seed: int) -> None:
        self._rng = dice(seed, "modbus")
        self._heard = bytearray()

    def receive(self, data: bytes, state: TrikeState) -> list[Burst]:
        """One answer to each whole, valid question for this address that these bytes complete."""
        self._heard += data
        bursts: list[Burst] = []
        while len(self._heard) >= _QUESTION_BYTES:
            question = bytes(self._heard[:_QUESTION_BYTES])
            if _is_for_us(question):
                del self._heard[:_QUESTION_BYTES]
                bursts.append(Burst(_THINKS_S, self.answer(question, state)))
            else:
                del self._heard[0]
        return bursts

    def push(self, state: TrikeState) -> list[Burst]:
        """Nothing: the controller speaks when spoken to."""
        return []

    def answer(self, question: bytes, state: TrikeState) -> bytes:
        """The frame that answers, or refuses."""
        function = question[1]
        start, count = (int.from_bytes(question[at : at + 2], "big") for at in (2, 4))
        if function != _READ:
            return _refusal(function, _NOT_A_FUNCTION)
        if not 0 < count <= _MOST:
            return _refusal(function, _NOT_A_NUMBER)
        if start + count > _REGISTERS:
            return _refusal(function, _NOT_A_REGISTER)
        known = self._registers(state)
        words = (known.get(number, 0) & 0xFFFF for number in range(start, start + count))
        data = b"".join(word.to_bytes(2, "big") for word in words)
        return _frame(bytes((_READ, len(data))) + data)

    def _registers(self, state: TrikeState) -> dict[int, int]:
        motor, gauss = state.motor, self._rng.gauss
        volts = state.pack_voltage_v + gauss(0.0, 0.02)
        amperes = motor.input_a + gauss(0.0, 0.02)
        rpm = round(motor.turns_per_min)
        return {
            258: moved(state.alarms, _FAULTS),
            259: round(motor.controller_c),
            260: round(motor.speed_kmh * 256),
            261: round(motor.motor_c),
            262: round(motor.phase_a * 32),
            263: rpm,
            265: round(volts * 32),
            266: round(amperes * 32),
            267: round(3200 * state.remaining_ah / state.nominal_ah),
            268: round(volts * amperes),
            311: rpm * 16,
            312: rpm * 16,
            334: round(volts * amperes),
        }


def _is_for_us(question: bytes) -> bool:
    return (
        question[0] == _ADDRESS
        and question[1] in _FUNCTIONS
        and crc16_modbus(question[:-2]) == question[-2:]
    )


def _refusal(function: int, reason: int) -> bytes:
    return _frame(bytes((function | 0x80, reason)))


def _frame(body: bytes) -> bytes:
    addressed = bytes((_ADDRESS,)) + body
    return addressed + crc16_modbus(addressed)
