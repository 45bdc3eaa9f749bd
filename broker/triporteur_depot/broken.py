"""A damaged database is set aside and a new one begun; see docs/decisions/008-broken-database.md.

The new one has an epoch of its own, so that units send again all that they still hold. What cannot
come from units (who they are, whom the depot let in, what they were given) is carried over as far
as it can be read.
"""

import logging
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from triporteur_depot.database import (
    is_damage,
    note_set_aside,
    open_reader,
    open_writer,
    transaction,
)
from triporteur_depot.replacing import put, room, settle, side, word

_log = logging.getLogger(__name__)

_BROKEN_KEPT = 2
_ASIDE = "broken-{}"
#: A depot that starts is not held up longer; what is damaged will show when it is read.
_CHECK_S = 60.0
_STEPS_BETWEEN_LOOKS = 100_000
#: SQLite's own, unless a file is made with another.
_PAGE_BYTES = 4096
_CARRIED = ("units", "bundles", "certificates", "parcels")


def make_ready(path: Path, now_ms: int) -> None:
    """Makes or migrates the database, before anything reads it; a damaged one is set aside first.

    Raises OSError or sqlite3.OperationalError when the disk refuses, and sqlite3.DatabaseError for
    a file that never was a database.
    """
    settle(path)
    # What a restore left that was cut short.
    room(path)
    damage = _damage(path)
    if damage:
        _begin_anew(path, now_ms, damage)
        _log.error(
            "the database %s is damaged (%s): set aside as %s, a new one begun; units send again "
            "what they still hold; `triporteur-depot damage` tells what to do",
            *(path, damage, side(path, f".{_ASIDE.format(1)}").name),
        )
    open_writer(path).close()


def _begin_anew(path: Path, now_ms: int, damage: str) -> None:
    with closing(open_writer(room(path))) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        with transaction(connection):
            note_set_aside(connection, now_ms, damage)
            _carry_over(path, connection)
    _shift(path)
    put(path, _ASIDE.format(1))


def note_damage(path: Path, damage: str) -> None:
    """Leaves word for the next start that the file met damage while it was used."""
    try:
        word(path).write_text(damage)
    except OSError as error:
        _log.error("cannot leave word of the damage (%s); it will be met again", error)


def check(path: Path) -> str | None:
    """What SQLite finds wrong with the file, empty when nothing is.

    None when a minute was not enough to look through all of it. Raises sqlite3.Error when it
    cannot be opened or read.
    """
    until_s = time.monotonic() + _CHECK_S
    with closing(open_reader(path)) as connection:
        connection.set_progress_handler(lambda: time.monotonic() > until_s, _STEPS_BETWEEN_LOOKS)
        try:
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                return None
            raise
        except sqlite3.DatabaseError as error:
            return str(error)
    return "" if said == "ok" else str(said)


def _damage(path: Path) -> str:
    """What is wrong with the file, or empty. Only one that was not closed well is read whole."""
    if not path.exists():
        return ""
    if word(path).exists():
        return word(path).read_text(errors="replace") or "damage met earlier"
    if not path.stat().st_size:
        return "the file is empty"
    try:
        was_closed = not _has_log(path)
        open_writer(path).close()
        return "" if was_closed else _found(path)
    except sqlite3.DatabaseError as error:
        if not is_damage(error) or not _was_a_database(path):
            raise
        return str(error)


def _has_log(path: Path) -> bool:
    """Whether something was written that no writer has brought home; readers leave an empty log."""
    try:
        return side(path, "-wal").stat().st_size > 0
    except FileNotFoundError:
        return False


def _found(path: Path) -> str:
    try:
        fault = check(path)
    except sqlite3.OperationalError as error:
        _log.warning("the database cannot be looked through (%s); going on", error)
        return ""
    if fault is None:
        _log.warning("the database is too large to be checked in %d s; going on", _CHECK_S)
    return fault or ""


def _was_a_database(path: Path) -> bool:
    """Whether the file is one of ours; whoever named another by mistake keeps it in its place."""
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0" or path.stat().st_size % _PAGE_BYTES == 0


def _shift(path: Path) -> None:
    """Makes room among the damaged ones that are kept."""
    for number in range(_BROKEN_KEPT, 1, -1):
        source, target = (side(path, f".{_ASIDE.format(one)}") for one in (number - 1, number))
        if source.exists():
            for beside in ("", "-wal", "-shm"):
                side(target, beside).unlink(missing_ok=True)
                if side(source, beside).exists():
                    side(source, beside).replace(side(target, beside))


def _carry_over(damaged: Path, connection: sqlite3.Connection) -> None:
    for table in _CARRIED:
        try:
            with closing(open_reader(damaged)) as broken:
                _copy(broken, connection, table)
        except sqlite3.Error as error:
            if _is_of_the_new_one(error, connection):
                raise
            _log.error("not all of the table %s could be carried over (%s)", table, error)


def _is_of_the_new_one(error: sqlite3.Error, connection: sqlite3.Connection) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code == sqlite3.SQLITE_FULL or not connection.in_transaction


def _copy(broken: sqlite3.Connection, connection: sqlite3.Connection, table: str) -> None:
    known = connection.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
    found = broken.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
    # Later code may have added columns that the new one lacks, or lack those that it has.
    names = [name for (name,) in found if (name,) in known]
    rows = broken.execute(f"SELECT {', '.join(names)} FROM {table}")  # noqa: S608 - ours
    marks = ", ".join("?" * len(names))
    insert = f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
    for row in rows:
        connection.execute(insert, row)
