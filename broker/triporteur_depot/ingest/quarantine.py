"""Batches that could not be read: kept for people, and never in the way of the others."""

import json
import logging
import sqlite3

from triporteur_depot.ingest.message import Message

_log = logging.getLogger(__name__)

#: Ten times the largest batch of a unit; more of something unreadable explains nothing.
KEPT_BYTES = 256_000


def quarantine(
    connection: sqlite3.Connection, unit_id: int, message: Message, reason: str, now_ms: int
) -> None:
    """Keeps the message, and why; of a long payload the start, which the reason then says."""
    _log.warning("%s: a batch cannot be read (%s); quarantined", message.unit, reason)
    if len(message.payload) > KEPT_BYTES:
        reason += f"; the first {KEPT_BYTES} of {len(message.payload)} bytes are kept"
    connection.execute(
        """INSERT INTO quarantine (unit_id, received_utc_ms, reason, properties, payload)
        VALUES (?, ?, ?, ?, ?)""",
        (
            unit_id,
            now_ms,
            reason.encode(errors="backslashreplace").decode(),
            json.dumps(message.properties),
            message.payload[:KEPT_BYTES],
        ),
    )
