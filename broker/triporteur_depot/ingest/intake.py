"""Messages into the database: many in one transaction, acknowledged after its commit.

Everything is idempotent: the key of a record is (unit, log, seq), ranges merge, the newest status
wins. Two ingests, replays, or a crash between commit and acknowledgement change nothing.

A message that cannot be stored is set aside alone; what the disk refuses is refused whole.
"""

import logging
import sqlite3
import traceback
from collections.abc import Callable, Iterable, Mapping

from triporteur_depot.database import (
    epoch,
    is_of_the_content,
    renew_epoch,
    savepoint,
    transaction,
)
from triporteur_depot.ingest import batches, statuses
from triporteur_depot.ingest.coverage import cover, mark
from triporteur_depot.ingest.fleet import Fleet
from triporteur_depot.ingest.memory import is_older
from triporteur_depot.ingest.message import Message
from triporteur_depot.ingest.quarantine import quarantine
from triporteur_wire.envelope import BadEnvelope, read_range, unpack
from triporteur_wire.messages import Ack, Offline, decode_ack, decode_status
from triporteur_wire.reading import Unreadable
from triporteur_wire.topics import Channel

_log = logging.getLogger(__name__)

#: The logs, by unit, whose marks are due.
_Due = Mapping[str, Iterable[str]]


class Intake:
    """Stores messages through the one writing connection. `now_ms` is the depot's UTC."""

    def __init__(self, connection: sqlite3.Connection, now_ms: Callable[[], int]) -> None:
        self._connection = connection
        self._now_ms = now_ms
        self._fleet = Fleet(connection)
        self._known_faults: set[tuple[str, str, int | None]] = set()

    def take(self, messages: Iterable[Message]) -> dict[str, Ack]:
        """Stores and commits all of them; gives the acknowledgement due to each unit.

        Raises sqlite3.Error, with nothing stored and nothing to acknowledge.
        """
        named: dict[str, set[str]] = {}
        try:
            with transaction(self._connection):
                for message in messages:
                    for unit, logs in self._store(message).items():
                        named.setdefault(unit, set()).update(logs)
                memory = epoch(self._connection)
                return {unit: Ack(memory, self._marks(unit, logs)) for unit, logs in named.items()}
        except BaseException:
            self._fleet.forget()
            raise

    def _store(self, message: Message) -> _Due:
        """Stores one message, or sets it aside alone; says whose marks are due.

        Raises sqlite3.Error when it is the database that refuses.
        """
        now_ms = self._now_ms() if message.received_utc_ms is None else message.received_utc_ms
        try:
            with savepoint(self._connection):
                return self._read(message, now_ms)
        except Unreadable as error:
            return self._set_aside(message, str(error), now_ms)
        except Exception as error:  # the top of the loop over messages
            if not is_of_the_content(error):
                raise
            self._report(error)
            return self._set_aside(message, f"{type(error).__name__}: {error}", now_ms)

    def _read(self, message: Message, now_ms: int) -> _Due:
        match message.channel:
            case Channel.STATUS:
                return self._status(message, now_ms) if message.payload else {}
            case Channel.JOURNAL:
                return self._batch(message, now_ms)
            case Channel.ACK:
                return self._told(message) if message.retained and message.payload else {}

    def _status(self, message: Message, now_ms: int) -> _Due:
        said = decode_status(message.payload)
        statuses.keep(self._connection, self._fleet.unit(message.unit), said, message, now_ms)
        if isinstance(said, Offline) or not said.delivery.logs:
            return {}
        return {message.unit: said.delivery.logs}

    def _batch(self, message: Message, now_ms: int) -> _Due:
        covered = read_range(message.properties)
        batch = unpack(covered, message.payload)
        unit_id = self._fleet.unit(message.unit)
        log_id = self._fleet.log(unit_id, covered.log)
        batches.store(self._connection, unit_id, log_id, batch, now_ms)
        self._touch(unit_id)
        return {message.unit: [covered.log]}

    def _told(self, message: Message) -> _Due:
        """What the broker keeps of our own words: every mark is due when we know less than that."""
        told = decode_ack(message.payload)
        if told.epoch != epoch(self._connection) or not is_older(
            self._connection, message.unit, told
        ):
            return {}
        _log.error(
            "the database is older than what %s was told; units send again what they keep",
            message.unit,
        )
        renew_epoch(self._connection)
        return {message.unit: [], **self._fleet.logs()}

    def _set_aside(self, message: Message, reason: str, now_ms: int) -> _Due:
        """Accounts for what cannot be stored, so that the unit need not send it again."""
        self._fleet.forget()
        if message.channel is not Channel.JOURNAL:
            what = f"{message.unit}: its {message.channel}"
            _log.warning("%s cannot be read (%s); ignored", what, reason)
            return {}
        unit_id = self._fleet.unit(message.unit)
        self._touch(unit_id)
        try:
            covered = read_range(message.properties)
        except BadEnvelope:
            quarantine(self._connection, unit_id, message, reason, now_ms)
            return {}
        log_id = self._fleet.log(unit_id, covered.log)
        if cover(self._connection, log_id, covered.first, covered.last):
            quarantine(self._connection, unit_id, message, reason, now_ms)
        else:
            said = f"{message.unit}: a batch of {covered.first} to {covered.last}"
            _log.warning("%s, come before, cannot be read (%s); ignored", said, reason)
        return {message.unit: [covered.log]}

    def _report(self, error: Exception) -> None:
        """A fault of ours: told in full once, for the same message may come every minute."""
        (frame,) = traceback.extract_tb(error.__traceback__)[-1:]
        fault = (type(error).__name__, frame.filename, frame.lineno)
        if fault not in self._known_faults:
            self._known_faults.add(fault)
            _log.error("a message could not be stored; the others are", exc_info=error)

    def _touch(self, unit_id: int) -> None:
        # Only a status says how the unit fares: a batch must not make its readings look fresh.
        self._connection.execute(
            "UPDATE units SET revision = revision + 1 WHERE id = ?", (unit_id,)
        )

    def _marks(self, unit: str, logs: Iterable[str]) -> dict[str, int]:
        unit_id = self._fleet.unit(unit)
        return {log: mark(self._connection, self._fleet.log(unit_id, log)) for log in sorted(logs)}
