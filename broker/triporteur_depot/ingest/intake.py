"""Messages into the database: many in one transaction, acknowledged after they are committed.

Everything is idempotent: the key of a record is (unit, log, seq), ranges merge, the newest status
wins. Two ingests, replays, or a crash between commit and acknowledgement change nothing.

A message that cannot be stored is set aside alone; what the disk refuses is refused whole.
"""

import logging
import sqlite3
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping

from triporteur_depot.database import (
    epoch,
    is_of_the_content,
    renew_epoch,
    savepoint,
    transaction,
)
from triporteur_depot.ingest import batches, promises, statuses
from triporteur_depot.ingest.coverage import cover, mark
from triporteur_depot.ingest.fleet import Fleet
from triporteur_depot.ingest.memory import is_older
from triporteur_depot.ingest.message import Message
from triporteur_depot.ingest.quarantine import brief, quarantine
from triporteur_depot.ingest.tally import Tally
from triporteur_wire.envelope import BadEnvelope, read_range, unpack
from triporteur_wire.messages import MAX_LOGS, Ack, Offline, decode_ack, decode_status
from triporteur_wire.reading import Unreadable
from triporteur_wire.topics import Channel

_log = logging.getLogger(__name__)

#: The logs, by unit, whose marks are due.
_Due = Mapping[str, Iterable[str]]
_Store = Callable[[Message, Tally], _Due]


class Intake:
    """Stores messages through the one writing connection. `now_ms` is the depot's UTC."""

    def __init__(self, connection: sqlite3.Connection, now_ms: Callable[[], int]) -> None:
        self._connection = connection
        self._now_ms = now_ms
        self._fleet = Fleet(connection)
        self._known_faults: set[tuple[str, str, int | None]] = set()

    def take(self, messages: Iterable[Message]) -> dict[str, Ack]:
        """Stores and commits all of them; gives the acknowledgement due to each unit.

        Raises sqlite3.Error, with nothing to acknowledge: what was committed by then changes
        nothing when it comes again.
        """
        messages = list(messages)
        try:
            return self._take(messages, self._store)
        except Exception as error:  # the top of the loop over messages
            if not is_of_the_content(error):
                raise
            self._report(error)
        return self._take(messages, self._store_alone)

    def _take(self, messages: Iterable[Message], store: _Store) -> dict[str, Ack]:
        named: dict[str, set[str]] = {}
        rest = iter(messages)
        try:
            while True:
                with transaction(self._connection):
                    if self._fill(rest, store, named):
                        return self._acks(named)
        except BaseException:
            self._fleet.forget()
            raise

    def _fill(self, rest: Iterator[Message], store: _Store, named: dict[str, set[str]]) -> bool:
        """Stores what one transaction should hold; whether that was the rest."""
        tally = Tally()
        for message in rest:
            for unit, logs in store(message, tally).items():
                named.setdefault(unit, set()).update(logs)
            if tally.is_full:
                tally.write(self._connection)
                return False
        tally.write(self._connection)
        return True

    def _acks(self, named: _Due) -> dict[str, Ack]:
        memory = epoch(self._connection)
        return {unit: Ack(memory, self._marks(unit, logs)) for unit, logs in named.items()}

    def _store(self, message: Message, tally: Tally) -> _Due:
        """Stores one message, or sets aside what cannot be read; says whose marks are due.

        Raises sqlite3.Error when it is the database that refuses, and whatever else goes wrong.
        """
        try:
            return self._read(message, tally, self._came_ms(message))
        except Unreadable as error:  # before anything was written
            return self._set_aside(message, str(error), tally)

    def _store_alone(self, message: Message, together: Tally) -> _Due:
        """As `_store`; a message that goes wrong is set aside without touching the others."""
        tally = Tally()
        try:
            with savepoint(self._connection):
                due = self._store(message, tally)
                tally.write(self._connection)
                together.weigh(tally.records, tally.body_bytes)
                return due
        except Exception as error:  # the top of the loop over messages
            if not is_of_the_content(error):
                raise
            self._report(error)
            reason = f"{type(error).__name__}: {error}"
            return self._set_aside(message, reason, together)

    def _read(self, message: Message, tally: Tally, now_ms: int) -> _Due:
        match message.channel:
            case Channel.STATUS:
                return self._status(message, now_ms) if message.payload else {}
            case Channel.JOURNAL:
                return self._batch(message, tally, now_ms)
            case Channel.ACK:
                return self._told(message) if message.retained and message.payload else {}
            case _:
                return {}  # a question, or our own words to a unit

    def _status(self, message: Message, now_ms: int) -> _Due:
        said = decode_status(message.payload)
        unit_id = self._fleet.unit(message.unit)
        statuses.keep(self._connection, unit_id, said, message, now_ms)
        if isinstance(said, Offline) or not said.delivery.logs:
            return {}
        if not message.retained:  # an old one says less, and means nothing by it
            for log, last in said.delivery.logs.items():
                log_id = self._fleet.known_log(unit_id, log)
                if log_id is not None:
                    promises.heed(self._connection, message.unit, log_id, last, now_ms)
        return {message.unit: said.delivery.logs}

    def _batch(self, message: Message, tally: Tally, now_ms: int) -> _Due:
        covered = read_range(message.properties)
        batch = unpack(covered, message.payload)
        unit_id = self._fleet.unit(message.unit)
        log_id = self._fleet.log(unit_id, covered.log)
        batches.add(self._fleet, tally, unit_id, log_id, batch, now_ms)
        tally.touch(unit_id)
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
        units = [message.unit, *self._fleet.units()]
        return {unit: self._fleet.latest_logs(unit, MAX_LOGS) for unit in units}

    def _came_ms(self, message: Message) -> int:
        return self._now_ms() if message.received_utc_ms is None else message.received_utc_ms

    def _set_aside(self, message: Message, reason: str, tally: Tally) -> _Due:
        """Accounts for what cannot be stored, so that the unit need not send it again."""
        self._fleet.forget()
        reason = brief(reason)
        now_ms = self._came_ms(message)
        if message.channel is not Channel.JOURNAL:
            _log.warning("%s: %s unreadable (%s); ignored", message.unit, message.channel, reason)
            return {}
        unit_id = self._fleet.unit(message.unit)
        tally.touch(unit_id)
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

    def _marks(self, unit: str, logs: Iterable[str]) -> dict[str, int]:
        unit_id = self._fleet.unit(unit)
        known = {log: self._fleet.known_log(unit_id, log) for log in sorted(logs)}
        return {
            log: mark(self._connection, log_id) if log_id else 0 for log, log_id in known.items()
        }
