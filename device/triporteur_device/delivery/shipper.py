"""Which records go out next: a window of batches beyond each log's mark. Pure: no MQTT, no clock.

A PUBACK only frees a place in the window. Records are done with when the depot's mark passes
them; when the mark stands still for too long after everything was sent, all of it goes again.
"""

from collections.abc import Iterable

from triporteur_device.journal import LogState, Stretch

#: Batches without a PUBACK at a time: enough to fill a 4G link of 100 ms, little to send again.
WINDOW = 8
BATCH_RECORDS = 500
#: Longer than a busy depot takes to commit and answer.
RESEND_AFTER_MS = 60_000
_FIRST_PAUSE_MS = 1_000
_LONGEST_PAUSE_MS = 30_000


class Shipper:
    """Says what to send next, and is told what became of it. All times are monotonic ms."""

    def __init__(self) -> None:
        self._sent_to: dict[int, int] = {}
        self._marks: dict[int, int] = {}
        self._in_flight: dict[int, tuple[int, int]] = {}
        self._pause_ms = _FIRST_PAUSE_MS
        self._not_before_ms = 0
        self._progress_ms = 0

    def start_over(self) -> None:
        """The connection is new: nothing that was on its way counts any more."""
        self._sent_to.clear()
        self._in_flight.clear()

    def next(self, logs: Iterable[LogState], now_ms: int) -> Stretch | None:
        """The records to send now, or None: all is sent, the window is full, or a pause is on."""
        logs = list(logs)
        self._note_marks(logs, now_ms)
        if len(self._in_flight) >= WINDOW or now_ms < self._not_before_ms:
            return None
        if not self._in_flight and now_ms - self._progress_ms >= RESEND_AFTER_MS:
            self._sent_to.clear()
        for log in logs:
            after = max(log.mark, self._sent_to.get(log.log_id, 0))
            if log.last_seq > after:
                return Stretch(log.log_id, after, BATCH_RECORDS)
        return None

    def sent(self, mid: int, log_id: int, first: int, last: int, now_ms: int) -> None:
        """The batch of seqs `first` to `last` left as message `mid`."""
        self._in_flight[mid] = (log_id, first)
        self._sent_to[log_id] = last
        self._progress_ms = now_ms

    def accepted(self, mid: int) -> None:
        """The broker has the message; the depot need not."""
        self._in_flight.pop(mid, None)
        self._pause_ms = _FIRST_PAUSE_MS

    def refused(self, mid: int, now_ms: int) -> None:
        """The broker does not take it (nobody listens, quota, right): again after a pause."""
        log_id, first = self._in_flight.pop(mid, (0, 0))
        self._sent_to[log_id] = min(self._sent_to.get(log_id, 0), first - 1)
        self._not_before_ms = now_ms + self._pause_ms
        self._pause_ms = min(self._pause_ms * 2, _LONGEST_PAUSE_MS)

    def _note_marks(self, logs: list[LogState], now_ms: int) -> None:
        for log in logs:
            before = self._marks.get(log.log_id)
            if log.mark != before:
                self._progress_ms = now_ms
            if before is not None and log.mark < before:
                self._sent_to.pop(log.log_id, None)  # the depot lost some: from its mark again
            self._marks[log.log_id] = log.mark
