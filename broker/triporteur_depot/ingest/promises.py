"""What a unit said that it had committed, and then had not.

A status names the last committed seq of logs. A log never gets shorter: one that is named with
less than before was cut short aboard, by a card that had said it kept it. What lies between will
not come, and nobody but the depot knows of it.
"""

import logging
import sqlite3

from triporteur_depot.ingest.coverage import cover
from triporteur_depot.ingest.losses import declare

_log = logging.getLogger(__name__)

LIED = "the card had kept it, and lost it again"


def heed(connection: sqlite3.Connection, unit: str, log_id: int, last: int, now_ms: int) -> None:
    """The unit just said that the log is committed up to `last`."""
    (told,) = connection.execute("SELECT told_last FROM logs WHERE id = ?", (log_id,)).fetchone()
    if told == last:
        return
    if told is not None and told > last:
        holes = cover(connection, log_id, last + 1, told)
        declare(connection, log_id, [(*hole, LIED) for hole in holes], now_ms)
        _log.error("%s: its card lost records that it had kept; they are declared lost", unit)
    connection.execute("UPDATE logs SET told_last = ? WHERE id = ?", (last, log_id))
