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

from triporteur_depot.database import is_damage, note_set_aside, open_reader, open_writer

_log = logging.getLogger(__name__)

_BROKEN_KEPT = 2
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
    damage = _damage(path)
    if damage:
        aside = move_aside(path)
        _log.error(
            "the database %s is damaged (%s): set aside as %s, a new one begun; units send again "
            "what they still hold; `triporteur-depot damage` tells what to do",
            *(path, damage, aside.name),
        )
    with closing(open_writer(path)) as connection:
        if damage:
            note_set_aside(connection, now_ms, damage)
            _carry_over(aside, connection)


def note_damage(path: Path, damage: str) -> None:
    """Leaves word for the next start that the file met damage while it was used."""
    try:
        _word(path).write_text(damage)
    except OSError as error:
        _log.error("cannot leave word of the damage (%s); it will be met again", error)


def check(path: Path) -> str:
    """What SQLite finds wrong with the file; empty when nothing is, or after a minute's look."""
    until_s = time.monotonic() + _CHECK_S
    with closing(open_reader(path)) as connection:
        connection.set_progress_handler(lambda: time.monotonic() > until_s, _STEPS_BETWEEN_LOOKS)
        try:
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.OperationalError:
            _log.warning("the database is too large to be checked in %d s; going on", _CHECK_S)
            return ""
        except sqlite3.DatabaseError as error:
            return str(error)
    return "" if said == "ok" else str(said)


def _damage(path: Path) -> str:
    """What is wrong with the file, or empty. Only one that was not closed well is read whole."""
    if not path.exists():
        return ""
    if _word(path).exists():
        return _word(path).read_text(errors="replace") or "damage met earlier"
    if not path.stat().st_size:
        return "the file is empty"
    try:
        was_closed = not _side(path, "-wal").exists()
        open_writer(path).close()
        return "" if was_closed else check(path)
    except sqlite3.DatabaseError as error:
        if not is_damage(error) or not _was_a_database(path):
            raise
        return str(error)


def _was_a_database(path: Path) -> bool:
    """Whether the file is one of ours; whoever named another by mistake keeps it in its place."""
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0" or path.stat().st_size % _PAGE_BYTES == 0


def move_aside(path: Path) -> Path:
    """Moves the file and what belongs to it out of the way; gives its new place."""
    _word(path).unlink(missing_ok=True)
    for number in range(_BROKEN_KEPT, 1, -1):
        _move(_side(path, f".broken-{number - 1}"), _side(path, f".broken-{number}"))
    aside = _side(path, ".broken-1")
    _move(path, aside)
    return aside


def _move(source: Path, target: Path) -> None:
    for beside in ("", "-wal", "-shm"):
        _side(target, beside).unlink(missing_ok=True)
        if _side(source, beside).exists():
            _side(source, beside).replace(_side(target, beside))


def _carry_over(aside: Path, connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA foreign_keys = OFF")
    for table in _CARRIED:
        try:
            with closing(open_reader(aside)) as broken:
                _copy(broken, connection, table)
        except sqlite3.Error as error:
            _log.error("not all of the table %s could be carried over (%s)", table, error)


def _copy(broken: sqlite3.Connection, connection: sqlite3.Connection, table: str) -> None:
    rows = broken.execute(f"SELECT * FROM {table}")  # noqa: S608 - one of ours
    names = [column for column, *_ in rows.description]
    marks = ", ".join("?" * len(names))
    insert = f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
    for row in rows:
        connection.execute(insert, row)


def _word(path: Path) -> Path:
    return _side(path, ".damaged")


def _side(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
