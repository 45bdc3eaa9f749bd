"""What will never arrive: which seqs, and why."""

import sqlite3
from collections.abc import Iterable, Iterator

from triporteur_depot.ingest.coverage import Span
from triporteur_wire.envelope import GivenUp

_UNSAID = "not said"
#: As long as a batch may give one.
_LONGEST_REASON = 200

#: First seq, last seq (None when nobody knows it) and reason.
Lost = tuple[int, int | None, str]
INSERT = """INSERT OR IGNORE INTO given_up (log_id, first, last, reason, declared_utc_ms)
VALUES (?, ?, ?, ?, ?)"""


def explained(holes: Iterable[Span], given_up: Iterable[GivenUp]) -> Iterator[Lost]:
    """The holes, cut where what was said of them changes; both ascending and disjoint."""
    rest = iter(given_up)
    said = next(rest, None)
    for first, last in holes:
        while first <= last:
            while said and said.last < first:
                said = next(rest, None)
            if not said or said.first > last:
                yield first, last, _UNSAID
                break
            if said.first > first:
                yield first, said.first - 1, _UNSAID
            yield max(first, said.first), min(last, said.last), said.reason
            first = said.last + 1


def declare(connection: sqlite3.Connection, log_id: int, lost: Iterable[Lost], now_ms: int) -> None:
    """Notes ranges that will never arrive, each of them once."""
    connection.executemany(
        INSERT,
        ((log_id, first, last, reason[:_LONGEST_REASON], now_ms) for first, last, reason in lost),
    )
