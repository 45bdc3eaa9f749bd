"""What units recorded, by UTC: records of a window, and quarters of an hour of many days.

A record knows the time since its boot; `utc_ms = mono_ms + offset`, the offset being when the boot
began. A boot of which that is not known has no place here: see `undated`.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triporteur_depot.charted import BUCKET_MS, CHARTED, charted_number
from triporteur_depot.dating import boots
from triporteur_depot.pages.curves import Column, Trace
from triporteur_depot.pages.days import Window
from triporteur_wire.readiness import Readiness
from triporteur_wire.reading import Unreadable
from triporteur_wire.records import (
    EVENT,
    FORETOLD,
    READINESS,
    TELEMETRY,
    USAGE,
    Event,
    Foretold,
    Telemetry,
    Usage,
    decode_body,
)

#: Within a log, order by seq is order by time give or take this.
_DISORDER_MS = 2_000
#: A kiosk that could not write goes on counting; what it then wrote is put down to its last hours.
_LONGEST_HOUR_MS = 6 * 3_600_000
_OF_THE_TRIKE = (TELEMETRY, EVENT, READINESS, FORETOLD)

#: By source.
Sources = dict[str, Trace]


@dataclass(frozen=True, slots=True)
class Happening:
    """An event and when it was recorded (UTC)."""

    utc_ms: int
    event: Event


@dataclass(frozen=True, slots=True)
class Judged:
    """What the unit made of an outing ahead of it, or behind, and when (UTC)."""

    utc_ms: int
    told: Readiness | Foretold


@dataclass(frozen=True, slots=True)
class Used:
    """What the kiosk counted in about an hour, and the middle of it (UTC)."""

    utc_ms: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A window's records: traces by charted quantity and source, the others ascending."""

    traces: dict[str, Sources]
    events: list[Happening]
    judged: list[Judged]


def offsets(connection: sqlite3.Connection, unit_id: int) -> dict[int, int]:
    """By boot, what to add to `mono_ms` to get UTC in milliseconds."""
    known = boots(connection, unit_id)
    return {boot_no: boot.start_ms for boot_no, boot in known.items() if boot.start_ms is not None}


def first_record_ms(connection: sqlite3.Connection, unit_id: int) -> int | None:
    """When the unit's earliest record that has a place in time was made (UTC)."""
    known = offsets(connection, unit_id)
    starts = connection.execute(
        """SELECT boot_no, (SELECT mono_ms FROM records WHERE log_id = logs.id ORDER BY seq LIMIT 1)
        FROM logs WHERE unit_id = ?""",
        [unit_id],
    )
    found = [
        known[boot_no] + mono_ms
        for boot_no, mono_ms in starts
        if boot_no in known and mono_ms is not None
    ]
    return min(found, default=None)


def recorded(connection: sqlite3.Connection, unit_id: int, window: Window) -> Recorded:
    """Everything of a window that pages show. Bodies that cannot be read are passed over."""
    points: dict[tuple[str, str], list[tuple[int, float | None]]] = {}
    events, judged = [], []
    for utc_ms, kind, stored in _records(connection, unit_id, window, _OF_THE_TRIKE):
        try:
            body = decode_body(kind, stored)
        except Unreadable:
            continue
        if isinstance(body, Event):
            events.append(Happening(utc_ms, body))
        elif isinstance(body, Readiness | Foretold):
            judged.append(Judged(utc_ms, body))
        elif isinstance(body, Telemetry):
            for quantity in CHARTED:
                if quantity in body.values:
                    value = charted_number(quantity, body.values[quantity])
                    points.setdefault((quantity, body.source), []).append((utc_ms, value))
    events.sort(key=lambda happening: happening.utc_ms)
    judged.sort(key=lambda judgement: judgement.utc_ms)
    return Recorded(_traces(points), events, judged)


def used(connection: sqlite3.Connection, unit_id: int, window: Window) -> list[Used]:
    """What the kiosk counted, ascending; an hour belongs where its middle lies."""
    # The record is written when its hour is over.
    wider = Window(window.start_ms, window.end_ms + _LONGEST_HOUR_MS)
    found = []
    for utc_ms, kind, stored in _records(connection, unit_id, wider, (USAGE,)):
        try:
            body = decode_body(kind, stored)
        except Unreadable:
            continue
        if isinstance(body, Usage):
            middle_ms = utc_ms - min(body.span_s * 1000, _LONGEST_HOUR_MS) // 2
            if window.start_ms <= middle_ms < window.end_ms:
                found.append(Used(middle_ms, body.counts))
    return sorted(found, key=lambda each: each.utc_ms)


