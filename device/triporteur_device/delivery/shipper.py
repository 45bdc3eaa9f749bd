"""Which records go out next: a window of batches beyond each log's mark. Pure: no MQTT, no clock.

A PUBACK only frees a place in the window. Records are done with when the depot's mark passes
them; when a log's mark stands still for too long while some of it was sent, that log goes again
from its mark, whatever else is being recorded and sent meanwhile: after a minute at first, then
ever more rarely, for a depot that is there and cannot store would cost a month of 4G in a day.

Few records wait for others to travel with, up to `gather_ms`: ten records in a batch of their own
cost ten times what they do in one of a hundred.

The backlog takes a share of the link's time: with a share of a half, a window of batches that was
under way for two seconds is followed by two seconds without any. So the share holds on a slow
link as on a fast one, and nobody has to know how fast it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from triporteur_device.journal import LogState, Stretch

#: Batches without a PUBACK at a time: enough to fill a 4G link of 100 ms, little to send again.
WINDOW = 8
BATCH_RECORDS = 500
#: As many need not wait for others: the batch is as good as full.
_MANY_RECORDS = 250
#: Longer than a busy depot takes to commit and answer.
RESEND_AFTER_MS = 60_000
LONGEST_RESEND_MS = 3_600_000
#: How far a log may be ahead of its mark: the broker's queue holds a fleet's; and of one that
#: stood still, a try.
_AHEAD_RECORDS = 200 * BATCH_RECORDS
_TRY_RECORDS = 2 * WINDOW * BATCH_RECORDS
_FIRST_PAUSE_MS = 1_000
_LONGEST_PAUSE_MS = 30_000


@dataclass(slots=True)
class _Progress:
    """Of one log: sent up to where and when, and since when its mark has been `mark`.

    `sent_ms` is None when what waits need not wait for more. `patience_ms` is how long the mark
    may stand still; `not_before_ms` is when the log may go again after it could not be read.
    """

    mark: int
    since_ms: int
    sent_to: int = 0
    sent_ms: int | None = None
    patience_ms: int = RESEND_AFTER_MS
    not_before_ms: int = 0

    def may_go(self, log: LogState, now_ms: int, gather_ms: int) -> bool:
        after = self.after
        if log.last_seq <= after or now_ms < self.not_before_ms:
            return False
        stands = self.patience_ms > RESEND_AFTER_MS
        if after - log.mark >= (_TRY_RECORDS if stands else _AHEAD_RECORDS):
            return False
        if self.sent_ms is None or log.last_seq - after >= _MANY_RECORDS:
            return True
        return now_ms - self.sent_ms >= gather_ms

    @property
    def after(self) -> int:
        return max(self.mark, self.sent_to)


class Shipper:
    """Says what to send next, and is told what became of it. All times are monotonic ms.

    `share` is the part of its time that the link may be busy with batches, up to 1.
    """

    def __init__(self, share: float = 1.0, gather_ms: int = 0) -> None:
        self._share = share
        self._gather_ms = gather_ms
        self._round_since_ms = 0
        self._round_sent = 0
        self._logs: dict[str, _Progress] = {}
        self._in_flight: dict[int, tuple[str, int]] = {}
        self._pause_ms = _FIRST_PAUSE_MS
        self._not_before_ms = 0

    @property
    def in_flight(self) -> int:
        """How many batches have no PUBACK yet."""
        return len(self._in_flight)

    def start_over(self) -> None:
        """The connection is new: nothing that was on its way counts any more."""
        self._in_flight.clear()
        self._round_sent = 0
        for progress in self._logs.values():
            progress.sent_to = 0
        self.hurry()

    def hurry(self) -> None:
        """What waits now need not wait for more."""
        for progress in self._logs.values():
            progress.sent_ms = None

    def next(self, logs: Iterable[LogState], now_ms: int) -> Stretch | None:
        """The records to send now, or None: all is sent, the window is full, or a pause is on."""
        logs = list(logs)
        for log in logs:
            self._note_mark(log, now_ms)
        if len(self._in_flight) >= self._window or now_ms < self._not_before_ms:
            return None
        if self._share < 1 and self._round_sent >= WINDOW:
            return None  # the rest of this round is waiting for its answers
        for log in logs:
            progress = self._logs[log.log]
            if progress.may_go(log, now_ms, self._gather_ms):
                return Stretch(log.log, progress.after, BATCH_RECORDS)
        return None

    def sent(self, mid: int, log: str, first: int, last: int, now_ms: int) -> None:
        """The batch of seqs `first` to `last` left as message `mid`."""
        if not self._in_flight:
            self._round_since_ms, self._round_sent = now_ms, 0
        self._in_flight[mid] = (log, first)
        self._round_sent += 1
        progress = self._logs[log]
        if progress.sent_to <= progress.mark:
            progress.since_ms = now_ms  # the depot had nothing to answer before
        progress.sent_to, progress.sent_ms = last, now_ms

    def unreadable(self, log: str, now_ms: int) -> None:
        """Nothing of this log could be read now: the others go on."""
        self._logs[log].not_before_ms = now_ms + RESEND_AFTER_MS

    def accepted(self, mid: int, now_ms: int) -> bool:
        """The broker has the message, the depot need not; False when it was no batch."""
        if self._in_flight.pop(mid, None) is None:
            return False
        self._pause_ms = _FIRST_PAUSE_MS
        if not self._in_flight:
            self._leave_the_link(now_ms)
        return True

    def refused(self, mid: int, now_ms: int) -> bool:
        """The broker does not take it (nobody listens, quota, right): again after a pause.

        False when it was no batch.
        """
        log, first = self._in_flight.pop(mid, ("", 0))
        progress = self._logs.get(log)
        if progress is None:
            return False
        progress.sent_to, progress.sent_ms = min(progress.sent_to, first - 1), None
        if not self._in_flight:
            self._round_sent = 0  # a round that ends in a refusal has ended too
        self._not_before_ms = now_ms + self._pause_ms
        self._pause_ms = min(self._pause_ms * 2, _LONGEST_PAUSE_MS)
        return True

    def _leave_the_link(self, now_ms: int) -> None:
        busy_ms = now_ms - self._round_since_ms
        rest_ms = round(busy_ms * (1 - self._share) / self._share)
        self._round_sent = 0
        self._not_before_ms = max(self._not_before_ms, now_ms + min(rest_ms, _LONGEST_PAUSE_MS))

    @property
    def _window(self) -> int:
        # After a refusal one batch asks the way: more would only be refused with it.
        return WINDOW if self._pause_ms == _FIRST_PAUSE_MS else 1

    def _note_mark(self, log: LogState, now_ms: int) -> None:
        progress = self._logs.setdefault(log.log, _Progress(log.mark, now_ms))
        if log.mark < progress.mark:
            progress.sent_to, progress.sent_ms = 0, None  # the depot lost some: from its mark again
        if log.mark != progress.mark:
            progress.mark, progress.since_ms = log.mark, now_ms
            progress.patience_ms = RESEND_AFTER_MS
        if progress.sent_to > log.mark and now_ms - progress.since_ms >= progress.patience_ms:
            progress.sent_to, progress.sent_ms, progress.since_ms = 0, None, now_ms
            progress.patience_ms = min(2 * progress.patience_ms, LONGEST_RESEND_MS)
