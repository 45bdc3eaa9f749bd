"""The database, opened by a command: what may go wrong is told in a sentence."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from triporteur_depot.database import open_reader, open_writer


class NoDatabase(RuntimeError):
    """The database is not there, or refuses; the sentence says what to do."""


def reading(path: Path) -> AbstractContextManager[sqlite3.Connection]:
    """A connection that cannot write, as a context. Raises NoDatabase, while it is used too."""
    return _opened(open_reader, path)


def writing(path: Path) -> AbstractContextManager[sqlite3.Connection]:
    """A connection beside the ingest's own. Raises NoDatabase; makes no new database."""
    return _opened(open_writer, path)


@contextmanager
def _opened(
    opener: Callable[[Path], sqlite3.Connection], path: Path
) -> Iterator[sqlite3.Connection]:
    if not path.exists():
        raise NoDatabase(
            f"there is no database at {path}; start `triporteur-depot run` once, or name the "
            "right file with --config"
        )
    try:
        with closing(opener(path)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise NoDatabase(f"the database {path} refuses ({error}); {_advice(error)}") from error


def _advice(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the cause without its details
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return "somebody else is writing to it: try again"
    if "no such" in str(error):
        return "it is of another version: restart `triporteur-depot run`"
    return "run this as the depot's user, and see that its disk has room"
