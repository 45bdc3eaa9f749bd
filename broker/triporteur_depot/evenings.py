"""The evening before an outing: what is to be told of a unit, once, and when it was taken back.

A unit that is on judges for itself, and says so in its status. One that is not heard, because it
said goodbye or because its goodbye was lost on the road, cannot tell: for it the depot judges by
the last that it said.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from triporteur_depot.database import transaction
from triporteur_depot.last_word import Warned, by_last_word
from triporteur_depot.silence import patience_s
from triporteur_wire.messages import KEY, STOPPED, Status, decode_status
from triporteur_wire.reading import Unreadable

_FAREWELLS = frozenset({KEY, STOPPED})


class Unit(NamedTuple):
    """As it was last heard, `heard_utc_ms`; `offline_reason` is None while it has not left."""

    id: int
    status: Status
    heard_utc_ms: int
    offline_reason: str | None


Held = tuple[int, Warned]


def look(connection: sqlite3.Connection, now_ms: int, listening_utc_ms: int) -> None:
    """Notes what is new, and what no longer holds. Call it about once a minute, in the writer.

    `listening_utc_ms` is since when the depot hears: who is not heard before that is not silent.
    Of a unit that is, or that does not know the time, nothing is taken back before the departure.
    Raises sqlite3.Error.
    """
    mute, holds = _holding(connection, now_ms, listening_utc_ms)
    known = connection.execute(
        "SELECT unit_id, departs_utc_ms, evening, cleared_utc_ms IS NULL FROM evenings"
    ).fetchall()
    told = {(unit_id, Warned(departs, evening)) for unit_id, departs, evening, _ in known}
    standing = {
        (unit_id, Warned(departs, evening))
        for unit_id, departs, evening, is_open in known
        if is_open
    }
    ended = {
        (unit_id, warned)
        for unit_id, warned in standing
        if warned.departs_utc_ms < now_ms
        or (unit_id not in mute and (unit_id, warned) not in holds)
    }
    begun = _news(holds - told, standing - ended, mute)
    if begun or ended:
        with transaction(connection):
            _write(connection, begun, ended, now_ms)


def _news(fresh: set[Held], standing: set[Held], mute: set[int]) -> set[Held]:
    """What stands of a silent unit is not said a second time in other words."""
    departures = {(unit_id, warned.departs_utc_ms) for unit_id, warned in standing}
    return {
        (unit_id, warned)
        for unit_id, warned in fresh
        if unit_id not in mute or (unit_id, warned.departs_utc_ms) not in departures
    }


def _holding(
    connection: sqlite3.Connection, now_ms: int, listening_utc_ms: int
) -> tuple[set[int], set[Held]]:
    """The units of which nothing is taken back, and what is to be told of all."""
    mute: set[int] = set()
    holds: set[Held] = set()
    for unit in _units(connection):
        is_off = unit.offline_reason in _FAREWELLS
        is_silent = not is_off and _is_silent(unit, now_ms, listening_utc_ms)
        if not is_off and (is_silent or unit.offline_reason or unit.status.utc_ms is None):
            mute.add(unit.id)
        is_unheard = is_off or is_silent
        if warned := _by_last_word(unit, now_ms) if is_unheard else _by_itself(unit.status):
            holds.add((unit.id, warned))
    return mute, holds


def _is_silent(unit: Unit, now_ms: int, listening_utc_ms: int) -> bool:
    """A line that breaks for a moment, or a depot that has just begun to listen, is no silence."""
    since_ms = max(unit.heard_utc_ms, listening_utc_ms)
    return now_ms - since_ms > patience_s(unit.status) * 1000


def _write(
    connection: sqlite3.Connection,
    begun: Iterable[tuple[int, Warned]],
    ended: Iterable[tuple[int, Warned]],
    now_ms: int,
) -> None:
    for unit_id, warned in begun:
        connection.execute(
            """INSERT INTO evenings (unit_id, departs_utc_ms, evening, raised_utc_ms)
            VALUES (?, ?, ?, ?)""",
            (unit_id, *warned, now_ms),
        )
        connection.execute("UPDATE units SET revision = revision + 1 WHERE id = ?", (unit_id,))
    for unit_id, warned in ended:
        connection.execute(
            """UPDATE evenings SET cleared_utc_ms = ?
            WHERE unit_id = ? AND departs_utc_ms = ? AND evening = ?""",
            (now_ms, unit_id, *warned),
        )
        connection.execute("UPDATE units SET revision = revision + 1 WHERE id = ?", (unit_id,))


def _units(connection: sqlite3.Connection) -> Iterator[Unit]:
    """Those whose last status this depot can read."""
    rows = connection.execute(
        """SELECT id, status, heard_utc_ms, offline_reason FROM units
        WHERE retired_utc_ms IS NULL AND status IS NOT NULL"""
    )
    for unit_id, stored, heard_utc_ms, offline_reason in rows.fetchall():
        if status := _status(stored):
            yield Unit(unit_id, status, heard_utc_ms, offline_reason)


def _status(stored: bytes) -> Status | None:
    try:
        said = decode_status(stored)
    except Unreadable:
        return None
    return said if isinstance(said, Status) else None


def _by_last_word(unit: Unit, now_ms: int) -> Warned | None:
    return by_last_word(unit.status, unit.heard_utc_ms or now_ms, now_ms)


def _by_itself(status: Status) -> Warned | None:
    readiness = status.readiness
    if readiness is None or readiness.evening is None:
        return None
    departs = readiness.outing.departs_utc_ms
    return None if departs is None else Warned(departs, readiness.evening)
