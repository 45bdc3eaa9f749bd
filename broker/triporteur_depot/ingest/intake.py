"""Messages into the database: many in one transaction, acknowledged after its commit.

Everything is idempotent: the key of a record is (unit, log, seq), ranges merge, the newest status
wins. Two ingests, replays, or a crash between commit and acknowledgement change nothing.
"""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from triporteur_depot.database import epoch, transaction
from triporteur_depot.ingest import batches
from triporteur_depot.ingest.coverage import cover, mark
from triporteur_depot.ingest.fleet import Fleet
from triporteur_wire.envelope import BadEnvelope, read_range, unpack
from triporteur_wire.messages import Ack, Offline, Status, decode_status
from triporteur_wire.topics import Channel

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a unit. `retained` says that the broker kept it: it may be old."""

    unit: str
    channel: Channel
    payload: bytes
    properties: Sequence[tuple[str, str]] = ()
    retained: bool = False


class Intake:
    """Stores messages through the one writing connection. `now_ms` is the depot's UTC."""

    def __init__(self, connection: sqlite3.Connection, now_ms: Callable[[], int]) -> None:
        self._connection = connection
        self._now_ms = now_ms
        self._fleet = Fleet(connection)
        self._epoch = epoch(connection)

    def take(self, messages: Iterable[Message]) -> dict[str, Ack]:
        """Stores and commits all of them; gives the acknowledgement due to each unit.

        Raises sqlite3.Error, with nothing stored and nothing to acknowledge.
        """
        named: dict[str, set[str]] = {}
        try:
            with transaction(self._connection):
                for message in messages:
                    logs = self._store(message, self._now_ms())
                    named.setdefault(message.unit, set()).update(logs)
                return {unit: self._ack(unit, logs) for unit, logs in named.items() if logs}
        except BaseException:
            self._fleet.forget()
            raise

    def _store(self, message: Message, now_ms: int) -> list[str]:
        """Stores one message; names the logs whose marks the unit should hear."""
        unit_id = self._fleet.unit(message.unit)
        if message.channel is Channel.STATUS:
            return self._status(unit_id, message, now_ms)
        return self._batch(unit_id, message, now_ms)

    def _status(self, unit_id: int, message: Message, now_ms: int) -> list[str]:
        if not message.payload:
            return []
        try:
            status = decode_status(message.payload)
        except ValueError as error:
            _log.warning("%s: a status cannot be read (%s); ignored", message.unit, error)
            return []
        if isinstance(status, Offline):
            self._left(unit_id, status, now_ms, retained=message.retained)
            return []
        if message.retained:
            self._found(unit_id, status, message.payload)
        else:
            self._connection.execute(
                """UPDATE units SET status = ?, heard_utc_ms = ?, offline_reason = NULL,
                revision = revision + 1 WHERE id = ?""",
                (message.payload, now_ms, unit_id),
            )
        return list(status.delivery.logs)

    def _left(self, unit_id: int, status: Offline, now_ms: int, *, retained: bool) -> None:
        # A farewell is a sign of life; a last will, or one the broker kept, is not.
        heard = now_ms if status.reason == "stopped" and not retained else None
        self._connection.execute(
            """UPDATE units SET offline_reason = ?, heard_utc_ms = coalesce(?, heard_utc_ms),
            revision = revision + 1 WHERE id = ? AND offline_reason IS NOT ?""",
            (status.reason, heard, unit_id, status.reason),
        )

    def _found(self, unit_id: int, status: Status, payload: bytes) -> None:
        """A status from before this ingest listened: news only of a unit never heard of."""
        self._connection.execute(
            """UPDATE units SET status = ?, heard_utc_ms = ?, revision = revision + 1
            WHERE id = ? AND status IS NULL""",
            (payload, status.utc_ms or 0, unit_id),
        )

    def _batch(self, unit_id: int, message: Message, now_ms: int) -> list[str]:
        try:
            covered = read_range(message.properties)
        except BadEnvelope as error:
            self._quarantine(unit_id, message, str(error), now_ms)
            return []
        log_id = self._fleet.log(unit_id, covered.log)
        try:
            batch = unpack(covered, message.payload)
            batches.store(self._connection, unit_id, log_id, batch, now_ms)
        except (BadEnvelope, batches.WrongBoot) as error:
            if cover(self._connection, log_id, covered.first, covered.last):
                self._quarantine(unit_id, message, str(error), now_ms)
        # Only a status says how the unit fares: a batch must not make its readings look fresh.
        self._connection.execute(
            "UPDATE units SET revision = revision + 1 WHERE id = ?", (unit_id,)
        )
        return [covered.log]

    def _quarantine(self, unit_id: int, message: Message, reason: str, now_ms: int) -> None:
        _log.warning("%s: a batch cannot be read (%s); quarantined", message.unit, reason)
        self._connection.execute(
            """INSERT INTO quarantine (unit_id, received_utc_ms, reason, properties, payload)
            VALUES (?, ?, ?, ?, ?)""",
            (unit_id, now_ms, reason, json.dumps(message.properties), message.payload),
        )

    def _ack(self, unit: str, logs: Iterable[str]) -> Ack:
        unit_id = self._fleet.unit(unit)
        marks = {log: mark(self._connection, self._fleet.log(unit_id, log)) for log in sorted(logs)}
        return Ack(self._epoch, marks)
