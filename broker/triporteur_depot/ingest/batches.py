"""One readable batch into the tables: records, what was given up, anchors, losses."""

import logging
import sqlite3
from collections.abc import Iterable, Sequence

from triporteur_depot.ingest.conflicts import Row, compare
from triporteur_depot.ingest.coverage import Span, cover, runs, without
from triporteur_depot.ingest.fleet import Fleet
from triporteur_depot.ingest.losses import declare, explained
from triporteur_depot.ingest.mending import mend
from triporteur_depot.ingest.tally import Tally
from triporteur_wire.envelope import Batch
from triporteur_wire.reading import Unreadable
from triporteur_wire.records import ANCHOR, LOSS, TELEMETRY, Anchor, Loss, Record, decode_body

_log = logging.getLogger(__name__)


class WrongBoot(Unreadable):
    """A log is of one boot, and this batch of it says another."""


def store(
    connection: sqlite3.Connection, unit_id: int, log_id: int, batch: Batch, now_ms: int
) -> None:
    """Stores one batch inside the caller's transaction. Raises WrongBoot, with nothing written."""
    tally = Tally()
    add(Fleet(connection), tally, unit_id, log_id, batch, now_ms)
    tally.write(connection)


def add(fleet: Fleet, tally: Tally, unit_id: int, log_id: int, batch: Batch, now_ms: int) -> None:
    """Stores a batch that came at `now_ms`; what adds up over a transaction goes to the tally.

    Raises WrongBoot, with nothing written.
    """
    connection, covered, records = fleet.connection, batch.range, batch.records
    if records:
        _bind_boot(fleet, log_id, records[0].boot_no)
    new = cover(connection, log_id, covered.first, covered.last)
    stored = 0
    if records:
        rows = [(log_id, one.seq, one.kind, one.mono_ms, bytes(one.body)) for one in records]
        stored = _insert(connection, unit_id, rows, now_ms)
        tally.weigh(len(rows) + len(batch.given_up), sum(len(row[-1]) for row in rows))
        tally.stored(log_id, stored, now_ms - max(record.mono_ms for record in records))
    if len(records) <= covered.last - covered.first:
        _give_up(connection, log_id, batch, new, now_ms)
    if stored and new != [(covered.first, covered.last)]:
        mend(connection, log_id, covered.first, covered.last)
    for kind in {record.kind for record in records}:
        if kind == TELEMETRY and stored:
            tally.dirty(log_id, _held(records))
        elif kind in {ANCHOR, LOSS}:
            _heed(connection, unit_id, [one for one in records if one.kind == kind], now_ms)


def _held(records: Sequence[Record]) -> Iterable[Span]:
    """The spans of seqs that are there; a batch may claim any other."""
    first, last = records[0].seq, records[-1].seq
    if len(records) == last - first + 1:
        return [(first, last)]
    return runs(record.seq for record in records)


def _bind_boot(fleet: Fleet, log_id: int, boot_no: int) -> None:
    known = fleet.boot(log_id)
    if known is None:
        fleet.connection.execute("UPDATE logs SET boot_no = ? WHERE id = ?", (boot_no, log_id))
    elif known != boot_no:
        raise WrongBoot(f"the log is of boot {known}, the batch says {boot_no}")


def _insert(connection: sqlite3.Connection, unit_id: int, rows: Sequence[Row], now_ms: int) -> int:
    """How many of the records are new."""
    before = connection.total_changes
    connection.executemany(
        """INSERT OR IGNORE INTO records (log_id, seq, kind, mono_ms, body)
        VALUES (?, ?, ?, ?, ?)""",
        rows,
    )
    stored = connection.total_changes - before
    if stored < len(rows):
        compare(connection, unit_id, rows, now_ms)
    return stored


def _give_up(
    connection: sqlite3.Connection, log_id: int, batch: Batch, new: Iterable[Span], now_ms: int
) -> None:
    holes = without(new, runs(record.seq for record in batch.records))
    declare(connection, log_id, explained(holes, batch.given_up), now_ms)


def _heed(
    connection: sqlite3.Connection, unit_id: int, records: Iterable[Record], now_ms: int
) -> None:
    """Anchors and losses also have tables of their own; other kinds are only kept."""
    for record in records:
        try:
            body = decode_body(record.kind, record.body)
        except Unreadable as error:
            _log.warning("log %s seq %d: %s; kept as it is", record.log, record.seq, error)
            continue
        if isinstance(body, Anchor):
            _anchor(connection, unit_id, record, body)
        elif isinstance(body, Loss):
            _lose(connection, unit_id, body, now_ms)


def _anchor(connection: sqlite3.Connection, unit_id: int, record: Record, said: Anchor) -> None:
    connection.execute(
        """INSERT OR IGNORE INTO anchors (unit_id, boot_no, mono_ms, utc_ms, error_ms, origin)
        VALUES (?, ?, ?, ?, ?, ?)""",
        (unit_id, record.boot_no, record.mono_ms, said.utc_ms, said.error_ms, said.origin),
    )


def _lose(connection: sqlite3.Connection, unit_id: int, loss: Loss, now_ms: int) -> None:
    if loss.last is not None and loss.last < loss.first:
        _log.warning("a loss ends at %d, before its start %d; ignored", loss.last, loss.first)
        return
    connection.execute(
        "INSERT OR IGNORE INTO logs (unit_id, log) VALUES (?, ?)", (unit_id, loss.log)
    )
    (log_id,) = connection.execute(
        "SELECT id FROM logs WHERE unit_id = ? AND log = ?", (unit_id, loss.log)
    ).fetchone()
    declare(connection, log_id, [(loss.first, loss.last, loss.reason)], now_ms)
    if loss.last is not None:
        cover(connection, log_id, loss.first, loss.last)
