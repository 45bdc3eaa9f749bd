"""The evening before an outing: what is to be told of a unit, once, and when it was taken back.

A unit that is on judges for itself, and says so in its status. One that said goodbye, its key
turned or its agent ended, cannot: for it the depot judges by the last that it said.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from triporteur_depot.database import transaction
from triporteur_wire.battery import Flow, flow
from triporteur_wire.local_time import is_evening_before
from triporteur_wire.messages import KEY, LOST, STOPPED, Status, decode_status
from triporteur_wire.readiness import Evening, Outing
from triporteur_wire.reading import Unreadable

_MINUTE_MS = 60_000
_FAREWELLS = frozenset({KEY, STOPPED})


class Warned(NamedTuple):
    """What is to be told, for the outing that leaves then (UTC)."""

    departs_utc_ms: int
    evening: Evening


def look(connection: sqlite3.Connection, now_ms: int) -> None:
    """Notes what is new, and what no longer holds. Call it about once a minute, in the writer.

    Of a unit that fell silent, or that does not know the time, nothing is new: what was told of it
    holds until the departure. Raises sqlite3.Error.
    """
    mute, holds = _holding(connection, now_ms)
    known = connection.execute(
        "SELECT unit_id, departs_utc_ms, evening, cleared_utc_ms IS NULL FROM evenings"
    ).fetchall()
    told = {(unit_id, Warned(departs, evening)) for unit_id, departs, evening, _ in known}
    ended = [
        (unit_id, Warned(departs, evening))
        for unit_id, departs, evening, is_open in known
        if is_open
        and (
            departs < now_ms or (unit_id not in mute and (unit_id, (departs, evening)) not in holds)
        )
    ]
    begun = holds - told
    if begun or ended:
        with transaction(connection):
            _write(connection, begun, ended, now_ms)


def _holding(
    connection: sqlite3.Connection, now_ms: int
) -> tuple[set[int], set[tuple[int, Warned]]]:
    """The units of which nothing is new, and what is to be told of the others."""
    mute: set[int] = set()
    holds: set[tuple[int, Warned]] = set()
    for unit_id, stored, offline_reason in _units(connection):
        status = _status(stored)
        if offline_reason == LOST:
            mute.add(unit_id)
        elif warned := _warned(status, offline_reason, now_ms):
            holds.add((unit_id, warned))
        elif offline_reason is None and status and status.utc_ms is None:
            mute.add(unit_id)
    return mute, holds


def _write(
    connection: sqlite3.Connection,
    begun: Iterable[tuple[int, Warned]],
    ended: Iterable[tuple[int, Warned]],
    now_ms: int,
) -> None:
    for unit_id, warned in begun:
        connection.execute(
            "INSERT INTO evenings VALUES (?, ?, ?, ?, NULL)", (unit_id, *warned, now_ms)
        )
        connection.execute("UPDATE units SET revision = revision + 1 WHERE id = ?", (unit_id,))
    for unit_id, warned in ended:
        connection.execute(
            """UPDATE evenings SET cleared_utc_ms = ?
            WHERE unit_id = ? AND departs_utc_ms = ? AND evening = ?""",
            (now_ms, unit_id, *warned),
        )
        connection.execute("UPDATE units SET revision = revision + 1 WHERE id = ?", (unit_id,))


def _units(connection: sqlite3.Connection) -> list[tuple[int, bytes, str | None]]:
    return connection.execute(
        """SELECT id, status, offline_reason FROM units
        WHERE retired_utc_ms IS NULL AND status IS NOT NULL"""
    ).fetchall()


def _status(stored: bytes) -> Status | None:
    try:
        said = decode_status(stored)
    except Unreadable:
        return None
    return said if isinstance(said, Status) else None


def _warned(status: Status | None, offline_reason: str | None, now_ms: int) -> Warned | None:
    if status is None:
        return None
    if offline_reason in _FAREWELLS:
        return _by_last_word(status, now_ms)
    readiness = status.readiness
    if readiness is None or readiness.evening is None:
        return None
    departs = readiness.outing.departs_utc_ms
    return None if departs is None else Warned(departs, readiness.evening)


def _by_last_word(status: Status, now_ms: int) -> Warned | None:
    """A unit that is off and was not left on its charger will not charge by itself."""
    departs = next(_ahead(status, now_ms), None)
    if departs is None or not is_evening_before(now_ms, departs):
        return None
    ready_in_min = _ready_in_min(status, departs)
    if ready_in_min == 0:
        return None
    if not _charged(status):
        return Warned(departs, Evening.NOT_CHARGING)
    if ready_in_min is not None and now_ms + ready_in_min * _MINUTE_MS > departs:
        return Warned(departs, Evening.NOT_READY_IN_TIME)
    return None


def _ready_in_min(status: Status, departs_utc_ms: int) -> float | None:
    """None where the unit judged another outing: turned off after today's, all of that was done."""
    judged = status.readiness
    if judged is None or judged.outing.departs_utc_ms != departs_utc_ms:
        return None
    return judged.ready_in_min


def _ahead(status: Status, now_ms: int) -> Iterator[int]:
    planned: list[Outing | None] = [status.plan.today, status.plan.tomorrow] if status.plan else []
    for outing in planned:
        if outing and outing.departs_utc_ms is not None and outing.departs_utc_ms > now_ms:
            yield outing.departs_utc_ms


def _charged(status: Status) -> bool:
    plugged, current_a = status.reading("charger_plugged"), status.number("current_a")
    if plugged is not None:
        return plugged.value is True
    return current_a is not None and flow(current_a) is Flow.CHARGING
