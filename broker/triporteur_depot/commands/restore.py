"""`triporteur-depot restore`: puts a copy of the database in its place."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from triporteur_depot.alone import alone
from triporteur_depot.asked import AskedWrongly
from triporteur_depot.broken import check
from triporteur_depot.database import epoch, open_reader, open_writer, renew_epoch, transaction
from triporteur_depot.replacing import put, room, settle, side


def run(database: Path, copy: Path) -> int:
    """Copies the copy to the database's place; what was there is kept under another name.

    Raises NotAlone while the depot runs, AskedWrongly when the copy is none, and OSError or
    sqlite3.Error when the disk refuses.
    """
    _examine(copy)
    with alone(database):
        settle(database)
        if database.exists() and copy.samefile(database):
            raise AskedWrongly(f"{copy} is the database itself; name the copy to be put there")
        _fill(room(database), copy)
        was_there = database.exists()
        fate = f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
        put(database, fate)
    if was_there:
        print(f"what was there is kept as {side(database, f'.{fate}')}")
    print(f"restored from {copy}; once the depot runs, units send again what they still hold")
    return 0


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
