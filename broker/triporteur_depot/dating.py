"""When stored records were made, from the anchors, and from when each log first came in.

The depot's own clock is taken to be right within a second.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from triporteur_wire.dating import Anchored, Boot, Boots, bounded, guessed, later

_DEPOT_ERROR_MS = 1_000


def certain(connection: sqlite3.Connection, unit_id: int) -> Boots:
    """The boots with a certain anchor; of these nothing but `at` an instant is asked."""
    # With min(), SQLite takes the other columns from the row that holds the minimum.
    rows = connection.execute(
        """SELECT boot_no, mono_ms, utc_ms, min(error_ms) FROM anchors
        WHERE unit_id = ? AND origin IN ('ntp', 'depot') GROUP BY boot_no""",
        [unit_id],
    )
    return {boot_no: Boot(0, Anchored(*said), is_certain=True) for boot_no, *said in rows}


def boots(connection: sqlite3.Connection, unit_id: int) -> Boots:
    """Every boot of the unit that left a record."""
    known = certain(connection, unit_id)
    rows = connection.execute(
        "SELECT DISTINCT boot_no FROM logs WHERE unit_id = ? AND boot_no IS NOT NULL", [unit_id]
    )
    if all(boot_no in known for (boot_no,) in rows):
        return known
    known = bounded(_seen(connection, unit_id, known))
    for boot_no, said in _guesses(connection, unit_id):
        if boot_no in known and not known[boot_no].is_certain:
            known[boot_no] = guessed(known[boot_no], said)
    return known


def _seen(connection: sqlite3.Connection, unit_id: int, known: Boots) -> Boots:
    """All boots with what their own records say of them."""
    rows = connection.execute(
        """SELECT boot_no, max(coalesce((SELECT mono_ms FROM records WHERE log_id = logs.id
            ORDER BY seq DESC LIMIT 1), 0)), min(latest_start_utc_ms)
        FROM logs WHERE unit_id = ? AND boot_no IS NOT NULL GROUP BY boot_no ORDER BY boot_no""",
        [unit_id],
    )
    return {
        boot_no: replace(
            known.get(boot_no, Boot(0)),
            last_mono_ms=last_mono_ms,
            latest_ms=later(latest_ms, _DEPOT_ERROR_MS),
        )
        for boot_no, last_mono_ms, latest_ms in rows
    }


def _guesses(connection: sqlite3.Connection, unit_id: int) -> Iterable[tuple[int, list[Anchored]]]:
    """What units' own clocks said of each boot, the smallest error first."""
    rows = connection.execute(
        """SELECT boot_no, mono_ms, utc_ms, error_ms FROM anchors
        WHERE unit_id = ? AND origin NOT IN ('ntp', 'depot') ORDER BY boot_no, error_ms, mono_ms""",
        [unit_id],
    )
    for boot_no, group in groupby(rows, lambda row: row[0]):
        yield boot_no, [Anchored(*said) for _, *said in group]