def quarters(
    connection: sqlite3.Connection, unit_id: int, quantity: str, source: str, window: Window
) -> list[Column | None]:
    """The window in quarters of an hour, from the rollups; the line passes at the last value."""
    found: list[Column | None] = [None] * -(-window.length_ms // BUCKET_MS)
    for boot_no, offset in offsets(connection, unit_id).items():
        rows = connection.execute(
            """SELECT bucket, low, high, last FROM rollups
            WHERE unit_id = ? AND source = ? AND quantity = ? AND boot_no = ?
                AND bucket BETWEEN ? AND ? ORDER BY bucket""",
            [
                *(unit_id, source, quantity, boot_no),
                (window.start_ms - offset) // BUCKET_MS,
                (window.end_ms - offset) // BUCKET_MS,
            ],
        )
        for bucket, low, high, last in rows:
            # A boot's quarters lie across the clock's: each goes where its middle falls.
            middle_ms = bucket * BUCKET_MS + BUCKET_MS // 2 + offset - window.start_ms
            index = middle_ms // BUCKET_MS
            if 0 <= index < len(found):
                before = found[index]
                low, high = (
                    (min(low, before.low), max(high, before.high)) if before else (low, high)
                )
                found[index] = Column(low, high, last)
    return found


def rollup_sources(connection: sqlite3.Connection, unit_id: int, quantity: str) -> list[str]:
    """The sources that ever gave a quantity, by name."""
    rows = connection.execute(
        """WITH RECURSIVE named (source) AS (
            SELECT min(source) FROM rollups WHERE unit_id = :unit
            UNION ALL
            SELECT (SELECT min(source) FROM rollups
                WHERE unit_id = :unit AND source > named.source)
            FROM named WHERE source IS NOT NULL)
        SELECT source FROM named WHERE EXISTS (
            SELECT 1 FROM rollups WHERE unit_id = :unit AND rollups.source = named.source
                AND quantity = :quantity)""",
        {"unit": unit_id, "quantity": quantity},
    )
    return [source for (source,) in rows]


def _traces(points: dict[tuple[str, str], list[tuple[int, float | None]]]) -> dict[str, Sources]:
    traces: dict[str, Sources] = {quantity: {} for quantity in CHARTED}
    for (quantity, source), found in sorted(points.items(), key=lambda item: item[0]):
        found.sort(key=lambda point: point[0])
        times_ms, values = zip(*found, strict=True)
        traces[quantity][source] = Trace(times_ms, values)
    return traces


def _records(
    connection: sqlite3.Connection, unit_id: int, window: Window, kinds: Sequence[str]
) -> Iterator[tuple[int, str, bytes]]:
    known = offsets(connection, unit_id)
    for log_id, boot_no, first_seq, last_seq in _logs(connection, unit_id):
        if boot_no not in known or first_seq is None:
            continue
        offset = known[boot_no]
        start_ms, end_ms = window.start_ms - offset, window.end_ms - offset
        first = _seq_at(connection, log_id, (first_seq, last_seq + 1), start_ms - _DISORDER_MS)
        last = _seq_at(connection, log_id, (first, last_seq + 1), end_ms + _DISORDER_MS)
        rows = connection.execute(
            f"""SELECT mono_ms, kind, body FROM records
            WHERE log_id = ? AND seq >= ? AND seq < ? AND mono_ms >= ? AND mono_ms < ?
                AND kind IN ({", ".join("?" * len(kinds))})""",  # noqa: S608 (question marks)
            [log_id, first, last, start_ms, end_ms, *kinds],
        )
        for mono_ms, kind, body in rows:
            yield mono_ms + offset, kind, body


def _logs(
    connection: sqlite3.Connection, unit_id: int
) -> list[tuple[int, int | None, int | None, int]]:
    return connection.execute(
        """SELECT id, boot_no, (SELECT min(seq) FROM records WHERE log_id = logs.id),
            (SELECT max(seq) FROM records WHERE log_id = logs.id)
        FROM logs WHERE unit_id = ?""",
        [unit_id],
    ).fetchall()


def _seq_at(
    connection: sqlite3.Connection, log_id: int, within: tuple[int, int], mono_ms: int
) -> int:
    """The first seq of [low, high) from which records are not before `mono_ms`, else `high`."""
    low, high = within
    while low < high:
        middle = (low + high) // 2
        row = connection.execute(
            "SELECT seq, mono_ms FROM records WHERE log_id = ? AND seq >= ? ORDER BY seq LIMIT 1",
            [log_id, middle],
        ).fetchone()
        if row is None or row[1] >= mono_ms:
            high = middle
        else:
            low = int(row[0]) + 1
    return low
