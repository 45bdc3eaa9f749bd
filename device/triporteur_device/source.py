"""One serial line aboard: opened, listened to, asked, opened again when it is lost.

Each source has a thread of its own, for it spends its life waiting for bytes. It hands over what
every good frame said; its counters only grow, so that `health` may be asked from another thread.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable

from triporteur_device.link import Link, LinkLost
from triporteur_device.live import Observation
from triporteur_device.protocols import BadPayload, Discarded, Event, Fault, Frame, ProtocolSpec
from triporteur_wire.messages import SourceHealth

_log = logging.getLogger(__name__)

#: How long one read may wait: the pace at which polls, resets and the stop are looked at.
_READ_TIMEOUT_S = 0.1
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0

Opener = Callable[[], Link]
Sink = Callable[[Observation], None]


class Source:
    """Reads one line until it is told to stop.

    `open_line` raises LinkLost; `mono_ms` is the unit's clock; `sink` is called in this source's
    thread with every good frame's values.
    """

    def __init__(
        self,
        name: str,
        spec: ProtocolSpec,
        open_line: Opener,
        mono_ms: Callable[[], int],
        sink: Sink,
    ) -> None:
        self.name = name
        self._spec = spec
        self._open_line = open_line
        self._mono_ms = mono_ms
        self._sink = sink
        self._heard_ms: int | None = None
        self._frames = 0
        self._refused = 0
        self._discarded: Counter[str] = Counter()
        self._pause_s = _FIRST_PAUSE_S
        self._lost_ms: int | None = None

    def health(self) -> SourceHealth:
        """What was heard on this line since the agent started."""
        heard = self._heard_ms
        return SourceHealth(
            protocol=self._spec.name,
            heard_age_s=None if heard is None else (self._mono_ms() - heard) / 1000,
            frames=self._frames,
            refused=self._refused,
            discarded=dict(self._discarded),
        )

    def run(self, stop: threading.Event) -> None:
        """Listens, and opens the line again when it is lost, until `stop` is set."""
        while not stop.is_set():
            try:
                line = self._open_line()
                try:
                    self._listen(line, stop)
                finally:
                    line.close()
            except LinkLost as error:
                self._note_lost(error)
                stop.wait(self._pause_s)
                self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)

    def _listen(self, line: Link, stop: threading.Event) -> None:
        decoder = self._spec.decoder()
        poller = self._spec.poller() if self._spec.poller else None
        last_byte_ms = self._mono_ms()
        while not stop.is_set():
            request = poller.next_request(self._mono_ms() / 1000) if poller else None
            if request is not None:
                self._ask(line, request)
                decoder.asked(request)
            data = line.read(_READ_TIMEOUT_S)
            now_ms = self._mono_ms()
            if data:
                last_byte_ms = now_ms
                events = decoder.receive(data)
            elif decoder.pending and now_ms - last_byte_ms >= self._spec.quiet_s * 1000:
                events = decoder.reset()
            else:
                continue
            for event in events:
                self._take(event, now_ms)
                if poller and isinstance(event, Frame):
                    poller.received(event, now_ms / 1000)

    def _ask(self, line: Link, request: bytes) -> None:
        # The last gate before the wire: whatever a poller may ask, a battery is only ever read.
        if request not in self._spec.requests:
            raise ValueError(f"{self._spec.name} may not send {request.hex()}")
        line.write(request)

    def _take(self, event: Event, now_ms: int) -> None:
        if isinstance(event, Discarded):
            self._discarded[event.fault] += len(event.raw)
            self._refused += event.fault is not Fault.NOISE
            return
        try:
            values = self._spec.reading(event).values
        except BadPayload:
            self._refused += 1
            self._discarded[Fault.PAYLOAD] += len(event.raw)
            return
        self._frames += 1
        self._heard_ms = now_ms
        self._note_back(now_ms)
        if values:
            self._sink(Observation(self.name, now_ms, values))

    def _note_lost(self, error: LinkLost) -> None:
        if self._lost_ms is None:
            self._lost_ms = self._mono_ms()
            _log.warning("source %s: line lost (%s); trying again", self.name, error)

    def _note_back(self, now_ms: int) -> None:
        self._pause_s = _FIRST_PAUSE_S
        if self._lost_ms is not None:
            _log.info("source %s: back after %d s", self.name, (now_ms - self._lost_ms) // 1000)
            self._lost_ms = None
