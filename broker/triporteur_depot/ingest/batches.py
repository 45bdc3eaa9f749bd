"""One readable batch into the tables: records, what was given up, anchors, losses."""

import logging
import sqlite3
from collections.abc import Iterable, Sequence

from triporteur_depot.ingest.coverage import Span, cover, runs, without
from triporteur_depot.ingest.losses import declare, explained
from triporteur_wire.envelope import Batch
from triporteur_wire.reading import Unreadable
from triporteur_wire.records import ANCHOR, LOSS, TELEMETRY, Anchor, Loss, Record, decode_body

_log = logging.getLogger(__name__)


class WrongBoot(Unreadable):
    """A log is of one boot, and this batch of it says another."""


def store(
    connection: sqlite3.Connection, unit_id: int, log_id: int, batch: Batch, now_ms: int
) -> None:
    """Stores a batch inside the caller's transaction. Raises WrongBoot, with nothing written."""
    if batch.records:
        _bind_boot(connection, log_id, batch.records[0].boot_no)
    new = cover(connection, log_id, batch.range.first, batch.range.last)
    _insert(connection, log_id, batch.records, now_ms)
    _give_up(connection, log_id, batch, new, now_ms)
    for record in batch.records:
        if record.kind != TELEMETRY:
            _heed(connection, unit_id, record, now_ms)
    if any(record.kind == TELEMETRY for record in batch.records):
        connection.execute(
            "INSERT INTO dirty (log_id, first, last) VALUES (?, ?, ?)",
            (log_id, batch.range.first, batch.range.last),
        )


def _bind_boot(connection: sqlite3.Connection, log_id: int, boot_no: int) -> None:
    (known,) = connection.execute("SELECT boot_no FROM logs WHERE id = ?", (log_id,)).fetchone()
    if known is None:
        connection.execute("UPDATE logs SET boot_no = ? WHERE id = ?", (boot_no, log_id))
    elif known != boot_no:
        raise WrongBoot(f"the log is of boot {known}, the batch says {boot_no}")


def _insert(
    connection: sqlite3.Connection, log_id: int, records: Sequence[Record], now_ms: int
) -> None:
    rows = [
        (log_id, record.seq, record.kind, record.mono_ms, bytes(record.body)) for record in records
    ]
    before = connection.total_changes
    connection.executemany("INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?, ?)", rows)
    stored = connection.total_changes - before
    if stored:
        connection.execute("UPDATE logs SET stored = stored + ? WHERE id = ?", (stored, log_id))
    if stored < len(rows):
        _compare(connection, rows, now_ms)


def _compare(
    connection: sqlite3.Connection, rows: Sequence[tuple[int, int, str, int, bytes]], now_ms: int
) -> None:
    """What came twice must be the same twice; what is not is kept beside it, as an alert."""
    for log_id, seq, kind, mono_ms, body in rows:
        known = connection.execute(
            "SELECT kind, mono_ms, body FROM records WHERE log_id = ? AND seq = ?", (log_id, seq)
        ).fetchone()
        if known != (kind, mono_ms, body):
            _log.error("log %d seq %d came again with other content", log_id, seq)
            connection.execute(
                "INSERT INTO conflicts VALUES (?, ?, ?, ?, ?, ?)",
                (log_id, seq, now_ms, kind, mono_ms, body),
            )


def _give_up(
    connection: sqlite3.Connection, log_id: int, batch: Batch, new: Iterable[Span], now_ms: int
) -> None:
    holes = without(new, runs(record.seq for record in batch.records))
    declare(connection, log_id, explained(holes, batch.given_up), now_ms)


def _heed(connection: sqlite3.Connection, unit_id: int, record: Record, now_ms: int) -> None:
    """Anchors and losses also have tables of their own; other kinds are only kept."""
    if record.kind not in {ANCHOR, LOSS}:
        return
    try:
        body = decode_body(record.kind, record.body)
    except Unreadable as error:
        _log.warning("log %s seq %d: %s; kept as it is", record.log, record.seq, error)
        return
    if isinstance(body, Anchor):
        connection.execute(
            "INSERT OR IGNORE INTO anchors VALUES (?, ?, ?, ?, ?)",
            (unit_id, record.boot_no, record.mono_ms, body.utc_ms, body.error_ms),
        )
    elif isinstance(body, Loss):
        _lose(connection, unit_id, body, now_ms)


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
