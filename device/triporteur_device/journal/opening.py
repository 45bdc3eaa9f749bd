"""Opening a journal for its writer, and putting a damaged one aside without losing count.

A disk that refuses is not a damaged file: then nothing is moved, and the caller is told.
"""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

from triporteur_device.journal.schema import open_owned
from triporteur_wire.records import Body, Event, Loss

_log = logging.getLogger(__name__)

_BROKEN_KEPT = 2
_REASON = "journal damaged"


def open_or_set_aside(path: Path) -> tuple[sqlite3.Connection, list[Body]]:
    """The open file, and the records that say what was lost when a damaged one was set aside.

    Raises sqlite3.OperationalError when the disk is full, read-only or not ours, or when the file
    was written by a later version.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return open_owned(path), []
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        _log.error("the journal %s is damaged (%s): set aside, a new one begun", path, error)
        losses = _losses(path)
        _set_aside(path)
        return open_owned(path), [Event("journal_set_aside", detail=str(error)), *losses]


def highest_boot(path: Path) -> int:
    """The highest boot number in the journal at `path`; 0 when there is none to read."""
    try:
        with closing(open_to_read(path)) as connection:
            (number,) = connection.execute("SELECT max(boot_no) FROM logs").fetchone()
    except sqlite3.Error:
        return 0
    return int(number or 0)


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that cannot write. Raises sqlite3.OperationalError when there is no file."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA query_only = ON")
    return connection


def _losses(path: Path) -> list[Loss]:
    """What lay beyond the marks of a damaged file, as far as its list of logs can be read."""
    try:
        with closing(open_to_read(path)) as connection:
            marks = connection.execute("SELECT log, max(mark, forgotten_to) FROM logs").fetchall()
    except sqlite3.Error:
        return []
    return [Loss(log, mark + 1, None, _REASON) for log, mark in marks]


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
