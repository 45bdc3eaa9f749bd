"""What one candidate makes of a line."""

from collections.abc import Callable

from triporteur_device.asking import Asking
from triporteur_device.conversation import Conversation
from triporteur_device.detection.candidates import Candidate
from triporteur_device.detection.plausible import implausible
from triporteur_device.link import Link
from triporteur_device.protocols import BadPayload, Discarded, Event, Fault
from triporteur_wire.quantities import Value

#: Frames that are no chance: of whoever speaks unasked, in the right words at the right speed.
_SURE_FRAMES = 2
_MISSES = 3
#: A round of questions, so that cells and pack are both told.
_ROUND_MS = 1_500
_LONGEST_MS = 6_000


class Ear:
    """Takes bytes or events for its candidate's, and adds up what they say."""

    def __init__(self, candidate: Candidate) -> None:
        self.candidate = candidate
        self.frames = 0
        self.values: dict[str, Value] = {}
        self.echo_bytes = 0
        self.garbled_bytes = 0
        self._decoder = candidate.spec.decoder()

    @property
    def is_sure(self) -> bool:
        """Whether this is somebody who speaks unasked, and says something."""
        return self.frames >= _SURE_FRAMES and bool(self.values)

    @property
    def oddity(self) -> str:
        """What in the figures cannot be; empty when nothing."""
        return implausible(self.values)

    @property
    def told(self) -> str:
        """The attempt's result in words."""
        if self.frames:
            odd = self.oddity if self.candidate.spec.requests else ""
            return f"{self.frames} good frames" + (f", but {odd}" if odd else "")
        if self.garbled_bytes:
            return f"{self.garbled_bytes} bytes, no frame"
        return "only the question came back" if self.echo_bytes else "nothing"

    def listen(self, data: bytes) -> None:
        self.take(self._decoder.receive(data))

    def take(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Discarded):
                if event.fault is Fault.ECHO:
                    self.echo_bytes += len(event.raw)
                else:
                    self.garbled_bytes += len(event.raw)
                continue
            try:
                self.values |= self.candidate.spec.reading(event).values
            except BadPayload:
                self.garbled_bytes += len(event.raw)
            else:
                self.frames += 1


def ask(line: Link, candidate: Candidate, mono_ms: Callable[[], int]) -> Ear:
    """Asks until a whole round was answered, or three questions in a row were not.

    Raises LinkLost.
    """
    ear, asking = Ear(candidate), Asking(candidate.spec.poller)
    conversation = Conversation(line, candidate.spec, asking, mono_ms)
    begun_ms = mono_ms()
    first_ms: int | None = None
    while mono_ms() < begun_ms + _LONGEST_MS:
        ear.take(conversation.turn())
        if ear.frames and first_ms is None:
            first_ms = mono_ms()
        if first_ms is None and asking.missed >= _MISSES:
            break
        if first_ms is not None and mono_ms() >= first_ms + _ROUND_MS and not ear.oddity:
            break
    return ear
