"""`triporteur-depot records`: what is stored of a unit, oldest first, with UTC where known."""

import argparse
import sqlite3
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TextIO

import msgspec

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.commands.opening import reading
from triporteur_depot.commands.progress import Progress
from triporteur_depot.dating import boots
from triporteur_wire import listing
from triporteur_wire.listing import Listed, day, listed
from triporteur_wire.records import Record

#: In the order in which they were recorded, a card's boots by their numbers: a backlog may arrive
#: in any order. Each card counts from a thousand of its own; the one first heard of is first.
_LOGS = """
SELECT id, log, boot_no FROM logs WHERE unit_id = ? AND boot_no IS NOT NULL
ORDER BY min(id) OVER (PARTITION BY boot_no / 1000), boot_no,
    (SELECT mono_ms FROM records WHERE log_id = logs.id ORDER BY seq LIMIT 1), id"""
_RECORDS = "SELECT seq, kind, mono_ms, body FROM records WHERE log_id = ? ORDER BY seq"
_SHOW_EVERY = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--unit", required=True)
    parser.add_argument(
        "--since", type=_date, metavar="DATE", help="not what was made before this day (UTC)"
    )
    parser.add_argument("--until", type=_date, metavar="DATE", help="nor after this one")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(
    database: Path,
    unit: str,
    *,
    as_json: bool,
    since: date | None = None,
    until: date | None = None,
    out: TextIO | None = None,
) -> int:
    """Prints the stored records of the unit; 1 for a unit never heard of.

    Raises NoDatabase, or AskedWrongly for days that end before they begin.

    `since` and `until` are days of UTC, both included; what is certainly of another is left out.
    """
    if since and until and until < since:
        raise AskedWrongly(f"--until {until} is before --since {since}; no day lies between")
    with reading(database) as connection:
        row = connection.execute(
            """SELECT units.id, total(stored) FROM units LEFT JOIN logs ON unit_id = units.id
            WHERE name = ? GROUP BY units.id""",
            (unit,),
        ).fetchone()
        if row is None:
            names = [name for (name,) in connection.execute("SELECT name FROM units ORDER BY name")]
            known = ", ".join(names) or "none yet"
            print(f"no unit named {unit!r} was ever heard; known units: {known}", file=sys.stderr)
            return 1
        _print(connection, row, _Days(since, until), as_json=as_json, out=out or sys.stdout)
    return 0


def _print(
    connection: sqlite3.Connection,
    row: tuple[int, float],
    days: "_Days",
    *,
    as_json: bool,
    out: TextIO,
) -> None:
    unit_id, stored = row
    show = listing.as_json if as_json else listing.as_text
    with Progress(speaks=not out.isatty()) as progress:
        for count, record in enumerate(_records(connection, unit_id), start=1):
            if days.may_hold(record):
                out.write(show(record) + "\n")
            if count % _SHOW_EVERY == 0:
                progress.show(f"{count} of {stored:.0f} records")


class _Days(msgspec.Struct, frozen=True):
    """From `since` to `until`, both included; None is without end."""

    since: date | None
    until: date | None

    def may_hold(self, record: Listed) -> bool:
        """Whether the record is of these days, or may be for all that is known."""
        known = record.utc_ms is not None
        earliest_ms = record.utc_ms if known else record.not_before_ms
        latest_ms = record.utc_ms if known else record.not_after_ms
        is_before = self.since and latest_ms is not None and day(latest_ms) < self.since
        is_after = self.until and earliest_ms is not None and day(earliest_ms) > self.until
        return not (is_before or is_after)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write 2026-11-25") from error


def _records(connection: sqlite3.Connection, unit_id: int) -> Iterator[Listed]:
    logs = connection.execute(_LOGS, (unit_id,)).fetchall()
    # Later than the logs: a unit may send the first record of another boot at any time.
    known = boots(connection, unit_id)
    for log_id, log, boot_no in logs:
        for seq, kind, mono_ms, body in connection.execute(_RECORDS, (log_id,)):
            when = known[boot_no].at(mono_ms)
            yield listed(Record(log, seq, kind, boot_no, mono_ms, msgspec.Raw(body)), when)
