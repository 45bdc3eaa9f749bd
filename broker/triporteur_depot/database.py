"""Opening the depot's SQLite file: one writer (the ingest), any number of readers (pages).

WAL with synchronous=FULL: what is acknowledged to a unit has reached the disk.
"""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlite_utils import Database

from triporteur_depot.alone import in_turn
from triporteur_depot.migrations import migrations
from triporteur_depot.replacing import belong, side

_BUSY_TIMEOUT_S = 10.0
_NOTE = "INSERT INTO meta (key, value) VALUES (?, ?)"


def open_writer(path: Path) -> sqlite3.Connection:
    """The one connection that writes; makes or migrates the file first.

    Transactions are explicit (`BEGIN` … `COMMIT`). Raises OSError or sqlite3.Error.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _migrate(path)
    connection = sqlite3.connect(
        path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write. Raises sqlite3.Error when there is no such file."""
    # The last to close takes its empty log away again, which one that may only read cannot.
    mode = "ro" if any(side(path, beside).exists() for beside in ("-wal", "-journal")) else "rw"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=_BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA query_only = ON")
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it is committed, or none. Raises sqlite3.Error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    """A part of a transaction: all of it stays, or none, and the transaction goes on."""
    connection.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # a full disk may already have ended it
            connection.execute("ROLLBACK TO part")
            connection.execute("RELEASE part")
        raise
    connection.execute("RELEASE part")


def is_of_the_content(error: Exception) -> bool:
    """Whether what was to be written is at fault, and not the disk or the file."""
    refused = sqlite3.IntegrityError | sqlite3.DataError | sqlite3.InterfaceError
    return isinstance(error, refused) or not isinstance(error, sqlite3.Error)


def is_damage(error: BaseException) -> bool:
    """Whether SQLite says that the file itself is broken: not the disk, not what was written."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def epoch(connection: sqlite3.Connection) -> str:
    """The name of this database's memory; marks given under another name mean nothing."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
    return str(row[0])


def renew_epoch(connection: sqlite3.Connection) -> None:
    """Gives the memory a new name: units forget every mark they were given."""
    connection.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (secrets.token_hex(8),))


def _migrate(path: Path) -> None:
    # Two processes that open a new file at once would take the same steps.
    with in_turn(path):
        is_new = not path.exists()
        if is_new and path.is_symlink():
            raise OSError(f"{path} is a link to nothing; remove it, or make what it points to")
        database = Database(path)
        try:
            if is_new:
                belong(path)
            database.execute("PRAGMA journal_mode = WAL")
            migrations.apply(database)
        finally:
            database.close()


class Replaced(RuntimeError):
    """The file that is written is no longer the one at its path."""


class Place:
    """Where a connection's file stood when it was opened."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        (_, _, self._path), *_ = connection.execute("PRAGMA database_list")
        self._inode = Path(self._path).stat().st_ino

    def check(self) -> None:
        """Raises Replaced: what is written to a file without a name is lost with it."""
        try:
            inode = Path(self._path).stat().st_ino
        except FileNotFoundError:
            inode = None
        if inode != self._inode:
            raise Replaced(
                f"the database {self._path} was moved or replaced while the depot wrote to it; "
                "end the depot before you touch its file, then start it again"
            )


class SetAside(NamedTuple):
    """A damaged database was set aside at `utc_ms`, and why."""

    utc_ms: int
    why: str


def note_set_aside(connection: sqlite3.Connection, utc_ms: int, why: str) -> None:
    """Keeps, for the pages, that this database was begun because another was damaged.

    Inside the caller's transaction.
    """
    connection.execute(_NOTE, ("set_aside", f"{utc_ms} {why}"))


def set_aside(connection: sqlite3.Connection) -> SetAside | None:
    """What was set aside, until somebody has taken note of it; else None."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'set_aside'").fetchone()
    if row is None:
        return None
    utc_ms, _, why = str(row[0]).partition(" ")
    return SetAside(int(utc_ms), why)


def forget_set_aside(connection: sqlite3.Connection) -> None:
    """Somebody has taken note of it."""
    with transaction(connection):
        connection.execute("DELETE FROM meta WHERE key = 'set_aside'")


def note_broker(connection: sqlite3.Connection, lost_utc_ms: int | None) -> None:
    """Keeps since when the ingest has no broker, for the pages; None while it has one."""
    with transaction(connection):
        connection.execute("DELETE FROM meta WHERE key = 'broker_lost_utc_ms'")
        if lost_utc_ms is not None:
            connection.execute(_NOTE, ("broker_lost_utc_ms", lost_utc_ms))


def broker_lost_ms(connection: sqlite3.Connection) -> int | None:
    """Since when (UTC) the ingest has no broker; None while it has one."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'broker_lost_utc_ms'").fetchone()
    return int(row[0]) if row else None
