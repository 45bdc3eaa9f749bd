"""What waits for the depot, from the journal's logs and the marks of the last acknowledgement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from triporteur_device.journal import JournalReader, LogState
from triporteur_wire.messages import Ack, Delivery


@dataclass(frozen=True, slots=True)
class Backlog:
    """The logs as the depot knows them, and when the oldest waiting record was taken.

    `oldest_utc_ms` is None when nothing waits, or when its boot never learnt the time.
    """

    logs: Sequence[LogState]
    oldest_utc_ms: int | None

    def delivery(self, connected: bool, now_utc_ms: int | None, durable: bool = True) -> Delivery:
        """The figures for the status. Without UTC the age of what waits is not known (None)."""
        waiting = [log for log in self.logs if log.last_seq > log.mark]
        return Delivery(
            connected=connected,
            waiting=sum(log.last_seq - log.mark - log.given_up for log in waiting),
            oldest_waiting_s=self._oldest_s(now_utc_ms),
            given_up=sum(log.given_up for log in self.logs),
            logs={log.log: log.last_seq for log in [*waiting, *self.logs[-1:]]},
            durable=durable,
        )

    def _oldest_s(self, now_utc_ms: int | None) -> float | None:
        if self.oldest_utc_ms is None or now_utc_ms is None:
            return None
        return max(0, now_utc_ms - self.oldest_utc_ms) / 1000


def read_backlog(journal: JournalReader, ack: Ack) -> Backlog:
    """Reads the logs; marks are those of `ack` where it names the log. Raises sqlite3.Error."""
    logs = [
        replace(log, mark=ack.marks.get(log.log, 0 if ack.epoch else log.mark))
        for log in journal.logs()
    ]
    oldest = next((log for log in logs if log.last_seq > log.mark), None)
    if oldest is None or oldest.utc_offset_ms is None:
        return Backlog(logs, None)
    mono_ms = journal.oldest_mono_ms(oldest)
    return Backlog(logs, None if mono_ms is None else mono_ms + oldest.utc_offset_ms)
