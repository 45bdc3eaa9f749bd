"""What the messages of one transaction add up to, written once at its end."""

import sqlite3
from collections import Counter
from collections.abc import Iterable

from triporteur_depot.ingest.coverage import Span

#: Rolling up is done a range at a time, and should not hold the database for long.
_LARGEST_RANGE = 2_000
#: About a tenth of a second.
_MOST_RECORDS, _MOST_BYTES = 10_000, 8_000_000


class Tally:
    """Of one transaction: nothing of it counts until it is written."""

    def __init__(self) -> None:
        self.records = self.body_bytes = 0
        self._units: set[int] = set()
        self._stored: Counter[int] = Counter()
        self._latest_start_ms: dict[int, int] = {}
        self._dirty: dict[int, list[Span]] = {}

    def touch(self, unit_id: int) -> None:
        """Pages of this unit have changed."""
        # Only a status says how the unit fares: a batch must not make its readings look fresh.
        self._units.add(unit_id)

    def stored(self, log_id: int, records: int, latest_start_ms: int) -> None:
        """So many records of the log are new, and its boot began no later than this (UTC)."""
        self._stored[log_id] += records
        known_ms = self._latest_start_ms.get(log_id, latest_start_ms)
        self._latest_start_ms[log_id] = min(known_ms, latest_start_ms)

    def weigh(self, records: int, body_bytes: int) -> None:
        """So much of the transaction's room is taken, whether it was new or not."""
        self.records += records
        self.body_bytes += body_bytes

    @property
    def is_full(self) -> bool:
        """Whether the transaction is long enough: others wait to write."""
        return self.records >= _MOST_RECORDS or self.body_bytes >= _MOST_BYTES

    def dirty(self, log_id: int, held: Iterable[Span]) -> None:
        """There is telemetry in these spans to be rolled up."""
        spans = self._dirty.setdefault(log_id, [])
        for first, last in held:
            if spans and spans[-1][1] + 1 == first and last - spans[-1][0] < _LARGEST_RANGE:
                spans[-1] = spans[-1][0], last
            else:
                spans.append((first, last))

    def write(self, connection: sqlite3.Connection) -> None:
        connection.executemany(
            "UPDATE units SET revision = revision + 1 WHERE id = ?",
            ((unit_id,) for unit_id in self._units),
        )
        connection.executemany(
            """UPDATE logs SET stored = stored + ?1,
            latest_start_utc_ms = min(?2, coalesce(latest_start_utc_ms, ?2)) WHERE id = ?3""",
            (
                (records, self._latest_start_ms[log_id], log_id)
                for log_id, records in self._stored.items()
            ),
        )
        connection.executemany(
            "INSERT INTO dirty (log_id, first, last) VALUES (?, ?, ?)",
            ((log_id, *span) for log_id, spans in self._dirty.items() for span in spans),
        )
