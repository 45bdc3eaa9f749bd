"""The reading end of a journal: the publisher, `triporteur-device journal`, other rooms."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from triporteur_device.journal.opening import open_to_read
from triporteur_wire.envelope import Batch, GivenUp, Range
from triporteur_wire.records import ANCHOR, Record

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


class JournalReader:
    """Reads a journal that another connection writes. Raises sqlite3.Error on opening."""

    def __init__(self, path: Path) -> None:
        self._connection = open_to_read(path)

    def close(self) -> None:
        self._connection.close()

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
        return [LogState(*row) for row in self._connection.execute(_LOGS)]

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
        row = self._connection.execute(_ONE_LOG, (stretch.log,)).fetchone()
        log = LogState(*row) if row else None
        if log is None or log.last_seq <= stretch.after:
            return None
        rows = self._connection.execute(
            f"SELECT {_RECORD} WHERE log = ? AND seq > ? ORDER BY seq LIMIT ?",
            (stretch.log, stretch.after, stretch.limit),
        )
        records = [_record(row) for row in rows]
        last = records[-1].seq if len(records) == stretch.limit else log.last_seq
        covered = Range(log.log, stretch.after + 1, last)
        return Batch(covered, records, self._given_up(covered))

    def _given_up(self, covered: Range) -> list[GivenUp]:
        log_id, forgotten_to = self._connection.execute(
            "SELECT id, forgotten_to FROM logs WHERE log = ?", (covered.log,)
        ).fetchone()
        found = [(1, forgotten_to, FORGOTTEN)] if forgotten_to else []
        found += self._connection.execute(
            "SELECT first, last, reason FROM given_up WHERE log_id = ? ORDER BY first", (log_id,)
        ).fetchall()
        return [
            GivenUp(max(first, covered.first), min(last, covered.last), reason)
            for first, last, reason in found
            if first <= covered.last and last >= covered.first
        ]


_LOGS = """
SELECT log, boot_no,
    max(coalesce((SELECT max(seq) FROM records WHERE log_id = logs.id), 0),
        coalesce((SELECT max(last) FROM given_up WHERE log_id = logs.id), 0),
        forgotten_to) AS last_seq,
    mark, utc_offset_ms,
    coalesce((SELECT sum(last - max(first, mark + 1) + 1) FROM given_up
              WHERE log_id = logs.id AND last > mark), 0)
FROM logs"""
_ONE_LOG = f"{_LOGS} WHERE log = ?"
_LOGS += " ORDER BY id"
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
