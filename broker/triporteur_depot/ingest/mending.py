"""Opening again what was accounted for without its records, and closing what was declared lost.

A range that was quarantined counts as covered, for the unit need not send it again. Its records
may come after all: from the quarantine itself, or from the unit.
"""

import sqlite3
from collections.abc import Iterable

from triporteur_depot.ingest import coverage, losses
from triporteur_depot.ingest.coverage import Span, runs, touching, without


def unaccounted(connection: sqlite3.Connection, log_id: int, first: int, last: int) -> list[Span]:
    """The parts of a range that hold neither a record nor a declared loss."""
    stored = connection.execute(
        "SELECT seq FROM records WHERE log_id = ? AND seq BETWEEN ? AND ? ORDER BY seq",
        (log_id, first, last),
    )
    left = without([(first, last)], runs(seq for (seq,) in stored))
    lost = connection.execute(
        "SELECT first, last FROM given_up WHERE log_id = ? AND first <= ? AND last >= ?"
        "ORDER BY first, last",
        (log_id, last, first),
    )
    for span in lost.fetchall():  # they may overlap
        left = without(left, [span])
    return list(left)


def uncover(connection: sqlite3.Connection, log_id: int, spans: Iterable[Span]) -> None:
    """Takes spans, ascending and disjoint, out of a log's coverage: as if they never came."""
    for first, last in spans:
        touched = touching(connection, log_id, first, last)
        connection.executemany(
            "DELETE FROM coverage WHERE log_id = ? AND first = ?",
            [(log_id, low) for low, _ in touched],
        )
        connection.executemany(
            coverage.INSERT,
            [(log_id, *left) for left in without(touched, [(first, last)])],
        )


def mend(connection: sqlite3.Connection, log_id: int, first: int, last: int) -> None:
    """Takes what is stored of a range out of what was declared lost."""
    declared = connection.execute(
        """SELECT rowid, first, last, reason, declared_utc_ms FROM given_up
        WHERE log_id = ? AND first <= ? AND last >= ?""",
        (log_id, last, first),
    ).fetchall()
    for rowid, low, high, reason, declared_utc_ms in declared:
        stored = connection.execute(
            "SELECT seq FROM records WHERE log_id = ? AND seq BETWEEN ? AND ? ORDER BY seq",
            (log_id, max(low, first), min(high, last)),
        )
        left = list(without([(low, high)], runs(seq for (seq,) in stored)))
        if left != [(low, high)]:
            connection.execute("DELETE FROM given_up WHERE rowid = ?", (rowid,))
            connection.executemany(
                losses.INSERT,
                [(log_id, *span, reason, declared_utc_ms) for span in left],
            )
