"""What a simulated instrument is to the terminal that carries its bytes."""

from dataclasses import dataclass
from typing import Protocol

from triporteur_device.simulators.state import TrikeState


@dataclass(frozen=True, slots=True)
class Burst:
    """Bytes sent without a break after `after_s` seconds of silence on the line."""

    after_s: float
    data: bytes


class Instrument(Protocol):
    """One end of a serial line, without the line and without a clock."""

    baud: int
    push_every_s: float | None
    """Seconds between what it sends unasked; None: it only answers."""

    def receive(self, data: bytes, state: TrikeState) -> list[Burst]:
        """What it answers to these bytes, cut anywhere, while the trike is in this state."""
        ...

    def push(self, state: TrikeState) -> list[Burst]:
        """What it sends unasked."""
        ...
