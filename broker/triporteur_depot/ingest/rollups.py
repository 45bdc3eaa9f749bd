"""Low, high and last of a quantity per quarter of an hour, from the records marked dirty.

Low, high and "the latest" do not depend on order or repetition: rolling up a range again, or a
backlog that arrives late, gives the same rows.
"""

import sqlite3
from collections.abc import Iterable, Iterator

import msgspec

from triporteur_depot.database import transaction
from triporteur_wire.records import TELEMETRY, Telemetry, decode_body

BUCKET_MS = 900_000
#: What charts of a week and the fleet's small curves are drawn from.
ROLLED_UP = ("soc_pct", "pack_voltage_v", "current_a", "battery_temps_c")

_Key = tuple[str, str, int]
_UPSERT = """
INSERT INTO rollups VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (unit_id, source, quantity, boot_no, bucket) DO UPDATE SET
    low = min(low, excluded.low),
    high = max(high, excluded.high),
    last = CASE WHEN excluded.last_mono_ms >= last_mono_ms THEN excluded.last ELSE last END,
    last_mono_ms = max(last_mono_ms, excluded.last_mono_ms)"""


def roll_up(connection: sqlite3.Connection) -> bool:
    """Works off one dirty range in a transaction of its own; False when there was none."""
    row = connection.execute(
        """SELECT dirty.id, log_id, first, last, unit_id, boot_no
        FROM dirty JOIN logs ON logs.id = log_id ORDER BY dirty.id LIMIT 1"""
    ).fetchone()
    if row is None:
        return False
    dirty_id, log_id, first, last, unit_id, boot_no = row
    records = connection.execute(
        """SELECT mono_ms, body FROM records
        WHERE log_id = ? AND seq BETWEEN ? AND ? AND kind = ? ORDER BY seq""",
        (log_id, first, last, TELEMETRY),
    ).fetchall()
    rows = [
        (unit_id, source, quantity, boot_no, bucket, *figures)
        for (source, quantity, bucket), figures in _fold(records).items()
    ]
    with transaction(connection):
        connection.executemany(_UPSERT, rows)
        connection.execute("DELETE FROM dirty WHERE id = ?", (dirty_id,))
    return True


def _fold(records: Iterable[tuple[int, bytes]]) -> dict[_Key, tuple[float, float, float, int]]:
    buckets: dict[_Key, tuple[float, float, float, int]] = {}
    for mono_ms, source, quantity, number in _numbers(records):
        key = (source, quantity, mono_ms // BUCKET_MS)
        low, high, _, _ = buckets.get(key, (number, number, number, mono_ms))
        buckets[key] = (min(low, number), max(high, number), number, mono_ms)
    return buckets


def _numbers(records: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, str, str, float]]:
    for mono_ms, body in records:
        try:
            telemetry = decode_body(TELEMETRY, body)
        except msgspec.DecodeError:
            continue  # kept as it came; the batch that brought it was logged
        if isinstance(telemetry, Telemetry):
            for quantity in ROLLED_UP:
                number = _number(telemetry.values.get(quantity))
                if number is not None:
                    yield mono_ms, telemetry.source, quantity, number


def _number(value: object) -> float | None:
    """A number as it is; of several sensors the highest, for heat is what harms."""
    match value:
        case bool():
            return None
        case int() | float():
            return float(value)
        case tuple():
            numbers = [item for item in value if isinstance(item, int | float)]
            return max(numbers, default=None)
    return None
