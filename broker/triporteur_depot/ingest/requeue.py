"""Reading what is in quarantine again, with the present code.

What can be read now is stored as if it could have been when it came, and leaves the quarantine in
the same transaction: again, or beside the same batch sent again, it changes nothing.
"""

import json
import sqlite3
from contextlib import suppress
from typing import NamedTuple

import msgspec

from triporteur_depot.database import is_of_the_content, savepoint, transaction
from triporteur_depot.ingest import batches
from triporteur_depot.ingest.fleet import Fleet
from triporteur_depot.ingest.mending import mend, unaccounted, uncover
from triporteur_depot.ingest.quarantine import KEPT_BYTES
from triporteur_wire.envelope import read_range, unpack
from triporteur_wire.reading import Unreadable


class Reread(msgspec.Struct, frozen=True):
    """A batch from the quarantine. `fault` says why it still cannot be read; empty when it can.

    `records` counts those that were not stored before.
    """

    id: int
    unit: str
    received_utc_ms: int
    records: int = 0
    fault: str = ""


class _Row(NamedTuple):
    id: int
    unit_id: int
    unit: str
    received_utc_ms: int
    reason: str
    properties: str
    payload: bytes


class _OnlyAsked(Exception):
    """Nothing shall stay of the transaction."""


def quarantined(connection: sqlite3.Connection, unit: str | None, only: int | None) -> list[int]:
    """The numbers of the batches in quarantine: of one unit, or only this one."""
    rows = connection.execute(
        """SELECT quarantine.id FROM quarantine JOIN units ON units.id = unit_id
        WHERE name = coalesce(?, name) AND quarantine.id = coalesce(?, quarantine.id)
        ORDER BY quarantine.id""",
        (unit, only),
    )
    return [number for (number,) in rows]


def reread(connection: sqlite3.Connection, number: int, *, dry_run: bool) -> Reread | None:
    """Reads one batch again, in a transaction of its own; None when it is not there any more.

    Raises sqlite3.Error when the database refuses.
    """
    found = None
    with suppress(_OnlyAsked), transaction(connection):
        row = connection.execute(
            """SELECT quarantine.id, unit_id, name, received_utc_ms, reason, properties, payload
            FROM quarantine JOIN units ON units.id = unit_id WHERE quarantine.id = ?""",
            (number,),
        ).fetchone()
        if row is not None:
            found = _try(connection, _Row(*row))
        if dry_run:
            raise _OnlyAsked
    return found


def _try(connection: sqlite3.Connection, row: _Row) -> Reread:
    said = Reread(row.id, row.unit, row.received_utc_ms)
    try:
        with savepoint(connection):
            return msgspec.structs.replace(said, records=_store(connection, row))
    except Unreadable as error:
        return msgspec.structs.replace(said, fault=f"{error}{_in_part(row)}")
    except Exception as error:
        if not is_of_the_content(error):
            raise
        return msgspec.structs.replace(said, fault=f"{type(error).__name__}: {error}")


def _store(connection: sqlite3.Connection, row: _Row) -> int:
    covered = read_range(json.loads(row.properties))
    batch = unpack(covered, row.payload)
    log_id = Fleet(connection).log(row.unit_id, covered.log)
    before = _stored(connection, log_id)
    span = covered.first, covered.last
    uncover(connection, log_id, unaccounted(connection, log_id, *span))
    batches.store(connection, row.unit_id, log_id, batch, row.received_utc_ms)
    mend(connection, log_id, *span)
    connection.execute("DELETE FROM quarantine WHERE id = ?", (row.id,))
    connection.execute("UPDATE units SET revision = revision + 1 WHERE id = ?", (row.unit_id,))
    return _stored(connection, log_id) - before


def _stored(connection: sqlite3.Connection, log_id: int) -> int:
    row = connection.execute("SELECT stored FROM logs WHERE id = ?", (log_id,)).fetchone()
    return int(row[0])


def _in_part(row: _Row) -> str:
    if f"the first {KEPT_BYTES} of" not in row.reason:
        return ""
    return f"; only its first {KEPT_BYTES} bytes were kept, so it never can"
