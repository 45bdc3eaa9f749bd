"""What is said on one open line: questions out, events in.

A half-duplex adapter hears what it sends, and a sleeping board may send a question back: the
question's own bytes, where they come first, are set aside and never taken for an answer.
"""

from collections.abc import Callable

from triporteur_device.asking import Asking
from triporteur_device.link import Link
from triporteur_device.protocols import Discarded, Event, Fault, Frame, ProtocolSpec

#: How long one read may wait: the pace at which polls, resets and the stop are looked at.
_READ_TIMEOUT_S = 0.1


class Echo:
    """Takes a question off the bytes that follow it, once and if it is whole."""

    def __init__(self) -> None:
        self._awaited = b""
        self._held = b""

    def expect(self, request: bytes) -> None:
        self._awaited = request

    def strip(self, data: bytes) -> tuple[bytes, bytes]:
        """The echo, empty if there was none, and what else there is to decode by now."""
        held, awaited = self._held + data, self._awaited
        if len(held) < len(awaited) and awaited.startswith(held):
            self._held = held
            return b"", b""
        self._held = self._awaited = b""
        if awaited and held.startswith(awaited):
            return awaited, held[len(awaited) :]
        return b"", held

    def give_up(self) -> bytes:
        """The bytes held back, which are no echo: no more of it came."""
        held, self._held, self._awaited = self._held, b"", b""
        return held

    @property
    def pending(self) -> int:
        return len(self._held)


class Conversation:
    """One opening of a line. `mono_ms` is the unit's clock."""

    def __init__(
        self, line: Link, spec: ProtocolSpec, asking: Asking, mono_ms: Callable[[], int]
    ) -> None:
        self._line = line
        self._spec = spec
        self._asking = asking
        self._mono_ms = mono_ms
        self._decoder = spec.decoder()
        self._echo = Echo()
        self._last_byte_ms = mono_ms()
        asking.begin()

    def turn(self) -> list[Event]:
        """Asks what is due, then listens for a tenth of a second at most. Raises LinkLost."""
        events = []
        request = self._asking.next_request(self._mono_ms() / 1000)
        if request is not None:
            # What came before the question is no answer to it.
            events = self._hear(self._line.read(0.0)) + self._give_up()
            self._line.write(request)
            self._decoder.asked(request)
            self._echo.expect(request)
        data = self._line.read(_READ_TIMEOUT_S)
        if data:
            return events + self._hear(data)
        return events + (self._give_up() if self._went_quiet() else [])

    def _hear(self, data: bytes) -> list[Event]:
        if not data:
            return []
        self._last_byte_ms = self._mono_ms()
        echo, rest = self._echo.strip(data)
        events: list[Event] = [Discarded(Fault.ECHO, echo)] if echo else []
        return self._judged(events + self._decoder.receive(rest))

    def _give_up(self) -> list[Event]:
        events = self._decoder.receive(self._echo.give_up())
        return self._judged(events + self._decoder.reset())

    def _went_quiet(self) -> bool:
        silence_ms = self._mono_ms() - self._last_byte_ms
        pending = self._decoder.pending + self._echo.pending
        return bool(pending) and silence_ms >= self._spec.quiet_s * 1000

    def _judged(self, events: list[Event]) -> list[Event]:
        return [self._told(event) for event in events]

    def _told(self, event: Event) -> Event:
        # Behind noise a question comes back as a frame of its protocol.
        if event.raw in self._spec.requests:
            self._asking.echoed()
            return Discarded(Fault.ECHO, event.raw)
        if isinstance(event, Frame):
            self._asking.answered(event, self._mono_ms() / 1000)
        return event
