"""A fresh database for nearly every test: its tables are made once, then copied."""

import sqlite3
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from triporteur_depot.database import open_writer, renew_epoch


def fresh_writer(path: Path) -> sqlite3.Connection:
    """What `open_writer` gives where nothing is yet, in a third of the time."""
    if path.exists():
        return open_writer(path)
    path.write_bytes(_empty())
    connection = open_writer(path)
    renew_epoch(connection)
    return connection


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "depot.db"
        open_writer(path).close()
        return path.read_bytes()
