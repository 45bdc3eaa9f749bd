"""What waits for the depot, from the journal's logs and the marks of the last acknowledgement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from triporteur_device.delivery.journals import Journals
from triporteur_device.journal import LogState
from triporteur_wire.messages import MAX_LOGS, Ack, Delivery

#: The rest of the room is for logs whose marks the unit wants confirmed.
_MOST_NAMED = MAX_LOGS // 4


@dataclass(frozen=True, slots=True)
class Backlog:
    """The logs as the depot knows them, and when the oldest waiting record was taken.

    `current` are the logs that are being written. `oldest_utc_ms` is None when nothing waits, or
    when its boot never learnt the time.
    """

    logs: Sequence[LogState]
    current: Sequence[LogState]
    oldest_utc_ms: int | None

    def delivery(self, connected: bool, now_utc_ms: int | None, durable: bool = True) -> Delivery:
        """The figures for the status. Without UTC the age of what waits is not known (None)."""
        waiting = [log for log in self.logs if log.last_seq > log.mark]
        return Delivery(
            connected=connected,
            waiting=sum(max(0, log.last_seq - log.mark - log.given_up) for log in waiting),
            oldest_waiting_s=self._oldest_s(now_utc_ms),
            given_up=sum(log.given_up for log in self.logs),
            logs={log.log: log.last_seq for log in self._named(waiting)},
            durable=durable,
        )

    def _named(self, waiting: Sequence[LogState]) -> Sequence[LogState]:
        """Those that the status has room for, and leaves room for others."""
        return [*self.current, *waiting[: _MOST_NAMED - len(self.current)]]

    def _oldest_s(self, now_utc_ms: int | None) -> float | None:
        if self.oldest_utc_ms is None or now_utc_ms is None:
            return None
        return max(0, now_utc_ms - self.oldest_utc_ms) / 1000


def read_backlog(journals: Journals, ack: Ack) -> Backlog:
    """Reads the logs; marks are those of `ack` where it names the log. Raises sqlite3.Error."""
    files = [
        [replace(log, mark=ack.marks.get(log.log, 0 if ack.epoch else log.mark)) for log in file]
        for file in journals.files()
    ]
    logs = list(chain.from_iterable(files))
    current = [file[-1] for file in files if file]
    oldest = [_taken_utc_ms(journals, file) for file in files]
    return Backlog(logs, current, min((utc_ms for utc_ms in oldest if utc_ms), default=None))


def _taken_utc_ms(journals: Journals, file: Sequence[LogState]) -> int | None:
    """When the first record of a file that waits was taken; None when none does or nobody knows."""
    log = next((log for log in file if log.last_seq > log.mark), None)
    if log is None or log.utc_offset_ms is None:
        return None
    mono_ms = journals.oldest_mono_ms(log)
    return None if mono_ms is None else mono_ms + log.utc_offset_ms
