"""`triporteur-depot restore`: puts a copy of the database in its place."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from triporteur_depot.alone import alone
from triporteur_depot.asked import AskedWrongly
from triporteur_depot.broken import check
from triporteur_depot.database import epoch, open_reader, open_writer, renew_epoch, transaction
from triporteur_depot.replacing import put, room, settle, side

#: What an older copy may need beyond its own size while it is brought to this version.
_ROOM_BESIDE = 1.2


class NoRoom(RuntimeError):
    """The disk does not hold what is to be restored; the sentence says how much it lacks."""


def run(database: Path, copy: Path) -> int:
    """Copies the copy to the database's place; what was there is kept under another name.

    Raises NotAlone while the depot runs, AskedWrongly when the copy is none, NoRoom, and OSError
    or sqlite3.Error when the disk refuses.
    """
    _examine(copy)
    with alone(database):
        settle(database)
        if database.exists() and copy.samefile(database):
            raise AskedWrongly(f"{copy} is the database itself; name the copy to be put there")
        _make(database, copy)
        was_there = database.exists()
        fate = f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
        put(database, fate)
    if was_there:
        print(f"what was there is kept as {side(database, f'.{fate}')}")
    print(f"restored from {copy}; once the depot runs, units send again what they still hold")
    return 0


def _make(database: Path, copy: Path) -> None:
    """Nothing of what is half made stays."""
    made = room(database)
    _look_for_room(database.parent, copy)
    try:
        _fill(made, copy)
    except BaseException:
        room(database)
        raise


def _look_for_room(folder: Path, copy: Path) -> None:
    needed_mb = copy.stat().st_size * _ROOM_BESIDE / 1e6
    free_mb = shutil.disk_usage(folder).free / 1e6
    if free_mb < needed_mb:
        raise NoRoom(
            f"{free_mb:.1f} MB are left in {folder}, and this takes {needed_mb:.1f}: nothing was "
            "touched; make room first"
        )


def _fill(made: Path, copy: Path) -> None:
    with closing(open_reader(copy)) as source, closing(sqlite3.connect(made)) as target:
        source.backup(target)
    with closing(open_writer(made)) as connection, transaction(connection):
        # What units were told since the copy was made no longer holds.
        renew_epoch(connection)


def _examine(copy: Path) -> None:
    try:
        with closing(open_reader(copy)) as connection:
            epoch(connection)
        fault = check(copy)
    except (sqlite3.Error, TypeError) as error:
        raise AskedWrongly(f"{copy} is no copy of a depot's database ({error})") from error
    if fault:
        raise AskedWrongly(f"{copy} is damaged ({fault}); take another copy")
    if fault is None:
        print(f"{copy} is too large to be looked through in a minute: restored all the same")
