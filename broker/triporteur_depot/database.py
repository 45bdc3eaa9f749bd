"""Opening the depot's SQLite file: one writer (the ingest), any number of readers (pages).

WAL with synchronous=FULL: what is acknowledged to a unit has reached the disk.
"""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from triporteur_depot.migrations import migrations

_BUSY_TIMEOUT_S = 10.0


def open_writer(path: Path) -> sqlite3.Connection:
    """The one connection that writes; makes or migrates the file first.

    Transactions are explicit (`BEGIN` … `COMMIT`). Raises sqlite3.Error.
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
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
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


def epoch(connection: sqlite3.Connection) -> str:
    """The name of this database's memory; marks given under another name mean nothing."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
    return str(row[0])


def renew_epoch(connection: sqlite3.Connection) -> None:
    """Gives the memory a new name: units forget every mark they were given."""
    connection.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (secrets.token_hex(8),))


def _migrate(path: Path) -> None:
    database = Database(path)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        migrations.apply(database)
    finally:
        database.close()


def note_broker(connection: sqlite3.Connection, lost_utc_ms: int | None) -> None:
    """Keeps since when the ingest has no broker, for the pages; None while it has one."""
    with transaction(connection):
        connection.execute("DELETE FROM meta WHERE key = 'broker_lost_utc_ms'")
        if lost_utc_ms is not None:
            connection.execute("INSERT INTO meta VALUES ('broker_lost_utc_ms', ?)", (lost_utc_ms,))


def broker_lost_ms(connection: sqlite3.Connection) -> int | None:
    """Since when (UTC) the ingest has no broker; None while it has one."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'broker_lost_utc_ms'").fetchone()
    return int(row[0]) if row else None
