"""Boots that never learnt the time: what they hold, and between which instants that was."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triporteur_depot.charted import CHARGE
from triporteur_depot.dating import boots
from triporteur_depot.pages import words
from triporteur_depot.pages.days import Window
from triporteur_depot.pages.diary import Entry
from triporteur_depot.pages.french import between, percent
from triporteur_wire.french import plural
from triporteur_wire.reading import Unreadable
from triporteur_wire.records import EVENT, Event, decode_body

#: More events than these are counted.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Undated:
    """The records of one boot, certainly made between these instants (UTC), if they are known."""

    boot_no: int
    records: int
    first_ms: int | None
    last_ms: int | None

    def may_lie_in(self, window: Window) -> bool:
        """Whether a period lists it; what has one known end only is listed there alone."""
        first_ms = self.last_ms if self.first_ms is None else self.first_ms
        last_ms = self.first_ms if self.last_ms is None else self.last_ms
        if first_ms is None or last_ms is None:
            return False
        return first_ms < window.end_ms and last_ms >= window.start_ms


def undated(connection: sqlite3.Connection, unit_id: int) -> list[Undated]:
    """The boots of the unit of which no instant is known, in order."""
    known = boots(connection, unit_id)
    rows = connection.execute(
        """SELECT boot_no, sum(stored) FROM logs WHERE unit_id = ? AND boot_no IS NOT NULL
        GROUP BY boot_no HAVING sum(stored) ORDER BY boot_no""",
        [unit_id],
    )
    return [
        Undated(
            boot_no,
            records,
            known[boot_no].at(0).not_before_ms,
            known[boot_no].at(known[boot_no].last_mono_ms).not_after_ms,
        )
        for boot_no, records in rows
        if known[boot_no].start_ms is None
    ]


def entries(
    connection: sqlite3.Connection,
    unit_id: int,
    found: Sequence[Undated],
    window: Window,
    now_ms: int,
) -> list[Entry]:
    """A line for each that may lie in the window, newest first."""
    return [
        Entry(
            between(one.first_ms, one.last_ms, now_ms),
            "event",
            ", ".join(_what(connection, unit_id, one)),
        )
        for one in reversed(found)
        if one.may_lie_in(window)
    ]


def _what(connection: sqlite3.Connection, unit_id: int, one: Undated) -> Iterator[str]:
    yield plural(one.records, "relevé", "relevés")
    low, high = connection.execute(
        """SELECT min(low), max(high) FROM rollups
        WHERE unit_id = ? AND quantity = ? AND boot_no = ?""",
        [unit_id, CHARGE, one.boot_no],
    ).fetchone()
    if low is not None:
        yield f"charge de {int(low)} à {percent(high)}"
    said = [words.event(event) for event in _events(connection, unit_id, one.boot_no)]
    yield from said[:_NAMED]
    if len(said) > _NAMED:
        yield f"et {plural(len(said) - _NAMED, 'autre événement', 'autres événements')}"


def _events(connection: sqlite3.Connection, unit_id: int, boot_no: int) -> Iterator[Event]:
    rows = connection.execute(
        """SELECT kind, body FROM records JOIN logs ON logs.id = log_id
        WHERE unit_id = ? AND boot_no = ? AND kind = ? ORDER BY log_id, seq""",
        [unit_id, boot_no, EVENT],
    )
    for kind, stored in rows:
        try:
            body = decode_body(kind, stored)
        except Unreadable:
            continue
        if isinstance(body, Event):
            yield body
