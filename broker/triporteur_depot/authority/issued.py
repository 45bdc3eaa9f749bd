"""The certificates that were issued, in the depot's database."""

import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass

_SELECT = """SELECT serial, unit, authority, key_sha256, bundle_id, issued_utc_ms, expires_utc_ms,
    pem, revoked_utc_ms FROM certificates"""
_INSERT = """INSERT INTO certificates (serial, unit, authority, key_sha256, bundle_id,
    issued_utc_ms, expires_utc_ms, pem, revoked_utc_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""


@dataclass(frozen=True, slots=True)
class Issued:
    """`authority` and `key_sha256` name keys; `pem` is the certificate and what leads to a root.

    `bundle_id` is None for one that the unit asked for itself, `revoked_utc_ms` while it holds.
    """

    serial: str
    unit: str
    authority: str
    key_sha256: str
    bundle_id: str | None
    issued_utc_ms: int
    expires_utc_ms: int
    pem: str
    revoked_utc_ms: int | None = None


def add(connection: sqlite3.Connection, one: Issued) -> None:
    """Raises sqlite3.Error."""
    connection.execute(_INSERT, astuple(one))


def latest(connection: sqlite3.Connection, unit: str) -> Issued | None:
    """The unit's last one, or None when it never had one."""
    return _one(connection.execute(f"{_SELECT} WHERE unit = ? ORDER BY id DESC", (unit,)))


def find(connection: sqlite3.Connection, serial: str) -> Issued | None:
    return _one(connection.execute(f"{_SELECT} WHERE serial = ?", (serial,)))


def serials(connection: sqlite3.Connection) -> set[str]:
    return {serial for (serial,) in connection.execute("SELECT serial FROM certificates")}


def of_bundle(connection: sqlite3.Connection, bundle_id: str) -> Issued | None:
    """The one that the bundle was used for, or None."""
    return _one(connection.execute(f"{_SELECT} WHERE bundle_id = ?", (bundle_id,)))


def count_since(connection: sqlite3.Connection, unit: str, utc_ms: int) -> int:
    query = "SELECT count(*) FROM certificates WHERE unit = ? AND issued_utc_ms > ?"
    return int(connection.execute(query, (unit, utc_ms)).fetchone()[0])


def revoke(connection: sqlite3.Connection, unit: str, now_ms: int) -> int:
    """How many that still held do so no more. Raises sqlite3.Error."""
    change = """UPDATE certificates SET revoked_utc_ms = ?
        WHERE unit = ? AND revoked_utc_ms IS NULL AND expires_utc_ms > ?"""
    return connection.execute(change, (now_ms, unit, now_ms)).rowcount


def revoke_serials(connection: sqlite3.Connection, numbers: Iterable[int], now_ms: int) -> None:
    """Those of them that the database still thinks to hold. Raises sqlite3.Error."""
    change = """UPDATE certificates SET revoked_utc_ms = ?
        WHERE serial = ? AND revoked_utc_ms IS NULL"""
    connection.executemany(change, [(now_ms, f"{number:x}") for number in numbers])


def revoked_serials(connection: sqlite3.Connection, authority: str) -> set[int]:
    """Of what this authority signed."""
    query = "SELECT serial FROM certificates WHERE authority = ? AND revoked_utc_ms IS NOT NULL"
    return {int(serial, 16) for (serial,) in connection.execute(query, (authority,))}


def holders(connection: sqlite3.Connection, authority: str, now_ms: int) -> list[str]:
    """The units whose last certificate, which holds, is by this authority."""
    query = """SELECT unit FROM certificates AS last
        WHERE authority = ? AND revoked_utc_ms IS NULL AND expires_utc_ms > ?
        AND NOT EXISTS (SELECT 1 FROM certificates WHERE unit = last.unit AND id > last.id)
        ORDER BY unit"""
    return [unit for (unit,) in connection.execute(query, (authority, now_ms))]


def _one(cursor: sqlite3.Cursor) -> Issued | None:
    row = cursor.fetchone()
    return Issued(*row) if row else None
