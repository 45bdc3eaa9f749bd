"""One serial line aboard: opened, listened to, asked, opened again when it is lost.

Each source has a thread of its own, for it spends its life waiting for bytes. It hands over what
every good frame said; its counters only grow, so that `health` may be asked from another thread.
"""

import logging
import threading
from collections.abc import Callable
from collections.abc import Set as AbstractSet

from triporteur_device.asking import OFFLINE_AFTER, Asking
from triporteur_device.conversation import Conversation
from triporteur_device.hearing import Hearing
from triporteur_device.link import Link, LinkLost
from triporteur_device.live import Observation
from triporteur_device.protocols import Event, ProtocolSpec
from triporteur_wire.messages import Doubt, SourceHealth

_log = logging.getLogger(__name__)

_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0

#: Opens the line; what is given is all that may be sent there.
Opener = Callable[[AbstractSet[bytes]], Link]
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
        self._hearing = Hearing(spec)
        self._asking = Asking(spec.poller)
        self._pause_s = _FIRST_PAUSE_S
        self._lost_ms: int | None = None

    def health(self) -> SourceHealth:
        """What was heard on this line since the agent started, and what is doubtful now."""
        return self._hearing.health(self._mono_ms(), self._asking.missed, tuple(self._doubts()))

    @property
    def moved_ms(self) -> int | None:
        """When what this line says of the battery last changed; None while it says nothing."""
        return self._hearing.moved_ms

    def run(self, stop: threading.Event) -> None:
        """Listens, and opens the line again when it is lost, until `stop` is set."""
        while not stop.is_set():
            try:
                line = self._open_line(self._spec.requests)
                try:
                    self._listen(line, stop)
                finally:
                    line.close()
            except LinkLost as error:
                self._note_lost(f"line lost ({error}); trying again")
                stop.wait(self._pause_s)
                self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)

    def _listen(self, line: Link, stop: threading.Event) -> None:
        said = Conversation(line, self._spec, self._asking, self._mono_ms)
        while not stop.is_set():
            for event in said.turn():
                self._take(event, self._mono_ms())
            if self._asking.is_offline:
                self._note_lost(f"no answer to {OFFLINE_AFTER} questions; asking more rarely")

    def _take(self, event: Event, now_ms: int) -> None:
        values = self._hearing.take(event, now_ms)
        if values is None:
            return
        self._note_back(now_ms)
        if values:
            self._sink(Observation(self.name, now_ms, values))

    def _doubts(self) -> list[Doubt]:
        if self._lost_ms is None:
            return []
        return [Doubt.OFFLINE, *([Doubt.ECHO] if self._asking.hears_itself else [])]

    def _note_lost(self, why: str) -> None:
        if self._lost_ms is None:
            self._lost_ms = self._mono_ms()
            _log.warning("source %s: %s", self.name, why)

    def _note_back(self, now_ms: int) -> None:
        self._pause_s = _FIRST_PAUSE_S
        if self._lost_ms is not None:
            _log.info("source %s: back after %d s", self.name, (now_ms - self._lost_ms) // 1000)
            self._lost_ms = None
