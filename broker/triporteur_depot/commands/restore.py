"""`triporteur-depot restore`: puts a copy of the database in its place."""

import sqlite3
from contextlib import closing
from pathlib import Path

from triporteur_depot.alone import alone
from triporteur_depot.asked import AskedWrongly
from triporteur_depot.broken import check, move_aside
from triporteur_depot.database import epoch, open_reader, open_writer, renew_epoch, transaction


def run(database: Path, copy: Path) -> int:
    """Sets the present database aside and copies the copy.

    Raises NotAlone while the depot runs, AskedWrongly when the copy is none, and OSError or
    sqlite3.Error when the disk refuses.
    """
    _examine(copy)
    with alone(database):
        if database.exists():
            aside = move_aside(database)
            print(f"the present database is kept as {aside}")
        database.parent.mkdir(parents=True, exist_ok=True)
        with closing(open_reader(copy)) as source, closing(sqlite3.connect(database)) as target:
            source.backup(target)
        with closing(open_writer(database)) as connection, transaction(connection):
            # What units were told since the copy was made no longer holds.
            renew_epoch(connection)
    print(f"restored from {copy}; once the depot runs, units send again what they still hold")
    return 0


def _examine(copy: Path) -> None:
    try:
        with closing(open_reader(copy)) as connection:
            epoch(connection)
        fault = check(copy)
    except (sqlite3.Error, TypeError) as error:
        raise AskedWrongly(f"{copy} is no copy of a depot's database ({error})") from error
    if fault:
        raise AskedWrongly(f"{copy} is damaged ({fault}); take another copy")
