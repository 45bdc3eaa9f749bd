"""Opening a journal for its writer, and putting a damaged one aside without losing count.

A disk that refuses is not a damaged file: then nothing is moved, and the caller is told.
"""

import logging
import sqlite3
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import msgspec

from triporteur_device.journal.schema import JournalOfLaterVersion, open_owned
from triporteur_wire.records import Body, Event, LogId, Loss, Seq

_log = logging.getLogger(__name__)

_BROKEN_KEPT = 2
_REASON = "journal damaged"
_Beyond = tuple[LogId, Seq, Seq | None]
_BEYOND = """
SELECT log, max(mark, forgotten_to) + 1 AS first, last_seq FROM logs
WHERE last_seq IS NULL OR last_seq >= first ORDER BY id"""


def open_or_set_aside(path: Path, damage: str = "") -> tuple[sqlite3.Connection, list[Body]]:
    """The open file, and the records that say what was lost when a damaged one was set aside.

    `damage` is what was found wrong with a file that looks whole; empty for none. Raises OSError
    or sqlite3.OperationalError when the disk is full, read-only or not ours, or when the file was
    written by a later version.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not damage:
        try:
            return open_owned(path), []
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            damage = str(error)
    _log.error("the journal %s is damaged (%s): set aside, a new one begun", path, damage)
    losses = _losses(path)
    _set_aside(path)
    return open_owned(path), [Event("journal_set_aside", detail=damage), *losses]


def is_damage(error: BaseException | None) -> bool:
    """Whether the file is at fault: not the disk below it, nor the program."""
    if isinstance(error, sqlite3.ProgrammingError | sqlite3.NotSupportedError):
        return False
    if not isinstance(error, sqlite3.OperationalError):
        return isinstance(error, sqlite3.DatabaseError)
    if isinstance(error, JournalOfLaterVersion):
        return False
    # What is no UTF-8, Python finds by itself: without a code. A missing table is SQLITE_ERROR.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code == sqlite3.SQLITE_ERROR


def highest_boot(path: Path) -> int:
    """The highest boot number in the journal at `path`; 0 when there is none to read."""
    try:
        with closing(open_to_read(path)) as connection:
            (number,) = connection.execute("SELECT max(boot_no) FROM logs").fetchone()
    except sqlite3.Error:
        return 0
    return int(number or 0)


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that cannot write. Raises sqlite3.OperationalError when there is no file.

    A disk that takes no new file takes none of SQLite's beside the journal either. Without them
    it can be read where its last writer closed it: nothing stands in a side file then.
    """
    try:
        return _connected(path, "mode=ro")
    except sqlite3.OperationalError:
        wal = path.with_name(path.name + "-wal")
        if not path.exists() or (wal.exists() and wal.stat().st_size):
            raise
        return _connected(path, "mode=ro&immutable=1")


def _connected(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _losses(path: Path) -> list[Loss]:
    """What lay beyond the marks of a damaged file, as far as its list of logs can be read.

    Where the last log ended, nobody knows.
    """
    try:
        with closing(open_to_read(path)) as connection:
            connection.text_factory = partial(str, encoding="utf-8", errors="replace")
            found = connection.execute(_BEYOND).fetchall()
    except sqlite3.Error:
        return []
    return [Loss(*said, _REASON) for said in map(_sound, found) if said]


def _sound(row: object) -> _Beyond | None:
    with suppress(msgspec.ValidationError):
        found: _Beyond = msgspec.convert(row, _Beyond)
        return found
    return None


def _set_aside(path: Path) -> None:
    for number in range(_BROKEN_KEPT, 1, -1):
        _move_all(path, f".broken-{number - 1}", f".broken-{number}")
    _move_all(path, "", ".broken-1")


def _move_all(path: Path, old: str, new: str) -> None:
    for side in ("", "-wal", "-shm"):
        source = path.with_name(path.name + old + side)
        target = path.with_name(path.name + new + side)
        target.unlink(missing_ok=True)
        if source.exists():
            source.replace(target)
