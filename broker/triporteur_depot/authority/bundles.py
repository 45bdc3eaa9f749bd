"""The bundles that were made, in the depot's database: of a secret only its hash."""

import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from triporteur_wire.enrolment import NEWCOMER

_DAY_MS = 86_400_000
#: For so long one that lets nobody in any more still may log in, to be told so.
_TOLD_FOR_MS = timedelta(days=7) // timedelta(milliseconds=1)

_SELECT = """SELECT id, unit, secret_hash, made_utc_ms, expires_utc_ms, withdrawn_utc_ms
FROM bundles"""
_THAT_LOG_IN = """WHERE expires_utc_ms > :since
AND (withdrawn_utc_ms IS NULL OR withdrawn_utc_ms > :since)
AND NOT EXISTS (
    SELECT 1 FROM certificates WHERE bundle_id = bundles.id AND issued_utc_ms <= :since)"""


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle. `withdrawn_utc_ms` is None while it was not."""

    id: str
    unit: str
    secret_hash: str
    made_utc_ms: int
    expires_utc_ms: int
    withdrawn_utc_ms: int | None = None

    @property
    def login(self) -> str:
        return NEWCOMER + self.id


def make(
    connection: sqlite3.Connection, unit: str, secret_hash: str, now_ms: int, days: int
) -> Made:
    """Withdraws the unit's earlier bundles. Raises sqlite3.Error."""
    withdraw(connection, unit, now_ms)
    made = Made(secrets.token_hex(8), unit, secret_hash, now_ms, now_ms + days * _DAY_MS)
    connection.execute(
        """INSERT INTO bundles (id, unit, secret_hash, made_utc_ms, expires_utc_ms)
        VALUES (?, ?, ?, ?, ?)""",
        (made.id, unit, secret_hash, now_ms, made.expires_utc_ms),
    )
    return made


def withdraw(connection: sqlite3.Connection, unit: str, now_ms: int) -> None:
    connection.execute(
        "UPDATE bundles SET withdrawn_utc_ms = ? WHERE unit = ? AND withdrawn_utc_ms IS NULL",
        (now_ms, unit),
    )


def find(connection: sqlite3.Connection, login: str) -> Made | None:
    """The bundle that logs in so, or None."""
    row = connection.execute(f"{_SELECT} WHERE id = ?", (login.removeprefix(NEWCOMER),)).fetchone()
    return Made(*row) if row else None


def any_for(connection: sqlite3.Connection, unit: str) -> bool:
    return (
        connection.execute("SELECT 1 FROM bundles WHERE unit = ?", (unit,)).fetchone() is not None
    )


def that_log_in(connection: sqlite3.Connection, now_ms: int) -> Iterator[Made]:
    """Those that the broker lets in; for a week used, expired or withdrawn ones too."""
    since = {"since": now_ms - _TOLD_FOR_MS}
    for row in connection.execute(f"{_SELECT} {_THAT_LOG_IN} ORDER BY id", since):
        yield Made(*row)
