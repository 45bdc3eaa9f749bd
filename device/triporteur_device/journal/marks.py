"""What the depot acknowledged: one rule for the marks in memory and for those in the file."""

import sqlite3

from triporteur_wire.messages import Ack


def merged(known: Ack, news: Ack) -> Ack:
    """The marks that hold after `news`: another epoch forgets every mark it does not name."""
    if known.epoch != news.epoch:
        return news
    return Ack(known.epoch, known.marks | news.marks)


def apply(connection: sqlite3.Connection, ack: Ack) -> None:
    """Writes the marks, inside the caller's transaction."""
    known = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
    if known is None or known[0] != ack.epoch:
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('epoch', ?)", (ack.epoch,))
        connection.execute("UPDATE logs SET mark = 0")
    connection.executemany(
        "UPDATE logs SET mark = ? WHERE log = ?", [(seq, log) for log, seq in ack.marks.items()]
    )
