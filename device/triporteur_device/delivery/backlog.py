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

    def delivery(self, *, connected: bool, now_utc_ms: int | None) -> Delivery:
        """The figures for the status. Without UTC the age of what waits is not known (None)."""
        waiting = [log for log in self.logs if log.last_seq > log.mark]
        return Delivery(
            connected=connected,
            waiting=sum(log.last_seq - log.mark - log.given_up for log in waiting),
            oldest_waiting_s=self._oldest_s(now_utc_ms),
            given_up=sum(log.given_up for log in self.logs),
            logs={log.log: log.last_seq for log in [*waiting, *self.logs[-1:]]},
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
    for log in logs:
        if log.last_seq > log.mark and log.utc_offset_ms is not None:
            mono_ms = journal.oldest_mono_ms(log)
            return Backlog(logs, None if mono_ms is None else mono_ms + log.utc_offset_ms)
    return Backlog(logs, None)


def merged(known: Ack, news: Ack) -> Ack:
    """The marks that hold after `news`: another epoch forgets every mark it does not name."""
    if known.epoch != news.epoch:
        return news
    return Ack(known.epoch, known.marks | news.marks)
