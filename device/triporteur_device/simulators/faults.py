"""What goes wrong between an instrument and the one who reads it, and aboard the trike."""

from collections.abc import Callable
from enum import StrEnum

from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.instrument import Burst, Instrument
from triporteur_device.simulators.state import TrikeState
from triporteur_device.simulators.trike import TrikeModel


class LineFault(StrEnum):
    """A fault of one instrument or of its line, on or off."""

    #: bytes of no frame, before, within and behind what it sends
    NOISE = "noise"
    #: bytes are lost on the way
    DROPOUT = "dropout"
    #: it neither answers nor speaks
    SLEEP = "sleep"
    #: what it is asked comes back before the answer
    ECHO = "echo"
    #: it goes on, but says for ever, to the byte, what was true when this began
    FROZEN = "frozen"


class TrikeFault(StrEnum):
    """A fault of the trike itself, which every instrument tells in its own words."""

    #: one cell falls behind the others
    DRIFT = "drift"
    #: the battery spent the night in the frost
    COLD = "cold"
    #: more is drawn than the board allows
    OVERCURRENT = "overcurrent"


_SPOILED_SHARE = 0.3
#: What speaks unasked says two things in turn at most.
_TURNS = 2
_MOST_NOISE = 8
_DRIFT_MV, _COLD_C, _TOO_MUCH_W = 250.0, -8.0, 2600.0


class Faulty:
    """Any instrument, with the faults that are switched on in `active` at that moment."""

    def __init__(self, instrument: Instrument, seed: int, active: set[LineFault]) -> None:
        self.baud = instrument.baud
        self.push_every_s = instrument.push_every_s
        self._instrument = instrument
        self._active = active
        self._rng = dice(seed, "faults", instrument.baud)
        self._held: dict[bytes | int, list[Burst]] = {}
        self._pushed = 0

    def receive(self, data: bytes, state: TrikeState) -> list[Burst]:
        """What comes back for these bytes: their echo, and the instrument's answer, spoilt."""
        echo = [Burst(0.0, data)] if data and LineFault.ECHO in self._active else []
        if LineFault.SLEEP in self._active:
            return echo
        return echo + self._spoilt(self._said(data, lambda: self._instrument.receive(data, state)))

    def push(self, state: TrikeState) -> list[Burst]:
        """What the instrument sends unasked, spoilt."""
        if LineFault.SLEEP in self._active:
            return []
        self._pushed += 1
        return self._spoilt(self._said(self._pushed % _TURNS, lambda: self._instrument.push(state)))

    def _said(self, asked: bytes | int, say: Callable[[], list[Burst]]) -> list[Burst]:
        """What it says to these bytes, or unasked in its turn; while frozen, what it said then."""
        if LineFault.FROZEN not in self._active:
            self._held.clear()
            return say()
        if asked not in self._held:
            self._held[asked] = say()
        return self._held[asked]

    def _spoilt(self, bursts: list[Burst]) -> list[Burst]:
        if LineFault.DROPOUT in self._active:
            bursts = [self._perhaps(burst, self._shortened) for burst in bursts]
        if LineFault.NOISE in self._active:
            bursts = [self._perhaps(burst, self._stained) for burst in bursts]
        return [burst for burst in bursts if burst.data]

    def _perhaps(self, burst: Burst, spoil: Callable[[bytes], bytes]) -> Burst:
        if self._rng.random() >= _SPOILED_SHARE:
            return burst
        return Burst(burst.after_s, spoil(burst.data))

    def _shortened(self, data: bytes) -> bytes:
        start = self._rng.randrange(len(data))
        return data[:start] + data[self._rng.randint(start + 1, len(data)) :]

    def _stained(self, data: bytes) -> bytes:
        place = self._rng.randint(0, len(data))
        return data[:place] + self._rng.randbytes(self._rng.randint(1, _MOST_NOISE)) + data[place:]


def afflict(model: TrikeModel, fault: TrikeFault, *, on: bool) -> None:
    """Let the trike suffer this fault, or no longer."""
    match fault:
        case TrikeFault.DRIFT:
            model.set_drift_mv(_DRIFT_MV if on else None)
        case TrikeFault.COLD:
            model.set_ambient_c(_COLD_C if on else None)
        case TrikeFault.OVERCURRENT:
            model.set_load_w(_TOO_MUCH_W if on else None)
