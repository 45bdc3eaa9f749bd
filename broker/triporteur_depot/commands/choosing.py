"""Which units a command is about."""

import sqlite3
from collections.abc import Sequence

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.authority import membership


def present(connection: sqlite3.Connection) -> list[str]:
    """The units that are not retired, by name. Raises sqlite3.Error."""
    rows = connection.execute("SELECT name FROM units WHERE retired_utc_ms IS NULL ORDER BY name")
    return [name for (name,) in rows]


def chosen(connection: sqlite3.Connection, names: Sequence[str], *, everyone: bool) -> list[str]:
    """These units, each once, or every one. Raises AskedWrongly."""
    if bool(names) is everyone:
        raise AskedWrongly("name a unit, or say --all for every one, but not both")
    known = present(connection)
    for name in names:
        if name not in known:
            raise AskedWrongly(_why_not(connection, name, known))
    return list(dict.fromkeys(names)) or known


def _why_not(connection: sqlite3.Connection, name: str, known: Sequence[str]) -> str:
    if membership.is_awaited(connection, name):
        return f"{name} was let in but was never heard: do this again once it was there"
    return f"no unit named {name!r} is known; known are: {', '.join(known) or 'none yet'}"
