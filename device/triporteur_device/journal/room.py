"""Keeping a journal within its budget on the card, and saying what that cost.

In this order, oldest first: records that the depot has are forgotten; telemetry that it does not
have is thinned to one record in ten; thinned telemetry is dropped. Every other kind of record is
kept whatever happens. What was thinned or dropped is declared in `given_up`, so that the depot
learns of it with the batch that covers it. A log of which the depot had everything and nothing is
left is forgotten whole: another depot, which would be told of forgotten records, never hears of it.
"""

import sqlite3
from collections.abc import Iterable, Iterator

from triporteur_wire.records import TELEMETRY

THINNED = "storage full: one record in ten kept"
DROPPED = "storage full"
_STEP_RECORDS = 5_000
_ONE_KEPT_IN = 10
#: Logs that stay even when nothing of them is left: a month of a unit that is used every day.
_LOGS_KEPT = 100
#: A file that is larger than its budget by more than a sixteenth gives 1 MB back with each commit;
#: less is soon written again, and to move pages wears the card.
_SLACK = 16
_GIVEN_BACK_PAGES = 1024


def used_bytes(connection: sqlite3.Connection) -> int:
    """What the records and their tables take; pages that wait to be used again do not count."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    return int((pages - free) * page_bytes)


def make_room(connection: sqlite3.Connection, budget_bytes: int) -> None:
    """Frees space, inside the caller's transaction, until the journal is within its budget.

    It stays above only when nothing but what is never dropped is left.
    """
    while used_bytes(connection) > budget_bytes:
        if not (_forget(connection) or _thin(connection) or _drop(connection)):
            break
    _give_back(connection, budget_bytes)


def _give_back(connection: sqlite3.Connection, budget_bytes: int) -> None:
    """Returns free pages to the card, some at a time, while the file is too large."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    if pages * page_bytes > budget_bytes + budget_bytes // _SLACK:
        for _ in range(_GIVEN_BACK_PAGES):  # asked for more, it frees one for each row taken
            connection.execute("PRAGMA incremental_vacuum(1)")


def _forget(connection: sqlite3.Connection) -> bool:
    row = connection.execute(
        """SELECT id, mark, forgotten_to FROM logs WHERE forgotten_to < mark
        AND EXISTS (SELECT 1 FROM records WHERE log_id = logs.id AND seq <= mark)
        ORDER BY id LIMIT 1"""
    ).fetchone()
    if row is None:
        return False
    log_id, mark, forgotten_to = row
    until = min(mark, forgotten_to + _STEP_RECORDS)
    connection.execute("DELETE FROM records WHERE log_id = ? AND seq <= ?", (log_id, until))
    connection.execute(
        "DELETE FROM given_up WHERE log_id = ? AND first <= ? AND last <= ?",
        (log_id, until, until),
    )
    connection.execute("UPDATE logs SET forgotten_to = ? WHERE id = ?", (until, log_id))
    _forget_logs(connection)
    return True


def _forget_logs(connection: sqlite3.Connection) -> None:
    """Deletes the rows of old logs of which the depot had everything and nothing is left."""
    gone = connection.execute(
        """SELECT id FROM logs
        WHERE id < (SELECT id FROM logs ORDER BY id DESC LIMIT 1 OFFSET ?)
        AND max(last_seq, forgotten_to) <= mark
        AND NOT EXISTS (SELECT 1 FROM records WHERE log_id = logs.id)""",
        (_LOGS_KEPT - 1,),
    ).fetchall()
    connection.executemany("DELETE FROM given_up WHERE log_id = ?", gone)
    connection.executemany("DELETE FROM logs WHERE id = ?", gone)


def _thin(connection: sqlite3.Connection) -> bool:
    row = connection.execute(
        """SELECT id, max(mark, thinned_to) AS done FROM logs
        WHERE EXISTS (SELECT 1 FROM records WHERE log_id = logs.id AND kind = ?
                      AND seq > max(mark, thinned_to))
        ORDER BY id LIMIT 1""",
        (TELEMETRY,),
    ).fetchone()
    if row is None:
        return False
    log_id, done = row
    seqs = _telemetry(connection, log_id, done)
    dropped = [seq for number, seq in enumerate(seqs) if number % _ONE_KEPT_IN]
    _give_up(connection, log_id, dropped, THINNED)
    connection.execute("UPDATE logs SET thinned_to = ? WHERE id = ?", (seqs[-1], log_id))
    return True


def _drop(connection: sqlite3.Connection) -> bool:
    row = connection.execute(
        """SELECT log_id FROM records WHERE kind = ? ORDER BY log_id LIMIT 1""", (TELEMETRY,)
    ).fetchone()
    if row is None:
        return False
    _give_up(connection, row[0], _telemetry(connection, row[0], 0), DROPPED)
    return True


def _telemetry(connection: sqlite3.Connection, log_id: int, after: int) -> list[int]:
    rows = connection.execute(
        "SELECT seq FROM records WHERE log_id = ? AND seq > ? AND kind = ? ORDER BY seq LIMIT ?",
        (log_id, after, TELEMETRY, _STEP_RECORDS),
    )
    return [seq for (seq,) in rows]


def _give_up(connection: sqlite3.Connection, log_id: int, seqs: list[int], reason: str) -> None:
    connection.executemany(
        "DELETE FROM records WHERE log_id = ? AND seq = ?", [(log_id, seq) for seq in seqs]
    )
    for first, last in runs(seqs):
        declare(connection, log_id, first, last, reason)


def declare(
    connection: sqlite3.Connection, log_id: int, first: int, last: int, reason: str
) -> None:
    """Notes that a range is given up, joined to what already stands on either side of it."""
    beside = [
        (low, high) for low, high, _ in touching(connection, log_id, max(1, first - 1), last + 1)
    ]
    connection.executemany(
        "DELETE FROM given_up WHERE log_id = ? AND first = ?", [(log_id, low) for low, _ in beside]
    )
    low, high = min([first, *(a for a, _ in beside)]), max([last, *(b for _, b in beside)])
    connection.execute(
        "INSERT INTO given_up (log_id, first, last, reason) VALUES (?, ?, ?, ?)",
        (log_id, low, high, reason),
    )
    connection.execute(
        """UPDATE logs SET given_up = given_up + ? - max(?, mark + 1) + 1
        WHERE id = ? AND mark < ?""",
        (last, first, log_id, last),
    )


def touching(
    connection: sqlite3.Connection, log_id: int, first: int, last: int
) -> list[tuple[int, int, str]]:
    """The ranges given up that share a seq with this one, ascending: first, last, reason.

    They never overlap, so that only one can begin before it.
    """
    return connection.execute(
        """SELECT first, last, reason FROM given_up
        WHERE log_id = :log_id AND last >= :first AND first <= :last
        AND first >= coalesce((SELECT max(first) FROM given_up
                               WHERE log_id = :log_id AND first <= :first), 0)
        ORDER BY first""",
        {"log_id": log_id, "first": first, "last": last},
    ).fetchall()


def runs(seqs: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Ascending seqs as ranges of neighbours."""
    first = last = 0
    for seq in seqs:
        if last and seq == last + 1:
            last = seq
            continue
        if last:
            yield first, last
        first = last = seq
    if last:
        yield first, last
