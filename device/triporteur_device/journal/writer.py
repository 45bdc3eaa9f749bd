"""The writing end of a journal: one process, one log, one commit for many records."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from triporteur_device.journal.marks import apply, merged
from triporteur_device.journal.opening import open_or_set_aside
from triporteur_device.journal.room import declare, make_room, runs, used_bytes
from triporteur_device.journal.schema import END_LOGS
from triporteur_device.journal.unkept import NOTHING, Unkept
from triporteur_wire.messages import Ack
from triporteur_wire.records import (
    TELEMETRY,
    Anchor,
    Body,
    Loss,
    Open,
    encode_body,
    kind_of,
    new_log_id,
)

#: About four months of a unit that is out every working day, never heard by a depot.
DEFAULT_BUDGET_BYTES = 256_000_000
#: What is kept in memory while the disk refuses: some hours of a riding trike, 10 MB.
MAX_BUFFERED = 20_000
REFUSED = "the storage refused to write"

#: By name: a later release may have added a column, before it was gone back from.
_APPEND = "INSERT INTO records (log_id, seq, kind, mono_ms, body) VALUES (?, ?, ?, ?, ?)"

_Row = tuple[int, int, str, int, bytes]


class JournalWriter:
    """Appends records to a new log of the file at `path`.

    Records are buffered by `append` and reach the disk together on `commit`; the caller decides
    how long telemetry may wait. The file stays within `budget_bytes`: what the depot has is
    forgotten first, then telemetry is thinned. The depot's marks go along with one commit in
    `marks_every_commits`. `carried` is what another journal of this boot did not keep: it goes
    first. A damaged file is set aside, and the new log says so; so is one that looks whole, when
    `damage` says what was found wrong with it. Opening raises OSError or sqlite3.Error when the
    disk is the matter, or the file is damaged and still looked whole.
    """

    def __init__(
        self,
        path: Path,
        boot_no: int,
        mono_ms: int,
        version: str,
        budget_bytes: int = DEFAULT_BUDGET_BYTES,
        marks_every_commits: int = 1,
        carried: Unkept = NOTHING,
        damage: str = "",
    ) -> None:
        self._connection, losses = open_or_set_aside(path, damage)
        self.log = new_log_id()
        self._boot_no = boot_no
        self._budget_bytes = budget_bytes
        self._marks_every_commits = marks_every_commits
        self._last_seq = 0
        self._buffer: list[_Row] = []
        self._shed: list[int] = []
        self._ack: Ack | None = None
        self._commits_since_marks = 0
        self._offset_ms: int | None = None
        try:
            self._log_id, predecessor = self._begin()
            for body in (Open(predecessor, version), *losses, *carried.losses):
                self.append(mono_ms, body)
            for row in carried.rows:
                self._buffer_row(*row)
            self.commit()
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def buffered(self) -> int:
        """How many records a power cut would cost now."""
        return len(self._buffer)

    def append(self, mono_ms: int, body: Body) -> int:
        """Buffers a record and gives it its seq."""
        self._buffer_row(kind_of(body), mono_ms, encode_body(body))
        if isinstance(body, Anchor):
            self._offset_ms = body.utc_ms - mono_ms
        return self._last_seq

    def take_unkept(self) -> Unkept:
        """Takes out what is buffered, for a journal that can keep it. Only `close` may follow."""
        losses = [Loss(self.log, *run, REFUSED) for run in runs(sorted(self._shed))]
        unkept = Unkept(self._boot_no, [row[2:] for row in self._buffer], losses)
        self._buffer.clear()
        self._shed.clear()
        return unkept

    def acknowledge(self, ack: Ack) -> None:
        """Takes the depot's marks; they reach the disk with a later commit, or at the end.

        A mark lost in a power cut only costs sending again; written each time, it would cost the
        card as much as the records.
        """
        self._ack = merged(self._ack, ack) if self._ack else ack

    def commit(self) -> None:
        """Writes what is buffered. Raises sqlite3.Error; the buffer is then kept."""
        with_marks = self._ack is not None and self._marks_are_due()
        if self._buffer or with_marks:
            self._write(with_marks=with_marks)

    def _write(self, *, with_marks: bool) -> None:
        with self._transaction() as connection:
            connection.executemany(_APPEND, self._buffer)
            for first, last in runs(sorted(self._shed)):
                declare(connection, self._log_id, first, last, REFUSED)
            if self._offset_ms is not None:
                connection.execute(
                    "UPDATE logs SET utc_offset_ms = ? WHERE boot_no = ?",
                    (self._offset_ms, self._boot_no),
                )
            if self._ack is not None and with_marks:
                apply(connection, self._ack)
            make_room(connection, self._budget_bytes)
        self._buffer.clear()
        self._shed.clear()
        self._offset_ms = None
        self._commits_since_marks += 1
        if with_marks:
            self._ack, self._commits_since_marks = None, 0

    def close(self) -> None:
        """Commits what is buffered and closes the file. Raises sqlite3.Error."""
        try:
            if self._buffer or self._ack:
                self._write(with_marks=True)
        finally:
            self._connection.close()

    def _marks_are_due(self) -> bool:
        """Now and then, and whenever records must be forgotten to make room."""
        if self._commits_since_marks + 1 >= self._marks_every_commits:
            return True
        return used_bytes(self._connection) > self._budget_bytes

    def _begin(self) -> tuple[int, str | None]:
        """Makes this log's row; its id, and the name of the log before it."""
        row = self._connection.execute("SELECT log FROM logs ORDER BY id DESC LIMIT 1").fetchone()
        offset = self._connection.execute(
            "SELECT max(utc_offset_ms) FROM logs WHERE boot_no = ?", (self._boot_no,)
        ).fetchone()
        with self._transaction() as connection:
            connection.execute(END_LOGS)
            cursor = connection.execute(
                "INSERT INTO logs (log, boot_no, utc_offset_ms) VALUES (?, ?, ?)",
                (self.log, self._boot_no, offset[0]),
            )
        return int(cursor.lastrowid or 0), row[0] if row else None

    def _buffer_row(self, kind: str, mono_ms: int, body: bytes) -> None:
        self._last_seq += 1
        self._buffer.append((self._log_id, self._last_seq, kind, mono_ms, body))
        if len(self._buffer) > MAX_BUFFERED:
            self._shed_telemetry()

    def _shed_telemetry(self) -> None:
        """Gives up the older half of the buffered telemetry; nothing else is ever given up."""
        half = len(self._buffer) // 2
        shed = [row for row in self._buffer[:half] if row[2] == TELEMETRY]
        self._shed += [seq for _, seq, *_ in shed]
        gone = {seq for _, seq, *_ in shed}
        self._buffer = [row for row in self._buffer if row[1] not in gone]

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
