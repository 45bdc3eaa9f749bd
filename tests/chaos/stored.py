"""What the depot's database holds of one unit, read straight from its tables."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.ledger import Entry, Key, digest

_RECORDS = """
SELECT log, seq, kind, boot_no, mono_ms, body FROM records
JOIN logs ON logs.id = log_id JOIN units ON units.id = unit_id WHERE units.name = ?"""
_GIVEN_UP = """
SELECT log, first, last, reason FROM given_up
JOIN logs ON logs.id = log_id JOIN units ON units.id = unit_id WHERE units.name = ?"""
_MARKS = """
SELECT log, last FROM coverage
JOIN logs ON logs.id = log_id JOIN units ON units.id = unit_id
WHERE units.name = ? AND first <= 1"""
_CONFLICTS = """
SELECT log, seq FROM conflicts
JOIN logs ON logs.id = log_id JOIN units ON units.id = unit_id WHERE units.name = ?"""
_QUARANTINE = """
SELECT reason FROM quarantine JOIN units ON units.id = unit_id WHERE units.name = ?"""


@dataclass(frozen=True, slots=True)
class Declared:
    """A range that the depot says will never arrive; `last` is None when nobody knows it."""

    log: str
    first: int
    last: int | None
    reason: str

    def holds(self, key: Key) -> bool:
        log, seq = key
        return log == self.log and self.first <= seq and (self.last is None or seq <= self.last)


@dataclass(frozen=True, slots=True)
class Stored:
    """`told` are the keys as the depot's own command prints them, in its order; `twice` are those
    found under more than one row.
    """

    records: dict[Key, Entry]
    told: list[Key]
    twice: list[Key]
    declared: list[Declared]
    conflicts: list[Key]
    quarantined: list[str]


def read(database: Path, unit: str, told: list[Key]) -> Stored:
    """`told` is what the depot's own command printed. Raises sqlite3.Error."""
    with closing(_open(database)) as connection:
        connection.execute("BEGIN")
        rows = connection.execute(_RECORDS, (unit,)).fetchall()
        found = Counter((log, seq) for log, seq, *_ in rows)
        return Stored(
            records={
                (log, seq): Entry(kind, boot_no, mono_ms, digest(body))
                for log, seq, kind, boot_no, mono_ms, body in rows
            },
            told=told,
            twice=[key for key, times in found.items() if times > 1],
            declared=_declared(connection, unit),
            conflicts=connection.execute(_CONFLICTS, (unit,)).fetchall(),
            quarantined=[reason for (reason,) in connection.execute(_QUARANTINE, (unit,))],
        )


def marks(database: Path, unit: str) -> dict[str, int]:
    """Per log, up to where the depot says that everything is accounted for."""
    with closing(_open(database)) as connection:
        return dict(connection.execute(_MARKS, (unit,)).fetchall())


def declared(database: Path, unit: str) -> list[Declared]:
    with closing(_open(database)) as connection:
        return _declared(connection, unit)


def _declared(connection: sqlite3.Connection, unit: str) -> list[Declared]:
    return [Declared(*row) for row in connection.execute(_GIVEN_UP, (unit,))]


def _open(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=30)
