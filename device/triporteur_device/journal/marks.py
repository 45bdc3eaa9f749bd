"""What the depot acknowledged: one rule for the marks in memory and for those in the file."""

import sqlite3

from triporteur_wire.messages import Ack

#: Ranges beyond the mark; one that reaches across it begins at it, or at what was forgotten.
_COUNT_GIVEN_UP = """
UPDATE logs SET given_up = coalesce((
    SELECT sum(last - max(first, mark + 1, forgotten_to + 1) + 1) FROM given_up
    WHERE log_id = logs.id AND last > max(mark, forgotten_to)
    AND first >= coalesce((SELECT max(first) FROM given_up
                           WHERE log_id = logs.id AND first <= mark), 0)), 0)
WHERE EXISTS (SELECT 1 FROM given_up WHERE log_id = logs.id)"""


def merged(known: Ack, news: Ack) -> Ack:
    """The marks that hold after `news`: another epoch forgets every mark it does not name."""
    if known.epoch != news.epoch:
        return news
    return Ack(known.epoch, known.marks | news.marks)


def apply(connection: sqlite3.Connection, ack: Ack) -> None:
    """Writes the marks, inside the caller's transaction."""
    known = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
    if known is None or known[0] != ack.epoch:
        connection.execute(
            "INSERT OR REPLACE INTO meta (key, value) VALUES ('epoch', ?)", (ack.epoch,)
        )
        connection.execute("UPDATE logs SET mark = 0")
        connection.execute(_COUNT_GIVEN_UP)
    for log, seq in ack.marks.items():
        moved = connection.execute(
            "UPDATE logs SET mark = ? WHERE log = ? AND mark <> ?", (seq, log, seq)
        )
        if moved.rowcount:
            connection.execute(f"{_COUNT_GIVEN_UP} AND log = ?", (log,))
