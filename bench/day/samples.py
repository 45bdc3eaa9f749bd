"""A day of a trike as its devices tell it, through the real decoders, into a file.

Ten hours out (two rides and a market between them), fourteen at the depot with the charger
plugged in. The board and the shunt speak once a second all day, the motor's controller while the
trike is out; no decoder reads that one yet, so its values come straight from the model.

`python -m bench.day.samples FILE`
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from triporteur_device.live import Observation
from triporteur_device.protocols import PROTOCOLS, Decoder, Frame
from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.jbd import JbdDevice
from triporteur_device.simulators.parameters import DAY_S, MONDAY_S, Phase, TrikeParameters
from triporteur_device.simulators.state import TrikeState
from triporteur_device.simulators.trike import TrikeModel
from triporteur_device.simulators.vedirect import VeDirectDevice
from triporteur_wire.quantities import Value

PROTOCOL_OF = {"battery": "jbd", "shunt": "vedirect", "motor": "vedirect"}
_BASIC, _CELLS = 0x03, 0x04
_HISTORY_EVERY_S = 300
_SEED = 3
_OUT = {Phase.RIDING, Phase.ON_SITE}
_TRIKE = TrikeParameters(ride_minutes=40.0, site_hours=8 + 40 / 60, departure_hour=8.0)

_DECODER = msgspec.msgpack.Decoder(tuple[str, int, dict[str, Value]])
_ENCODER = msgspec.msgpack.Encoder()
_LENGTH_BYTES = 4


def write(path: Path) -> int:
    """Makes the day; gives the number of its samples."""
    count = 0
    with path.open("wb") as out:
        for seen in _Instruments().day():
            row = _ENCODER.encode((seen.source, seen.mono_ms, seen.values))
            out.write(len(row).to_bytes(_LENGTH_BYTES, "big") + row)
            count += 1
    return count


def read(path: Path) -> Iterator[Observation]:
    """The samples of the day, in order."""
    with path.open("rb") as rows:
        while head := rows.read(_LENGTH_BYTES):
            source, mono_ms, values = _DECODER.decode(rows.read(int.from_bytes(head, "big")))
            yield Observation(source, mono_ms, values)


class _Instruments:
    """The three devices, their decoders, and the trike they are fixed to."""

    def __init__(self) -> None:
        self._model = TrikeModel(_TRIKE, _SEED, MONDAY_S)
        self._board, self._shunt = JbdDevice(_SEED), VeDirectDevice(_SEED)
        self._jbd = PROTOCOLS["jbd"].decoder()
        self._vedirect = PROTOCOLS["vedirect"].decoder()
        self._rng = dice(_SEED, "motor")

    def day(self) -> Iterator[Observation]:
        for second in range(1, DAY_S):
            self._model.advance(1)
            yield from self._second(1000 * second, self._model.state)

    def _second(self, now_ms: int, state: TrikeState) -> Iterator[Observation]:
        board, shunt = self._board, self._shunt
        yield from _heard("battery", self._jbd, board.answer(_BASIC, state), now_ms + 100)
        yield from _heard("battery", self._jbd, board.answer(_CELLS, state), now_ms + 200)
        yield from _heard("shunt", self._vedirect, shunt.live_block(state), now_ms + 400)
        if now_ms // 1000 % _HISTORY_EVERY_S == 0:
            yield from _heard("shunt", self._vedirect, shunt.history_block(state), now_ms + 500)
        if state.phase in _OUT:
            yield Observation("motor", now_ms + 700, self._motor(state))

    def _motor(self, state: TrikeState) -> dict[str, Value]:
        rides = state.speed_kmh > 0
        speed_kmh = max(0.0, state.speed_kmh + self._rng.gauss(0, 0.3)) if rides else 0.0
        share = speed_kmh / 25
        motor_a = state.load_w / state.pack_voltage_v / max(share, 0.2) if rides else 0.0
        return {
            "input_voltage_v": state.pack_voltage_v + self._rng.gauss(0, 0.02),
            "motor_current_a": motor_a + self._rng.gauss(0, 0.2) * rides,
            "speed_kmh": speed_kmh,
            "erpm": round(speed_kmh * 260),
            "duty_ratio": share,
            "controller_temp_c": state.ambient_c + motor_a + self._rng.gauss(0, 0.1),
            "motor_temp_c": state.ambient_c + 2 * motor_a + self._rng.gauss(0, 0.1),
            "fault": "none",
        }


def _heard(source: str, decoder: Decoder, data: bytes, now_ms: int) -> Iterator[Observation]:
    spec = PROTOCOLS[PROTOCOL_OF[source]]
    for event in decoder.receive(data):
        if isinstance(event, Frame):
            yield Observation(source, now_ms, spec.reading(event).values)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
