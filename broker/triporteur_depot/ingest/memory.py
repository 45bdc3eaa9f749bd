"""Noticing that the database is older than what units were told: it was restored from a copy.

A mark is told only after its commit, and the broker keeps the last one of every unit. One that is
above what the database has was therefore told by this database in a later state, now lost; only
units can fill that hole, with what they still keep, and under a new epoch they send it again.
"""

import sqlite3

from triporteur_wire.messages import Ack

_MARK = """
SELECT coverage.last FROM coverage
JOIN logs ON logs.id = log_id JOIN units ON units.id = unit_id
WHERE name = ? AND log = ? AND first <= 1"""


def is_older(connection: sqlite3.Connection, unit: str, told: Ack) -> bool:
    """Whether `told`, of this database's own epoch, says more than the database has."""
    return any(said > _mark(connection, unit, log) for log, said in told.marks.items())


def _mark(connection: sqlite3.Connection, unit: str, log: str) -> int:
    row = connection.execute(_MARK, (unit, log)).fetchone()
    return int(row[0]) if row else 0
