"""Which units are of the fleet: what the database says, and what a command makes of it."""

import re
import sqlite3
from collections.abc import Collection

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.authority import bundles, issued
from triporteur_wire.enrolment import NEWCOMER, RESERVED, may_name_a_unit
from triporteur_wire.topics import UNIT_PATTERN


def check_name(unit: str) -> None:
    """Raises AskedWrongly when no unit may be called that."""
    if not re.match(UNIT_PATTERN, unit):
        raise AskedWrongly(
            f"{unit!r} cannot name a unit; take 2 to 32 lower case letters, digits and hyphens"
        )
    if not may_name_a_unit(unit):
        kept = ", ".join([*sorted(RESERVED), f"{NEWCOMER}…"])
        raise AskedWrongly(f"{unit!r} cannot name a unit, it is kept ({kept}); take another name")


def check_new(
    connection: sqlite3.Connection, unit: str, barred: Collection[str], now_ms: int
) -> None:
    """Raises AskedWrongly when the unit is of the fleet, or was. `barred` were shut out."""
    replace = f"triporteur-depot replace {unit} --out FILE"
    if is_retired(connection, unit):
        raise AskedWrongly(f"{unit} was retired; to have it serve again: {replace}")
    if unit in barred:
        raise AskedWrongly(f"{unit} was shut out; to let it in again: {replace}")
    last = issued.latest(connection, unit)
    if last is None or last.expires_utc_ms <= now_ms or last.revoked_utc_ms is not None:
        return
    raise AskedWrongly(
        f"{unit} is enrolled already; if its card was lost, or written anew: {replace}"
    )


def check_known(connection: sqlite3.Connection, unit: str) -> None:
    """Raises AskedWrongly when nothing of the unit was ever here."""
    known = connection.execute("SELECT 1 FROM units WHERE name = ?", (unit,)).fetchone()
    if (
        not known
        and issued.latest(connection, unit) is None
        and not bundles.any_for(connection, unit)
    ):
        raise AskedWrongly(
            f"no unit named {unit} was ever here; triporteur-depot units names those that were"
        )


def is_awaited(connection: sqlite3.Connection, unit: str) -> bool:
    """Whether the unit was let in, still is, and was never heard. Raises sqlite3.Error."""
    query = """SELECT 1 WHERE :unit NOT IN (SELECT name FROM units) AND (
        EXISTS (SELECT 1 FROM bundles WHERE unit = :unit AND withdrawn_utc_ms IS NULL)
        OR EXISTS (SELECT 1 FROM certificates WHERE unit = :unit AND revoked_utc_ms IS NULL))"""
    return connection.execute(query, {"unit": unit}).fetchone() is not None


def is_retired(connection: sqlite3.Connection, unit: str) -> bool:
    query = "SELECT 1 FROM units WHERE name = ? AND retired_utc_ms IS NOT NULL"
    return connection.execute(query, (unit,)).fetchone() is not None


def expel(connection: sqlite3.Connection, unit: str, now_ms: int) -> int:
    """Nothing that the unit holds lets it in any more; how many certificates that were."""
    bundles.withdraw(connection, unit, now_ms)
    return issued.revoke(connection, unit, now_ms)


def retire(connection: sqlite3.Connection, unit: str, now_ms: int) -> None:
    """Pages leave the unit out. One that was never heard is on no page."""
    change = "UPDATE units SET retired_utc_ms = ?, revision = revision + 1 WHERE name = ?"
    connection.execute(change, (now_ms, unit))


def reinstate(connection: sqlite3.Connection, unit: str) -> None:
    """Pages show it again."""
    change = "UPDATE units SET retired_utc_ms = NULL, revision = revision + 1 WHERE name = ?"
    connection.execute(change, (unit,))
