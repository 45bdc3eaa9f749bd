"""Low, high and last of a quantity per quarter of an hour, from the records marked dirty.

Low, high and "the latest" do not depend on order or repetition: rolling up a range again, or a
backlog that arrives late, gives the same rows.
"""

import logging
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import accumulate

from triporteur_depot.charted import BUCKET_MS, CHARTED, charted_number
from triporteur_depot.database import is_of_the_content, transaction
from triporteur_wire.reading import Unreadable
from triporteur_wire.records import TELEMETRY, Telemetry, decode_body

_log = logging.getLogger(__name__)

#: A transaction of these is short enough for messages that come meanwhile.
_RANGES_TOGETHER, _SEQS_TOGETHER = 500, 2_000

_Key = tuple[str, str, int]
#: Its number, log, first and last seq, unit and boot.
_Range = tuple[int, int, int, int, int, int]
_UPSERT = """
INSERT INTO rollups
    (unit_id, source, quantity, boot_no, bucket, low, high, last, last_mono_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (unit_id, source, quantity, boot_no, bucket) DO UPDATE SET
    low = min(low, excluded.low),
    high = max(high, excluded.high),
    last = CASE WHEN excluded.last_mono_ms >= last_mono_ms THEN excluded.last ELSE last END,
    last_mono_ms = max(last_mono_ms, excluded.last_mono_ms)"""


def roll_up(connection: sqlite3.Connection) -> bool:
    """Works off a few dirty ranges in a transaction of its own; False when there was none.

    Raises sqlite3.Error when the database refuses.
    """
    ranges = _dirty(connection)
    if not ranges:
        return False
    try:
        _fold_in(connection, ranges)
    except Exception as error:
        if not is_of_the_content(error):
            raise
        _one_by_one(connection, ranges)
    return True


def _dirty(connection: sqlite3.Connection) -> list[_Range]:
    """The oldest ranges, until they hold enough for one transaction."""
    rows = connection.execute(
        """SELECT dirty.id, log_id, first, last, unit_id, boot_no
        FROM dirty JOIN logs ON logs.id = log_id ORDER BY dirty.id LIMIT ?""",
        (_RANGES_TOGETHER,),
    ).fetchall()
    sizes = accumulate(last - first + 1 for _, _, first, last, *_ in rows)
    together = [row for row, size in zip(rows, sizes, strict=True) if size <= _SEQS_TOGETHER]
    return together or rows[:1]


def _fold_in(connection: sqlite3.Connection, ranges: Iterable[_Range]) -> None:
    with transaction(connection):
        for dirty_id, *dirty in ranges:
            connection.execute("DELETE FROM dirty WHERE id = ?", (dirty_id,))
            connection.executemany(_UPSERT, _rows(connection, *dirty))


def _one_by_one(connection: sqlite3.Connection, ranges: Iterable[_Range]) -> None:
    for one in ranges:
        try:
            _fold_in(connection, [one])
        except Exception as error:
            if not is_of_the_content(error):
                raise
            _log.exception("a range cannot be rolled up; charts do without it")
            with transaction(connection):
                connection.execute("DELETE FROM dirty WHERE id = ?", one[:1])


def _rows(
    connection: sqlite3.Connection, log_id: int, first: int, last: int, unit_id: int, boot_no: int
) -> Iterator[tuple[object, ...]]:
    records = connection.execute(
        """SELECT mono_ms, body FROM records
        WHERE log_id = ? AND seq BETWEEN ? AND ? AND kind = ? ORDER BY seq""",
        (log_id, first, last, TELEMETRY),
    )
    for (source, quantity, bucket), figures in _fold(records).items():
        yield (unit_id, source, quantity, boot_no, bucket, *figures)


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
        except Unreadable:
            continue  # kept as it came, and not charted
        if isinstance(telemetry, Telemetry):
            for quantity in CHARTED:
                number = charted_number(quantity, telemetry.values.get(quantity))
                if number is not None:
                    yield mono_ms, telemetry.source, quantity, number
