"""Records that came twice must be the same twice; what is not is kept beside, as an alert.

They are bounded in size and in number, and kept once each: what is replayed adds nothing.
"""

import logging
import sqlite3
from collections.abc import Iterable

_log = logging.getLogger(__name__)

#: Of each unit: more of them tell nothing more.
KEPT = 1000
#: Many times the largest body of a unit.
KEPT_BYTES = 16_000

#: Its log, seq, kind, milliseconds since boot and body.
Row = tuple[int, int, str, int, bytes]


def compare(connection: sqlite3.Connection, unit_id: int, rows: Iterable[Row], now_ms: int) -> None:
    """Looks at rows of which some were stored before."""
    others = [row for row in rows if _is_other(connection, row)]
    room = KEPT - _kept(connection, unit_id) if others else 0
    new = [row for row in others if not _is_known(connection, row)][: max(0, room)]
    for log_id, seq, kind, mono_ms, body in new:
        connection.execute(
            """INSERT INTO conflicts (log_id, seq, received_utc_ms, kind, mono_ms, body)
            VALUES (?, ?, ?, ?, ?, ?)""",
            (log_id, seq, now_ms, kind, mono_ms, body[:KEPT_BYTES]),
        )
    if new:
        _log.error("log %d: %d records came again with other content", new[0][0], len(new))


def _is_other(connection: sqlite3.Connection, row: Row) -> bool:
    known = connection.execute(
        "SELECT kind, mono_ms, body FROM records WHERE log_id = ? AND seq = ?", row[:2]
    ).fetchone()
    return bool(known != row[2:])


def _is_known(connection: sqlite3.Connection, row: Row) -> bool:
    found = connection.execute(
        """SELECT 1 FROM conflicts
        WHERE log_id = ? AND seq = ? AND kind = ? AND mono_ms = ? AND body = ?""",
        (*row[:4], row[4][:KEPT_BYTES]),
    )
    return found.fetchone() is not None


def _kept(connection: sqlite3.Connection, unit_id: int) -> int:
    # CROSS: there are few conflicts, and perhaps many logs.
    (count,) = connection.execute(
        """SELECT count(*) FROM conflicts CROSS JOIN logs ON logs.id = log_id WHERE unit_id = ?""",
        (unit_id,),
    ).fetchone()
    return int(count)
