"""Names to row ids, for units and logs; both are made when first heard of."""

import sqlite3


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
        key = (unit_id, log)
        if key not in self._logs:
            self.connection.execute(
                "INSERT OR IGNORE INTO logs (unit_id, log) VALUES (?, ?)", (unit_id, log)
            )
            (self._logs[key],) = self.connection.execute(
                "SELECT id FROM logs WHERE unit_id = ? AND log = ?", (unit_id, log)
            ).fetchone()
        return self._logs[key]

    def boot(self, log_id: int) -> int | None:
        """The number of the boot that the log is of, for good; None before its first record."""
        if log_id not in self._boots:
            (boot_no,) = self.connection.execute(
                "SELECT boot_no FROM logs WHERE id = ?", (log_id,)
            ).fetchone()
            if boot_no is None:
                return None
            self._boots[log_id] = boot_no
        return self._boots[log_id]

    def logs(self) -> dict[str, list[str]]:
        """Every unit that is known, with its logs."""
        known: dict[str, list[str]] = {}
        for unit, log in self.connection.execute(
            "SELECT name, log FROM units LEFT JOIN logs ON logs.unit_id = units.id"
        ):
            known.setdefault(unit, []).extend([log] if log else [])
        return known
