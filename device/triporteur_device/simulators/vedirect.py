"""A Victron SmartShunt on its VE.Direct port: text blocks once a second, unasked.

From Victron's "VE.Direct Protocol" and captured blocks (jblance/mpp-solar, karioja/vedirect).
"""

from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.instrument import Burst
from triporteur_device.simulators.state import TrikeState

_HEX_SHARE = 0.03
"""Blocks with an asynchronous HEX line in them; 0.2 to 3 % in captures."""
_STILL_A = 0.05
_LONGEST_MIN = 14_400
_LOW_CELL_V = 3.2
_LOW_SOC = 0.1
_LOW_VOLTAGE_ALARM, _LOW_SOC_ALARM = 1, 4
_CHECKSUM_LABEL = b"\r\nChecksum\t"
_VOLTAGE_REGISTER = 0xED8D


class VeDirectDevice:
    """Sends a live block and a history block in turn; deaf, as text mode needs no request."""

    baud = 19200
    push_every_s: float | None = 1.0

    def __init__(self, seed: int) -> None:
        self._rng = dice(seed, "vedirect")
        self._history_next = False

    def receive(self, data: bytes, state: TrikeState) -> list[Burst]:
        """Nothing: the port is only ever read."""
        return []

    def push(self, state: TrikeState) -> list[Burst]:
        """The next block, sometimes with a HEX line between two of its fields."""
        block = self.history_block(state) if self._history_next else self.live_block(state)
        self._history_next = not self._history_next
        if self._rng.random() < _HEX_SHARE:
            block = self._interrupt(block, state)
        return [Burst(0.0, block)]

    def live_block(self, state: TrikeState) -> bytes:
        """What the shunt measures now."""
        voltage_v = state.pack_voltage_v + self._rng.gauss(0.0, 0.002)
        current_a = state.current_a + self._rng.gauss(0.0, 0.004)
        charge = max(1.0 + state.consumed_ah / state.nominal_ah, 0.0)
        alarms = _alarms(state, charge)
        return text_block(
            f"\r\nPID\t0xA389\r\nV\t{voltage_v * 1000:.0f}\r\nI\t{round(current_a * 1000)}"
            f"\r\nP\t{round(voltage_v * current_a)}\r\nCE\t{round(state.consumed_ah * 1000)}"
            f"\r\nSOC\t{charge * 1000:.0f}\r\nTTG\t{_minutes_to_go(state)}"
            f"\r\nAlarm\t{'ON' if alarms else 'OFF'}\r\nAR\t{alarms}"
            "\r\nBMV\tSmartShunt 500A/50mV\r\nFW\t0414\r\nMON\t0"
        )

    def history_block(self, state: TrikeState) -> bytes:
        """What the shunt has seen in its life; no auxiliary input, so no H15 and H16."""
        shunt = state.shunt
        values = (
            ("H1", shunt.deepest_ah * 1000),
            ("H2", shunt.last_ah * 1000),
            ("H3", shunt.average_ah * 1000),
            ("H4", shunt.cycles),
            ("H5", 0),
            ("H6", shunt.total_drawn_ah * 1000),
            ("H7", shunt.min_v * 1000),
            ("H8", shunt.max_v * 1000),
            ("H9", shunt.since_full_s),
            ("H10", shunt.full_charges),
            ("H11", 0),
            ("H12", 0),
            ("H17", shunt.energy_out_wh / 10),
            ("H18", shunt.energy_in_wh / 10),
        )
        return text_block("".join(f"\r\n{label}\t{round(value)}" for label, value in values))

    def _interrupt(self, block: bytes, state: TrikeState) -> bytes:
        fields = block.split(b"\r\n")
        place = self._rng.randrange(2, len(fields) - 1)
        before, after = b"\r\n".join(fields[:place]), b"\r\n".join(fields[place:])
        return before + _asynchronous(state) + b"\r\n" + after


def text_block(text: str) -> bytes:
    """The lines with the byte that brings their sum to nought."""
    body = text.encode("ascii") + _CHECKSUM_LABEL
    return body + bytes((-sum(body) & 0xFF,))


def _asynchronous(state: TrikeState) -> bytes:
    """The HEX message of a changed voltage: command A, register, flags, value, check."""
    centivolts = round(state.pack_voltage_v * 100)
    data = _VOLTAGE_REGISTER.to_bytes(2, "little") + b"\0" + centivolts.to_bytes(2, "little")
    check = (0x55 - 0xA - sum(data)) & 0xFF
    return f":A{data.hex().upper()}{check:02X}\n".encode("ascii")


def _alarms(state: TrikeState, charge: float) -> int:
    low_voltage = state.pack_voltage_v < _LOW_CELL_V * len(state.cells_v)
    return low_voltage * _LOW_VOLTAGE_ALARM | (charge < _LOW_SOC) * _LOW_SOC_ALARM


def _minutes_to_go(state: TrikeState) -> int:
    if state.mean_a > -_STILL_A:
        return -1
    left_ah = max(state.nominal_ah + state.consumed_ah, 0.0)
    return min(round(60 * left_ah / -state.mean_a), _LONGEST_MIN)
