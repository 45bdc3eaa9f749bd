"""A line in memory between a simulated instrument and the real source, under its own clock."""

import threading
from collections.abc import Callable
from collections.abc import Set as AbstractSet

from triporteur_device.link import ReadOnlyLink
from triporteur_device.live import Observation
from triporteur_device.protocols import PROTOCOLS, Fitting
from triporteur_device.protocols.modbus_maps import PHASERUNNER
from triporteur_device.simulators.instrument import Burst, Instrument
from triporteur_device.simulators.state import TrikeState
from triporteur_device.source import Source

State = Callable[[float], TrikeState]

#: What the simulated trike was fitted with.
FITTING = Fitting(wheel_circumference_m=1.6, erpm_per_turn=100.0, registers=PHASERUNNER)


class Wire:
    """Carries bytes for so many `seconds` of its clock; `state` is asked for each instant."""

    def __init__(self, instrument: Instrument, state: State, seconds: float) -> None:
        self._instrument = instrument
        self._state = state
        self._ends_s = seconds
        self._on_its_way = b""
        self._pushes_s = 0.0
        self.now_s = 0.0
        self.sent = 0
        self.asked = 0
        self.ended = threading.Event()

    def open(self, requests: AbstractSet[bytes]) -> ReadOnlyLink:
        return ReadOnlyLink(self, requests)

    def read(self, timeout_s: float) -> bytes:
        self.now_s += timeout_s
        every_s = self._instrument.push_every_s
        if every_s is not None and self.now_s >= self._pushes_s:
            self._pushes_s = self.now_s + every_s
            self._carry(self._instrument.push(self._state(self.now_s)))
        if self.now_s >= self._ends_s:
            self.ended.set()
        data, self._on_its_way = self._on_its_way, b""
        return data

    def write(self, data: bytes) -> None:
        self.asked += len(data)
        self._carry(self._instrument.receive(data, self._state(self.now_s)))

    def close(self) -> None:
        pass

    def _carry(self, bursts: list[Burst]) -> None:
        data = b"".join(burst.data for burst in bursts)
        self.sent += len(data)
        self._on_its_way += data


def listen(protocol: str, wire: Wire) -> tuple[Source, list[Observation]]:
    """The real source after it has listened to all of the wire, and what it observed."""
    seen: list[Observation] = []
    spec = PROTOCOLS[protocol].fitted(FITTING)
    source = Source(protocol, spec, wire.open, lambda: round(wire.now_s * 1000), seen.append)
    source.run(wire.ended)
    return source, seen
