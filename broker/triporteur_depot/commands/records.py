"""`triporteur-depot records`: what is stored of a unit, oldest first, with UTC where known."""

import json
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from triporteur_depot.database import open_reader

_QUERY = """
SELECT log, seq, kind, logs.boot_no, mono_ms, body
FROM records JOIN logs ON logs.id = log_id
WHERE unit_id = ? ORDER BY log_id, seq"""
#: The anchor that knows best gives its whole boot its time.
_OFFSETS = """
SELECT boot_no, utc_ms - mono_ms, min(error_ms) FROM anchors WHERE unit_id = ? GROUP BY boot_no"""


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
        show = json.dumps if as_json else _as_text
        out.writelines(show(record) + "\n" for record in _records(connection, row[0]))
    finally:
        connection.close()
    return 0


def _records(connection: sqlite3.Connection, unit_id: int) -> Iterator[dict[str, object]]:
    offsets = {boot: offset for boot, offset, _ in connection.execute(_OFFSETS, (unit_id,))}
    for log, seq, kind, boot_no, mono_ms, body in connection.execute(_QUERY, (unit_id,)):
        yield {
            "log": log,
            "seq": seq,
            "kind": kind,
            "boot_no": boot_no,
            "mono_ms": mono_ms,
            "utc_ms": mono_ms + offsets[boot_no] if boot_no in offsets else None,
            "body": json.loads(body),
        }


def _as_text(record: dict[str, object]) -> str:
    utc_ms = record["utc_ms"]
    if isinstance(utc_ms, int):
        when = f"{datetime.fromtimestamp(utc_ms / 1000, UTC):%Y-%m-%d %H:%M:%SZ}"
    else:
        when = f"boot {record['boot_no']} +{record['mono_ms']} ms"
    body = json.dumps(record["body"], ensure_ascii=False)
    return f"{when}  {str(record['log'])[:8]}/{record['seq']}  {record['kind']}  {body}"
