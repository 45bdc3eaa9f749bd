"""Copies of the database in a folder: how they are named, and which of them are kept.

What is kept is counted in days that have a copy, not by the clock: a clock that is wrong takes
nothing away.
"""

import os
import re
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from triporteur_depot.broken import check
from triporteur_depot.database import epoch, open_reader
from triporteur_depot.replacing import belong, sync

_NAME = re.compile(r"depot-(\d{8}T\d{6})Z\.db")
_STAMP = "%Y%m%dT%H%M%S"


class BadCopy(RuntimeError):
    """What was copied is damaged; the sentence says how."""


def name(now: datetime) -> str:
    return f"depot-{now:{_STAMP}}Z.db"


def made_at(path: Path) -> datetime | None:
    """When a copy was made, by its name; None for another file."""
    found = _NAME.fullmatch(path.name)
    return datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC) if found else None


def copies(folder: Path) -> list[Path]:
    """Those in the folder, the oldest first."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if made_at(path))


def make(source: sqlite3.Connection, copy: Path) -> None:
    """Writes the copy, whole and looked through, or not at all.

    For its owner's eyes: what lets newcomers in is in it, as hashes. Raises BadCopy, OSError or
    sqlite3.Error.
    """
    partial = copy.with_name(f"{copy.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _fill(source, partial)
        _verify(partial)
        belong(partial)
        sync(partial)
        partial.replace(copy)
        sync(copy.parent)
    finally:
        for side in ("", "-journal"):
            partial.with_name(partial.name + side).unlink(missing_ok=True)


def rotate(folder: Path, days: int, weeks: int) -> list[Path]:
    """Removes the copies that are no longer kept, and names them."""
    there = copies(folder)
    kept = _newest(there, days, lambda at: at.date()) | _newest(
        there, weeks, lambda at: at.isocalendar()[:2]
    )
    gone = [path for path in there if path not in kept]
    for path in gone:
        path.unlink()
    return gone


def _newest(there: Iterable[Path], many: int, span: Callable[[datetime], object]) -> set[Path]:
    """The last copy of each of the newest spans of time that have one."""
    last = {span(at): path for path in there if (at := made_at(path))}
    return set(list(last.values())[-many:] if many else [])


def _fill(source: sqlite3.Connection, partial: Path) -> None:
    with closing(sqlite3.connect(partial)) as target:
        source.backup(target)
        # Alone, a copy has no log beside it.
        target.execute("PRAGMA journal_mode = DELETE")


def _verify(partial: Path) -> None:
    fault = check(partial)
    if fault:
        raise BadCopy(
            f"the copy is damaged ({fault}), and so may the database be: nothing was kept of it; "
            "see triporteur-depot doctor"
        )
    with closing(open_reader(partial)) as copied:
        epoch(copied)
