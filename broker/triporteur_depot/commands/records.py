"""`triporteur-depot records`: what is stored of a unit, oldest first, with UTC where known."""

import argparse
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TextIO

import msgspec

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.commands.opening import reading
from triporteur_depot.commands.progress import Progress
from triporteur_depot.dating import boots

_QUERY = """
SELECT log, seq, kind, logs.boot_no, mono_ms, body
FROM records JOIN logs ON logs.id = log_id
WHERE unit_id = ? ORDER BY log_id, seq"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHOW_EVERY = 1000
#: A line end of a body stands between its tokens: within a string it is escaped.
_ONE_LINE = bytes.maketrans(bytes(range(32)), b" " * 32)


class Stored(msgspec.Struct, frozen=True):
    """A record as printed; `utc_ms` is None where its boot never learnt the time.

    It was certainly made between `not_before_ms` and `not_after_ms` (UTC too), each None where
    nobody knows.

    The body is not opened: whatever a unit wrote, it is printed as it was written.
    """

    log: str
    seq: int
    kind: str
    boot_no: int
    mono_ms: int
    utc_ms: int | None
    not_before_ms: int | None
    not_after_ms: int | None
    body: msgspec.Raw


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
    show = _as_json if as_json else _as_text
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

    def may_hold(self, record: Stored) -> bool:
        """Whether the record is of these days, or may be for all that is known."""
        known = record.utc_ms is not None
        earliest = _day(record.utc_ms if known else record.not_before_ms)
        latest = _day(record.utc_ms if known else record.not_after_ms)
        is_before = self.since is not None and latest is not None and latest < self.since
        is_after = self.until is not None and earliest is not None and earliest > self.until
        return not is_before and not is_after


def _day(utc_ms: int | None) -> date | None:
    return None if utc_ms is None else (_EPOCH + timedelta(milliseconds=utc_ms)).date()


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write 2026-11-25") from error


def _records(connection: sqlite3.Connection, unit_id: int) -> Iterator[Stored]:
    known = boots(connection, unit_id)
    for log, seq, kind, boot_no, mono_ms, body in connection.execute(_QUERY, (unit_id,)):
        when = known[boot_no].at(mono_ms)
        yield Stored(log, seq, kind, boot_no, mono_ms, *when, msgspec.Raw(body))


def _as_json(record: Stored) -> str:
    return msgspec.json.encode(record).translate(_ONE_LINE).decode(errors="replace")


def _as_text(record: Stored) -> str:
    body = bytes(record.body).decode(errors="replace")
    line = f"{_when(record)}  {record.log[:8]}/{record.seq}  {record.kind}  {body}"
    return "".join(letter if letter.isprintable() else " " for letter in line)


def _when(record: Stored) -> str:
    """`2026-11-22 09:00:00Z`, or `between … and … (boot 7 +1000 ms)`."""
    if record.utc_ms is not None:
        return _instant(record.utc_ms)
    place = f"boot {record.boot_no} +{record.mono_ms} ms"
    first_ms, last_ms = record.not_before_ms, record.not_after_ms
    if first_ms is not None and last_ms is not None:
        return f"between {_instant(first_ms)} and {_instant(last_ms)} ({place})"
    if first_ms is not None:
        return f"after {_instant(first_ms)} ({place})"
    return place if last_ms is None else f"before {_instant(last_ms)} ({place})"


def _instant(utc_ms: int) -> str:
    return f"{_EPOCH + timedelta(milliseconds=utc_ms):%Y-%m-%d %H:%M:%SZ}"
