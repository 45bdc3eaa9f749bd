"""The reading end of a journal: the publisher, `triporteur-device journal`, other rooms."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from triporteur_device.journal.opening import open_to_read
from triporteur_device.journal.room import touching
from triporteur_device.journal.schema import LAST_SEQ
from triporteur_wire.envelope import Batch, GivenUp, Range
from triporteur_wire.records import ANCHOR, Record

_LONGEST_BYTES = 1_000_000
#: A journal of 16 MB is counted in a tenth of them.
_MOST_STEPS, _STEPS = 50_000_000, 100_000
#: Why seqs below a log's first kept record are missing.
FORGOTTEN = "acknowledged to an earlier depot, then forgotten"


@dataclass(frozen=True, slots=True)
class LogState:
    """One log: how far it is committed, and how far the depot has it.

    `utc_offset_ms` turns its mono_ms into UTC; None while its boot has no anchor.
    `given_up` counts records beyond the mark that were dropped.
    """

    log: str
    boot_no: int
    last_seq: int
    mark: int
    utc_offset_ms: int | None
    given_up: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where to read: records of one log after a seq, at most `limit` of them."""

    log: str
    after: int
    limit: int


@dataclass(frozen=True, slots=True)
class Extent:
    """How much the file's last logs hold: `records` in `span_ms` of being written.

    `all_records` counts those of every log.
    """

    records: int
    span_ms: int
    all_records: int


class _Patience:
    """A question may take so many steps of SQLite's, and no more."""

    def __init__(self) -> None:
        self._left = _MOST_STEPS

    def renew(self) -> None:
        """Another question is asked."""
        self._left = _MOST_STEPS

    def is_over(self) -> bool:
        self._left -= _STEPS
        return self._left < 0


class JournalReader:
    """Reads a journal that another connection writes. Raises sqlite3.Error on opening."""

    def __init__(self, path: Path) -> None:
        self._connection = open_to_read(path)

    def close(self) -> None:
        self._connection.close()

    def is_blank(self) -> bool:
        """Whether the writer is only making the file: it has no tables yet."""
        return self._connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None

    def distrust(self) -> Callable[[], None]:
        """Prepares for a file that may hold anything; what is given is to be called before each
        question.

        sqlite3.Error is then raised on tables that are none, on a text or body of a megabyte, and
        on a question that takes longer than one of a whole journal does.
        """
        patience = _Patience()
        self._connection.execute("PRAGMA trusted_schema = OFF")
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_BYTES)
        self._connection.set_progress_handler(patience.is_over, _STEPS)
        kinds = self._connection.execute(
            "SELECT name, type FROM sqlite_master WHERE name IN ('logs', 'records', 'given_up')"
        ).fetchall()
        if any(kind != "table" for _, kind in kinds):
            raise sqlite3.DatabaseError("not a journal: what should be a table is none")
        return patience.renew

    def version(self) -> int:
        """Changes with every commit of the writer."""
        (number,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(number)

    def epoch(self) -> str | None:
        """The depot's epoch that the marks belong to; None before the first acknowledgement."""
        row = self._connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
        return row[0] if row else None

    def logs(self) -> list[LogState]:
        """Every log of the file, in order of succession."""
        return [LogState(*row) for row in self._connection.execute(f"SELECT {_STATE} ORDER BY id")]

    def batch(self, stretch: Stretch) -> Batch | None:
        """What follows in a log, with the seqs it covers; None when nothing does.

        Records and range come from one read transaction: a record committed meanwhile can never
        fall into the range as a hole.
        """
        self._connection.execute("BEGIN")
        try:
            return self._read(stretch)
        finally:
            self._connection.execute("COMMIT")

    def oldest_mono_ms(self, log: LogState) -> int | None:
        """When the first record beyond the mark was taken."""
        row = self._connection.execute(
            """SELECT mono_ms FROM records JOIN logs ON logs.id = log_id
            WHERE log = ? AND seq > ? ORDER BY seq LIMIT 1""",
            (log.log, log.mark),
        ).fetchone()
        return row[0] if row else None

    def extent(self) -> Extent:
        """What a unit records, measured on its last logs."""
        records, span_ms = self._connection.execute(_EXTENT).fetchone()
        (every,) = self._connection.execute("SELECT count(*) FROM records").fetchone()
        return Extent(records, span_ms, every)

    def boots(self) -> list[tuple[int, int]]:
        """Every boot that left a record, ascending: its number, and its last record's mono_ms."""
        return self._connection.execute(
            """SELECT boot_no, max(mono_ms) FROM records JOIN logs ON logs.id = log_id
            GROUP BY boot_no ORDER BY boot_no"""
        ).fetchall()

    def anchors(self) -> Iterator[Record]:
        """Every record that says what UTC it was."""
        for row in self._connection.execute(f"SELECT {_RECORD} WHERE kind = ?", (ANCHOR,)):
            yield _record(row)

    def records(self) -> Iterator[Record]:
        """Every record of the file, in order."""
        query = f"SELECT {_RECORD} ORDER BY log_id, seq"
        for row in self._connection.execute(query):
            yield _record(row)

    def _read(self, stretch: Stretch) -> Batch | None:
        row = self._connection.execute(f"SELECT {_ENDS} WHERE log = ?", (stretch.log,)).fetchone()
        log_id, forgotten_to, last_seq = row or (0, 0, 0)
        if last_seq <= stretch.after:
            return None
        rows = self._connection.execute(
            f"SELECT {_RECORD} WHERE logs.id = ? AND seq > ? ORDER BY seq LIMIT ?",
            (log_id, stretch.after, stretch.limit),
        )
        records = [_record(row) for row in rows]
        last = records[-1].seq if len(records) == stretch.limit else last_seq
        covered = Range(stretch.log, stretch.after + 1, last)
        return Batch(covered, records, list(self._given_up(log_id, forgotten_to, covered)))

    def _given_up(self, log_id: int, forgotten_to: int, covered: Range) -> Iterator[GivenUp]:
        """What the range lacks. A range dropped first and forgotten in part begins after that."""
        if forgotten_to >= covered.first:
            yield GivenUp(covered.first, min(forgotten_to, covered.last), FORGOTTEN)
        rest = max(covered.first, forgotten_to + 1)
        for first, last, reason in touching(self._connection, log_id, rest, covered.last):
            yield GivenUp(max(first, rest), min(last, covered.last), reason)


_STATE = f"log, boot_no, {LAST_SEQ}, mark, utc_offset_ms, given_up FROM logs"
_ENDS = f"id, forgotten_to, {LAST_SEQ} FROM logs"
#: Some days of a unit that is switched off by its key.
_EXTENT = """
SELECT coalesce(sum(n), 0), coalesce(sum(span), 0) FROM (
    SELECT count(*) AS n, max(mono_ms) - min(mono_ms) AS span FROM records
    WHERE log_id IN (SELECT id FROM logs ORDER BY id DESC LIMIT 20) GROUP BY log_id)"""
_RECORD = """log, seq, kind, boot_no, mono_ms, body
FROM records JOIN logs ON logs.id = records.log_id"""


def _record(row: tuple[str, int, str, int, int, bytes]) -> Record:
    log, seq, kind, boot_no, mono_ms, body = row
    return Record(log, seq, kind, boot_no, mono_ms, msgspec.Raw(body))
