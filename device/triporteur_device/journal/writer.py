"""The writing end of a journal: one process, one log, one commit for many records."""

import logging
import sqlite3
from pathlib import Path
from types import TracebackType

from triporteur_device.journal.room import make_room
from triporteur_device.journal.schema import open_owned
from triporteur_wire.messages import Ack
from triporteur_wire.records import Anchor, Body, Open, encode_body, kind_of, new_log_id

_log = logging.getLogger(__name__)
_BROKEN_KEPT = 2
#: About four months of a unit that is out every working day, never heard by a depot.
DEFAULT_BUDGET_BYTES = 256_000_000


class JournalWriter:
    """Appends records to a new log of the file at `path`.

    Records are buffered by `append` and reach the disk together on `commit`; the caller decides
    how long telemetry may wait. The file stays within `budget_bytes`: what the depot has is
    forgotten first, then telemetry is thinned. Opening raises sqlite3.OperationalError when the disk is full,
    read-only or not ours; a damaged file is set aside and a new one begun.
    """

    def __init__(
        self,
        path: Path,
        boot_no: int,
        mono_ms: int,
        version: str,
        budget_bytes: int = DEFAULT_BUDGET_BYTES,
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection, broken = _open_or_set_aside(path)
        self.log = new_log_id()
        self._boot_no = boot_no
        self._budget_bytes = budget_bytes
        self._last_seq = 0
        self._buffer: list[tuple[int, int, str, int, bytes]] = []
        self._ack: Ack | None = None
        self._offset_ms: int | None = None
        self._log_id = self._begin(mono_ms, version)
        if broken:
            _log.error("the journal %s was damaged (%s): set aside, a new one begun", path, broken)

    def __enter__(self) -> "JournalWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def buffered(self) -> int:
        """How many records a power cut would cost now."""
        return len(self._buffer)

    def append(self, mono_ms: int, body: Body) -> int:
        """Buffers a record and gives it its seq."""
        self._last_seq += 1
        row = (self._log_id, self._last_seq, kind_of(body), mono_ms, encode_body(body))
        self._buffer.append(row)
        if isinstance(body, Anchor):
            self._offset_ms = body.utc_ms - mono_ms
        return self._last_seq

    def acknowledge(self, ack: Ack) -> None:
        """Takes the depot's marks; they reach the disk with the next commit.

        A mark lost in a power cut only costs sending again.
        """
        self._ack = ack

    def commit(self) -> None:
        """Writes what is buffered. Raises sqlite3.OperationalError; the buffer is then kept."""
        if not self._buffer and self._ack is None:
            return
        with self._transaction() as connection:
            connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", self._buffer)
            if self._offset_ms is not None:
                connection.execute(
                    "UPDATE logs SET utc_offset_ms = ? WHERE id = ?",
                    (self._offset_ms, self._log_id),
                )
            if self._ack is not None:
                _apply(connection, self._ack)
            make_room(connection, self._budget_bytes)
        self._buffer.clear()
        self._ack = None
        self._offset_ms = None

    def close(self) -> None:
        """Commits what is buffered and closes the file."""
        self.commit()
        self._connection.close()

    def _begin(self, mono_ms: int, version: str) -> int:
        row = self._connection.execute("SELECT log FROM logs ORDER BY id DESC LIMIT 1").fetchone()
        with self._transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO logs (log, boot_no) VALUES (?, ?)", (self.log, self._boot_no)
            )
            self._log_id = int(cursor.lastrowid or 0)
        self.append(mono_ms, Open(row[0] if row else None, version))
        self.commit()
        return self._log_id

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._connection)


class _Transaction:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> sqlite3.Connection:
        self._connection.execute("BEGIN IMMEDIATE")
        return self._connection

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._connection.execute("COMMIT")
        elif self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def highest_boot(path: Path) -> int:
    """The highest boot number in the journal at `path`; 0 when there is none to read."""
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            (number,) = connection.execute("SELECT max(boot_no) FROM logs").fetchone()
        finally:
            connection.close()
    except sqlite3.Error:
        return 0
    return int(number or 0)


def _open_or_set_aside(path: Path) -> tuple[sqlite3.Connection, str]:
    try:
        return open_owned(path), ""
    except sqlite3.OperationalError:
        raise  # the disk's fault: moving the file away would lose what it holds
    except sqlite3.DatabaseError as error:
        _set_aside(path)
        return open_owned(path), str(error)


def _set_aside(path: Path) -> None:
    for number in range(_BROKEN_KEPT, 1, -1):
        _move_all(path, f".broken-{number - 1}", f".broken-{number}")
    _move_all(path, "", ".broken-1")


def _move_all(path: Path, old: str, new: str) -> None:
    for side in ("", "-wal", "-shm"):
        source = path.with_name(path.name + old + side)
        if source.exists():
            source.replace(path.with_name(path.name + new + side))


def _apply(connection: sqlite3.Connection, ack: Ack) -> None:
    known = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
    if known is None or known[0] != ack.epoch:
        # Another database answers: what it does not name, it does not have.
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('epoch', ?)", (ack.epoch,))
        connection.execute("UPDATE logs SET mark = 0")
    connection.executemany(
        "UPDATE logs SET mark = ? WHERE log = ?", [(seq, log) for log, seq in ack.marks.items()]
    )
