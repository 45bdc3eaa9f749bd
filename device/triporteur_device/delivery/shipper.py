"""Which records go out next: a window of batches beyond each log's mark. Pure: no MQTT, no clock.

A PUBACK only frees a place in the window. Records are done with when the depot's mark passes
them; when a log's mark stands still for too long while some of it was sent, that log goes again
from its mark, whatever else is being recorded and sent meanwhile.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from triporteur_device.journal import LogState, Stretch

#: Batches without a PUBACK at a time: enough to fill a 4G link of 100 ms, little to send again.
WINDOW = 8
BATCH_RECORDS = 500
#: Longer than a busy depot takes to commit and answer.
RESEND_AFTER_MS = 60_000
_FIRST_PAUSE_MS = 1_000
_LONGEST_PAUSE_MS = 30_000


@dataclass(slots=True)
class _Progress:
    """Of one log: sent up to where, and since when its mark has been `mark`."""

    mark: int
    since_ms: int
    sent_to: int = 0


class Shipper:
    """Says what to send next, and is told what became of it. All times are monotonic ms."""

    def __init__(self) -> None:
        self._logs: dict[int, _Progress] = {}
        self._in_flight: dict[int, tuple[int, int]] = {}
        self._pause_ms = _FIRST_PAUSE_MS
        self._not_before_ms = 0

    def start_over(self) -> None:
        """The connection is new: nothing that was on its way counts any more."""
        self._in_flight.clear()
        for progress in self._logs.values():
            progress.sent_to = 0

    def next(self, logs: Iterable[LogState], now_ms: int) -> Stretch | None:
        """The records to send now, or None: all is sent, the window is full, or a pause is on."""
        logs = list(logs)
        for log in logs:
            self._note_mark(log, now_ms)
        if len(self._in_flight) >= self._window or now_ms < self._not_before_ms:
            return None
        for log in logs:
            after = max(log.mark, self._logs[log.log_id].sent_to)
            if log.last_seq > after:
                return Stretch(log.log_id, after, BATCH_RECORDS)
        return None

    def sent(self, mid: int, log_id: int, first: int, last: int, now_ms: int) -> None:
        """The batch of seqs `first` to `last` left as message `mid`."""
        self._in_flight[mid] = (log_id, first)
        progress = self._logs[log_id]
        if progress.sent_to <= progress.mark:
            progress.since_ms = now_ms  # the depot had nothing to answer before
        progress.sent_to = last

    def accepted(self, mid: int) -> None:
        """The broker has the message; the depot need not."""
        if self._in_flight.pop(mid, None):
            self._pause_ms = _FIRST_PAUSE_MS

    def refused(self, mid: int, now_ms: int) -> None:
        """The broker does not take it (nobody listens, quota, right): again after a pause."""
        log_id, first = self._in_flight.pop(mid, (0, 0))
        progress = self._logs.get(log_id)
        if progress is None:
            return
        progress.sent_to = min(progress.sent_to, first - 1)
        self._not_before_ms = now_ms + self._pause_ms
        self._pause_ms = min(self._pause_ms * 2, _LONGEST_PAUSE_MS)

    @property
    def _window(self) -> int:
        # After a refusal one batch asks the way: more would only be refused with it.
        return WINDOW if self._pause_ms == _FIRST_PAUSE_MS else 1

    def _note_mark(self, log: LogState, now_ms: int) -> None:
        progress = self._logs.setdefault(log.log_id, _Progress(log.mark, now_ms))
        if log.mark < progress.mark:
            progress.sent_to = 0  # the depot lost some: from its mark again
        if log.mark != progress.mark:
            progress.mark, progress.since_ms = log.mark, now_ms
        if progress.sent_to > log.mark and now_ms - progress.since_ms >= RESEND_AFTER_MS:
            progress.sent_to, progress.since_ms = 0, now_ms
