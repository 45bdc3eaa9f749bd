"""Names to row ids, for units and logs; both are made when first heard of."""

import sqlite3
from typing import Any

#: More than a fleet has logs that grow.
_REMEMBERED = 10_000


class Fleet:
    """Knows the units and logs of one database. Rolled back transactions need `forget`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._units: dict[str, int] = {}
        self._logs: dict[tuple[int, str], int] = {}
        self._boots: dict[int, int] = {}

    def forget(self) -> None:
        """Drops what was learnt: the transaction that wrote it came to nothing."""
        self._units.clear()
        self._logs.clear()
        self._boots.clear()

    def unit(self, name: str) -> int:
        if name not in self._units:
            self.connection.execute(
                "INSERT OR IGNORE INTO units (name, heard_utc_ms) VALUES (?, 0)", (name,)
            )
            (self._units[name],) = self.connection.execute(
                "SELECT id FROM units WHERE name = ?", (name,)
            ).fetchone()
        return self._units[name]

    def log(self, unit_id: int, log: str) -> int:
        known = self.known_log(unit_id, log)
        if known is not None:
            return known
        self.connection.execute("INSERT INTO logs (unit_id, log) VALUES (?, ?)", (unit_id, log))
        return self.log(unit_id, log)

    def known_log(self, unit_id: int, log: str) -> int | None:
        """None for a log of which nothing came yet: who only names it makes no row."""
        key = (unit_id, log)
        if key not in self._logs:
            row = self.connection.execute(
                "SELECT id FROM logs WHERE unit_id = ? AND log = ?", key
            ).fetchone()
            if row is None:
                return None
            _bound(self._logs)
            self._logs[key] = row[0]
        return self._logs[key]

    def boot(self, log_id: int) -> int | None:
        """The number of the boot that the log is of, for good; None before its first record."""
        if log_id not in self._boots:
            (boot_no,) = self.connection.execute(
                "SELECT boot_no FROM logs WHERE id = ?", (log_id,)
            ).fetchone()
            if boot_no is None:
                return None
            _bound(self._boots)
            self._boots[log_id] = boot_no
        return self._boots[log_id]

    def units(self) -> list[str]:
        """Every unit that is known."""
        return [name for (name,) in self.connection.execute("SELECT name FROM units")]

    def latest_logs(self, unit: str, most: int) -> list[str]:
        """The logs of a unit that came up last."""
        rows = self.connection.execute(
            """SELECT log FROM logs WHERE unit_id = (SELECT id FROM units WHERE name = ?)
            ORDER BY id DESC LIMIT ?""",
            (unit, most),
        )
        return [log for (log,) in rows]


def _bound(remembered: dict[Any, int]) -> None:
    if len(remembered) >= _REMEMBERED:
        remembered.clear()
