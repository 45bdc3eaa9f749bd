"""Copies of the database in a folder: how they are named, and which of them are kept.

What is kept is counted in days that have a copy, not by the clock: a clock that is wrong takes
nothing away. What it dated later than now counts for nothing once it is right, and stays.
"""

import os
import re
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from triporteur_depot.broken import check
from triporteur_depot.database import epoch, open_reader
from triporteur_depot.replacing import belong, sync

_NAME = re.compile(r"depot-(\d{8}T\d{6})Z\.db")
_STAMP = "%Y%m%dT%H%M%S"
_PARTIAL = ".partial"
#: What SQLite makes beside a file that it writes.
_BESIDE = ("-journal", "-wal", "-shm")


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


class Parted(NamedTuple):
    """Copies, the oldest first: those `made` until an instant, and those dated later than it."""

    made: list[Path]
    ahead: list[Path]


def parted(folder: Path, now: datetime) -> Parted:
    """Those in the folder, as a clock that is right sees them."""
    there = copies(folder)
    ahead = [path for path in there if (at := made_at(path)) and at > now]
    return Parted([path for path in there if path not in ahead], ahead)


def make(source: sqlite3.Connection, copy: Path) -> bool:
    """Writes the copy, whole, or not at all. Whether it was looked through to its end.

    For its owner's eyes: what lets newcomers in is in it, as hashes. Raises BadCopy, OSError or
    sqlite3.Error.
    """
    partial = copy.with_name(copy.name + _PARTIAL)
    _remove(partial)
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _fill(source, partial)
        was_looked_through = _verify(partial)
        belong(partial)
        sync(partial)
        partial.replace(copy)
        sync(copy.parent)
    finally:
        _remove(partial)
    return was_looked_through


def tidy(folder: Path) -> None:
    """Removes what copies that were cut short left in the folder; none is being made now."""
    for left in folder.glob(f"depot-*.db{_PARTIAL}*"):
        if made_at(left.with_name(left.name.partition(_PARTIAL)[0])):
            left.unlink()


def rotate(folder: Path, days: int, weeks: int, now: datetime) -> list[Path]:
    """Removes the copies that are no longer kept, and names them."""
    there = parted(folder, now).made
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


def _remove(partial: Path) -> None:
    for beside in ("", *_BESIDE):
        partial.with_name(partial.name + beside).unlink(missing_ok=True)


def _verify(partial: Path) -> bool:
    fault = check(partial)
    if fault:
        raise BadCopy(
            f"the copy is damaged ({fault}), and so may the database be: nothing was kept of it; "
            "see triporteur-depot doctor"
        )
    with closing(open_reader(partial)) as copied:
        epoch(copied)
    return fault is not None
