"""`triporteur-depot records`: what is stored of a unit, oldest first, with UTC where known."""

import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import msgspec

from triporteur_depot.database import open_reader

_QUERY = """
SELECT log, seq, kind, logs.boot_no, mono_ms, body
FROM records JOIN logs ON logs.id = log_id
WHERE unit_id = ? ORDER BY log_id, seq"""
#: The anchor that knows best gives its whole boot its time.
_OFFSETS = """
SELECT boot_no, utc_ms - mono_ms, min(error_ms) FROM anchors WHERE unit_id = ? GROUP BY boot_no"""
#: The last instant that a calendar of four digits has.
_LAST_DATE_MS = 253_402_300_799_999
#: A line end of a body stands between its tokens: within a string it is escaped.
_ONE_LINE = bytes.maketrans(bytes(range(32)), b" " * 32)


class Stored(msgspec.Struct, frozen=True):
    """A record as printed; `utc_ms` is None where its boot never learnt the time.

    The body is not opened: whatever a unit wrote, it is printed as it was written.
    """

    log: str
    seq: int
    kind: str
    boot_no: int
    mono_ms: int
    utc_ms: int | None
    body: msgspec.Raw


def run(database: Path, unit: str, *, as_json: bool, out: TextIO = sys.stdout) -> int:
    """Prints every stored record of the unit; 1 for a unit never heard of. Raises sqlite3.Error."""
    connection = open_reader(database)
    try:
        row = connection.execute("SELECT id FROM units WHERE name = ?", (unit,)).fetchone()
        if row is None:
            names = [name for (name,) in connection.execute("SELECT name FROM units ORDER BY name")]
            known = ", ".join(names) or "none yet"
            print(f"no unit named {unit!r} was ever heard; known units: {known}", file=sys.stderr)
            return 1
        show = _as_json if as_json else _as_text
        out.writelines(show(record) + "\n" for record in _records(connection, row[0]))
    finally:
        connection.close()
    return 0


def _records(connection: sqlite3.Connection, unit_id: int) -> Iterator[Stored]:
    offsets = {boot: offset for boot, offset, _ in connection.execute(_OFFSETS, (unit_id,))}
    for log, seq, kind, boot_no, mono_ms, body in connection.execute(_QUERY, (unit_id,)):
        utc_ms = mono_ms + offsets[boot_no] if boot_no in offsets else None
        yield Stored(log, seq, kind, boot_no, mono_ms, utc_ms, msgspec.Raw(body))


def _as_json(record: Stored) -> str:
    return msgspec.json.encode(record).translate(_ONE_LINE).decode(errors="replace")


def _as_text(record: Stored) -> str:
    if record.utc_ms is not None and record.utc_ms <= _LAST_DATE_MS:
        when = f"{datetime.fromtimestamp(record.utc_ms / 1000, UTC):%Y-%m-%d %H:%M:%SZ}"
    else:
        when = f"boot {record.boot_no} +{record.mono_ms} ms"
    body = bytes(record.body).decode(errors="replace")
    line = f"{when}  {record.log[:8]}/{record.seq}  {record.kind}  {body}"
    return "".join(letter if letter.isprintable() else " " for letter in line)
