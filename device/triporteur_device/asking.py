"""Which question goes out next, and what silence after a question means.

A question is missed when the next one is due and no good frame came between. After five in a row
the device is offline: asleep, switched off, unplugged. It is then asked more and more rarely.
"""

from collections.abc import Callable
from math import inf

from triporteur_device.protocols import Frame, Poller

OFFLINE_AFTER = 5
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0


class Asking:
    """Asks one device what its poller wants to know. `make_poller` is None to only listen."""

    def __init__(self, make_poller: Callable[[], Poller] | None) -> None:
        self._make_poller = make_poller
        self._poller: Poller | None = None
        self._waits = False
        self._echoed = False
        self._not_before_s = -inf
        self._pause_s = _FIRST_PAUSE_S
        self._in_a_row = 0
        #: Questions missed since the start.
        self.missed = 0
        #: Whether all that came after the last question missed was the question itself.
        self.hears_itself = False

    @property
    def is_offline(self) -> bool:
        return self._in_a_row >= OFFLINE_AFTER

    def begin(self) -> None:
        """The line was opened: the questions begin anew, at once."""
        self._poller = self._make_poller() if self._make_poller else None
        self._waits = False
        self._not_before_s = -inf

    def next_request(self, now_s: float) -> bytes | None:
        """The question due now, or None. `now_s` is monotonic; to be called often."""
        if self._poller is None or now_s < self._not_before_s:
            return None
        request = self._poller.next_request(now_s)
        if request is not None:
            if self._waits:
                self._miss(now_s)
            self._waits, self._echoed = True, False
        return request

    def echoed(self) -> None:
        """The question came back."""
        self._echoed = True

    def answered(self, frame: Frame, now_s: float) -> None:
        """Takes a good frame for an answer, whatever it says."""
        self._waits = self.hears_itself = False
        self._in_a_row = 0
        self._not_before_s, self._pause_s = -inf, _FIRST_PAUSE_S
        if self._poller:
            self._poller.received(frame, now_s)

    def _miss(self, now_s: float) -> None:
        self.missed += 1
        self._in_a_row += 1
        self.hears_itself = self._echoed
        if self.is_offline:
            self._not_before_s = now_s + self._pause_s
            self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)
