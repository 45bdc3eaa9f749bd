"""Which units a command is about."""

import sqlite3
from collections.abc import Sequence

from triporteur_depot.asked import AskedWrongly


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
            raise AskedWrongly(
                f"no unit named {name!r} is known; known are: {', '.join(known) or 'none yet'}"
            )
    return list(dict.fromkeys(names)) or known
