"""Whether the curve that the depot can draw stays within the dead-band of what was measured."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.day import samples
from triporteur_wire.quantities import QUANTITIES, Value, moved
from triporteur_wire.records import TELEMETRY, Telemetry, decode_body


@dataclass(frozen=True, slots=True)
class Curve:
    """Of `values` measured values, `outside` lie beyond the dead-band around what is held."""

    records: int
    values: int
    outside: int


def check(day: Path, database: Path) -> Curve:
    """Holds every recorded value until the next, and compares at every accepted sample."""
    held: dict[tuple[str, str], Value] = {}
    values = outside = count = 0
    records = _records(database)
    following = next(records, None)
    for seen in samples.read(day):
        while following and following[0] <= seen.mono_ms:
            _hold(held, following[1])
            count += 1
            following = next(records, None)
        for name, value in seen.values.items():
            if not QUANTITIES[name].recorded:
                continue
            values += 1
            known = held.get((seen.source, name))
            outside += known is None or moved(name, known, value)
    return Curve(count, values, outside)


def _hold(held: dict[tuple[str, str], Value], record: Telemetry) -> None:
    for name, value in record.values.items():
        if value is None:
            held.pop((record.source, name), None)
        else:
            held[record.source, name] = value


def _records(database: Path) -> Iterator[tuple[int, Telemetry]]:
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    rows = connection.execute(
        """SELECT mono_ms, body FROM records
        WHERE log_id = (SELECT max(id) FROM logs) AND kind = ? ORDER BY seq""",
        (TELEMETRY,),
    )
    for mono_ms, body in rows:
        record = decode_body(TELEMETRY, body)
        assert isinstance(record, Telemetry)
        yield mono_ms, record
