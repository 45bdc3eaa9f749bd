"""Batches that could not be read: kept for people, and never in the way of the others.

They are bounded in size and in number. What a batch held that is dropped for later ones is declared
given up.
"""

import json
import logging
import sqlite3
from collections.abc import Iterable

from triporteur_depot.ingest.losses import declare
from triporteur_depot.ingest.mending import unaccounted
from triporteur_depot.ingest.message import Message
from triporteur_wire.envelope import BadEnvelope, read_range

_log = logging.getLogger(__name__)

#: Ten times the largest batch of a unit; more of something unreadable explains nothing.
KEPT_BYTES = 256_000
#: Of each unit: a fault that makes more than this unreadable is to be seen in these.
KEPT_MESSAGES = 1000
_RANGE = ("v", "log", "first", "last")
_LONGEST_VALUE, _LONGEST_REASON = 100, 300
DROPPED = "unreadable, and dropped for later ones"


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
            json.dumps(_range(message.properties)),
            message.payload[:KEPT_BYTES],
        ),
    )
    _bound(connection, unit_id, now_ms)


def brief(reason: str) -> str:
    """A reason as it may be logged and kept: it quotes what came."""
    return "".join(letter if letter.isprintable() else " " for letter in reason[:_LONGEST_REASON])


def _range(properties: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What the properties say of the range, and no more of it than a range needs."""
    said = dict(properties)
    return [(name, said[name][:_LONGEST_VALUE]) for name in _RANGE if name in said]


def _bound(connection: sqlite3.Connection, unit_id: int, now_ms: int) -> None:
    beyond = connection.execute(
        """SELECT id, properties FROM quarantine WHERE unit_id = ?
        ORDER BY id DESC LIMIT -1 OFFSET ?""",
        (unit_id, KEPT_MESSAGES),
    ).fetchall()
    for row_id, properties in beyond:
        connection.execute("DELETE FROM quarantine WHERE id = ?", (row_id,))
        _declare_dropped(connection, unit_id, json.loads(properties), now_ms)


def _declare_dropped(
    connection: sqlite3.Connection, unit_id: int, properties: list[tuple[str, str]], now_ms: int
) -> None:
    try:
        covered = read_range(properties)
    except BadEnvelope:
        _log.warning("the oldest unreadable batch, of no known range, is dropped")
        return
    row = connection.execute(
        "SELECT id FROM logs WHERE unit_id = ? AND log = ?", (unit_id, covered.log)
    ).fetchone()
    if row:
        spans = unaccounted(connection, row[0], covered.first, covered.last)
        declare(connection, row[0], ((*span, DROPPED) for span in spans), now_ms)
