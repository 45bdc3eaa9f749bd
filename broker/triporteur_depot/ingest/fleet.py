"""Names to row ids, for units and logs; both are made when first heard of."""

import sqlite3


class Fleet:
    """Knows the units and logs of one database. Rolled back transactions need `forget`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._units: dict[str, int] = {}
        self._logs: dict[tuple[int, str], int] = {}

    def forget(self) -> None:
        """Drops what was learnt: the transaction that wrote it came to nothing."""
        self._units.clear()
        self._logs.clear()

    def unit(self, name: str) -> int:
        if name not in self._units:
            self._connection.execute(
                "INSERT OR IGNORE INTO units (name, heard_utc_ms) VALUES (?, 0)", (name,)
            )
            (self._units[name],) = self._connection.execute(
                "SELECT id FROM units WHERE name = ?", (name,)
            ).fetchone()
        return self._units[name]

    def log(self, unit_id: int, log: str) -> int:
        key = (unit_id, log)
        if key not in self._logs:
            self._connection.execute(
                "INSERT OR IGNORE INTO logs (unit_id, log) VALUES (?, ?)", (unit_id, log)
            )
            (self._logs[key],) = self._connection.execute(
                "SELECT id FROM logs WHERE unit_id = ? AND log = ?", (unit_id, log)
            ).fetchone()
        return self._logs[key]

    def logs(self) -> dict[str, list[str]]:
        """Every unit that is known, with its logs."""
        known: dict[str, list[str]] = {}
        for unit, log in self._connection.execute(
            "SELECT name, log FROM units LEFT JOIN logs ON logs.unit_id = units.id"
        ):
            known.setdefault(unit, []).extend([log] if log else [])
        return known
