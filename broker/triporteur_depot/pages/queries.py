"""What the database knows of units: the last word of each, and how its records arrived."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from triporteur_depot.database import open_reader
from triporteur_wire.messages import Status, decode_status
from triporteur_wire.readiness import Evening
from triporteur_wire.reading import Unreadable

#: What units say they lost adds up to any number; sum() refuses those that no integer holds.
_COUNTED = 2**53


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Records that will never arrive. `records` is None when nobody knows how many.

    `declared_ms` is when the depot last heard of such a loss (UTC).
    """

    reason: str
    records: int | None
    declared_ms: int


@dataclass(frozen=True, slots=True)
class Storage:
    """What became of a unit's records at the depot, in records; the last two in cases."""

    stored: int
    given_up: tuple[GivenUp, ...]
    quarantined: int
    conflicts: int

    @property
    def given_up_records(self) -> int:
        """How many are known to be given up."""
        return sum(lost.records or 0 for lost in self.given_up)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as last heard.

    `heard_ms` (UTC) is None while only words kept by the broker are known of it. `status` is None
    until one arrived. `offline_reason` is "stopped", "key", "lost", or None while the
    unit has not left. `evening` is what is to be told of its next outing, if anything is.
    """

    id: int
    name: str
    status: Status | None
    heard_ms: int | None
    offline_reason: str | None
    storage: Storage
    evening: Evening | None = None


@contextmanager
def snapshot(path: Path) -> Iterator[sqlite3.Connection]:
    """A reader for one page: all its figures come from one state. Raises sqlite3.Error."""
    with closing(open_reader(path)) as connection:
        connection.execute("BEGIN")
        yield connection


def fleet_revision(connection: sqlite3.Connection) -> str:
    """Changes whenever a page of the fleet could."""
    row = connection.execute(
        """SELECT count(*), sum(revision), sum(heard_utc_ms), total(length(offline_reason)),
            (SELECT max(id) FROM dirty), (SELECT count(*) FROM dirty),
            (SELECT max(rowid) FROM given_up), (SELECT max(id) FROM quarantine),
            (SELECT max(rowid) FROM conflicts) FROM units"""
    ).fetchone()
    return repr(row)


def unit_revision(connection: sqlite3.Connection, name: str) -> str:
    """Changes whenever a page of this unit could."""
    row = connection.execute(
        """SELECT revision, heard_utc_ms, offline_reason,
            (SELECT parcels.revision || ' ' || sendings FROM parcels
                WHERE unit_id = units.id AND channel = 'release'),
            (SELECT sum(stored) FROM logs WHERE unit_id = units.id),
            (SELECT count(*) FROM dirty JOIN logs ON logs.id = log_id WHERE unit_id = units.id),
            (SELECT max(given_up.rowid) FROM given_up JOIN logs ON logs.id = log_id
                WHERE unit_id = units.id),
            (SELECT max(id) FROM quarantine WHERE unit_id = units.id),
            (SELECT max(conflicts.rowid) FROM conflicts JOIN logs ON logs.id = log_id
                WHERE unit_id = units.id)
        FROM units WHERE name = ?""",
        [name],
    ).fetchone()
    return repr(row)


def rollup_revision(connection: sqlite3.Connection, unit_id: int) -> tuple[int, ...]:
    """Changes whenever the rollups of this unit could: records came, or came to be rolled up."""
    row: tuple[int, ...] = connection.execute(
        """SELECT (SELECT total(stored) FROM logs WHERE unit_id = :unit),
            (SELECT count(*) FROM dirty JOIN logs ON logs.id = log_id WHERE unit_id = :unit)""",
        {"unit": unit_id},
    ).fetchone()
    return row


def all_units(connection: sqlite3.Connection, now_ms: int) -> list[Unit]:
    """Every unit that serves, by name. None was heard later than `now_ms`."""
    return _units(connection, now_ms, "SELECT id FROM units WHERE retired_utc_ms IS NULL", ())


def find_unit(connection: sqlite3.Connection, name: str, now_ms: int) -> Unit | None:
    found = _units(connection, now_ms, "SELECT id FROM units WHERE name = ?", (name,))
    return found[0] if found else None


def _units(
    connection: sqlite3.Connection, now_ms: int, chosen: str, arguments: tuple[str, ...]
) -> list[Unit]:
    storage = _storages(connection, chosen, arguments)
    rows = connection.execute(
        f"""SELECT id, name, status, heard_utc_ms, offline_reason,
                (SELECT evening FROM evenings WHERE unit_id = units.id AND cleared_utc_ms IS NULL
                    ORDER BY departs_utc_ms LIMIT 1)
            FROM units
            WHERE id IN ({chosen}) ORDER BY name""",  # noqa: S608 (`chosen` is one of two above)
        arguments,
    )
    return [
        Unit(
            *(unit_id, name, _status(said), min(heard_ms, now_ms) or None),
            *(reason, storage[unit_id], Evening(evening) if evening else None),
        )
        for unit_id, name, said, heard_ms, reason, evening in rows
    ]


def _status(stored: bytes | None) -> Status | None:
    """A status of a version this depot cannot read is as good as none."""
    if stored is None:
        return None
    try:
        said = decode_status(stored)
    except Unreadable:
        return None
    return said if isinstance(said, Status) else None


def _storages(
    connection: sqlite3.Connection, chosen: str, arguments: tuple[str, ...]
) -> dict[int, Storage]:
    lost = _given_up(connection, chosen, arguments)
    rows = connection.execute(
        f"""SELECT units.id, coalesce(sum(stored), 0),
            (SELECT count(*) FROM quarantine WHERE unit_id = units.id),
            (SELECT count(*) FROM conflicts JOIN logs AS own ON own.id = log_id
                WHERE own.unit_id = units.id)
        FROM units LEFT JOIN logs ON logs.unit_id = units.id
        WHERE units.id IN ({chosen}) GROUP BY units.id""",  # noqa: S608
        arguments,
    )
    return {
        unit_id: Storage(stored, tuple(lost.get(unit_id, ())), quarantined, conflicts)
        for unit_id, stored, quarantined, conflicts in rows
    }


def _given_up(
    connection: sqlite3.Connection, chosen: str, arguments: tuple[str, ...]
) -> dict[int, list[GivenUp]]:
    rows = connection.execute(
        f"""SELECT unit_id, reason, CASE count(last) WHEN count(*)
                THEN CAST(min(total(last - first + 1), {_COUNTED}) AS INTEGER) END,
            max(declared_utc_ms)
        FROM given_up JOIN logs ON logs.id = log_id
        WHERE unit_id IN ({chosen}) GROUP BY unit_id, reason ORDER BY reason""",  # noqa: S608
        arguments,
    )
    lost: dict[int, list[GivenUp]] = {}
    for unit_id, reason, records, declared_ms in rows:
        lost.setdefault(unit_id, []).append(GivenUp(reason, records, declared_ms))
    return lost
