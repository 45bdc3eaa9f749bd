"""What a unit says of itself into its row: its last status, when it was heard, whether it left."""

import sqlite3

from triporteur_depot.ingest.message import Message
from triporteur_wire.messages import LOST, Offline, Status


def keep(
    connection: sqlite3.Connection,
    unit_id: int,
    said: Status | Offline,
    message: Message,
    now_ms: int,
) -> None:
    """Keeps a status or a farewell that arrived at `now_ms`."""
    if isinstance(said, Offline):
        _left(connection, unit_id, said, now_ms, retained=message.retained)
    elif message.retained:
        _found(connection, unit_id, said, message.payload, now_ms)
    else:
        connection.execute(
            """UPDATE units SET status = ?, heard_utc_ms = ?, offline_reason = NULL,
            revision = revision + 1 WHERE id = ?""",
            (message.payload, now_ms, unit_id),
        )


def _left(
    connection: sqlite3.Connection, unit_id: int, said: Offline, now_ms: int, *, retained: bool
) -> None:
    # A farewell is a sign of life; a last will, or one the broker kept, is not.
    heard = now_ms if said.reason != LOST and not retained else None
    connection.execute(
        """UPDATE units SET offline_reason = ?, heard_utc_ms = coalesce(?, heard_utc_ms),
        revision = revision + 1 WHERE id = ? AND offline_reason IS NOT ?""",
        (said.reason, heard, unit_id, said.reason),
    )


def _found(
    connection: sqlite3.Connection, unit_id: int, said: Status, payload: bytes, now_ms: int
) -> None:
    """A status from before this ingest listened: news only of a unit never heard of.

    A unit whose clock is ahead was not heard later than now.
    """
    connection.execute(
        """UPDATE units SET status = ?, heard_utc_ms = ?, revision = revision + 1
        WHERE id = ? AND status IS NULL""",
        (payload, min(said.utc_ms or 0, now_ms), unit_id),
    )
