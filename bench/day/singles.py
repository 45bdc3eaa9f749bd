"""The same day in other wrappings, sent for real and counted: full batches, single JSON messages.

A single message is `{"ts":…,"source":…,"values":{…}}` at QoS 1 on a topic as long as ours.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench import programs
from bench.day import samples
from bench.day.relay import relay
from bench.ingest.hose import message, plain, pour
from triporteur_device.delivery.shipper import BATCH_RECORDS
from triporteur_wire.envelope import Batch, Range
from triporteur_wire.records import TELEMETRY, Record, Telemetry, decode_body
from triporteur_wire.topics import Channel, topic

_MIDNIGHT_UTC_MS = 1_795_305_600_000
_TOPIC = topic(programs.UNIT, Channel.JOURNAL)
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Singles:
    """TCP payload of so many messages, PUBACKs included."""

    messages: int
    sent_bytes: int
    received_bytes: int


class _Sample(msgspec.Struct):
    ts: int
    source: str
    values: object


def of_backlog(port: int, database: Path) -> Singles:
    """What the depot has stored, in batches as a backlog travels."""
    records = list(_records(database))
    batches = [
        records[first : first + BATCH_RECORDS] for first in range(0, len(records), BATCH_RECORDS)
    ]
    return _poured(port, [message(_TOPIC, _batch(batch)) for batch in batches])


def of_recorded(port: int, database: Path) -> Singles:
    """Each record of telemetry that the depot has stored, in a message of its own."""
    bodies = ((r.mono_ms, decode_body(r.kind, r.body)) for r in _records(database))
    return _poured(
        port,
        [
            _single(mono_ms, body.source, body.values)
            for mono_ms, body in bodies
            if isinstance(body, Telemetry)
        ],
    )


def of_accepted(port: int, day: Path) -> Singles:
    """Every sample of the day in a message of its own."""
    return _poured(
        port, [_single(seen.mono_ms, seen.source, seen.values) for seen in samples.read(day)]
    )


def _single(mono_ms: int, source: str, values: object) -> bytes:
    return plain(_TOPIC, _ENCODER.encode(_Sample(_MIDNIGHT_UTC_MS + mono_ms, source, values)))


def _poured(port: int, messages: Sequence[bytes]) -> Singles:
    with relay(port) as (counted, carried):
        pour(counted, messages)
        counts = carried.counts()
    return Singles(
        len(messages),
        counts.up["journal"],
        counts.down["puback"],
    )


def _batch(records: Sequence[Record]) -> Batch:
    return Batch(Range(records[0].log, records[0].seq, records[-1].seq), records)


def _records(database: Path) -> Iterator[Record]:
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    rows = connection.execute(
        """SELECT log, seq, kind, boot_no, mono_ms, body FROM records
        JOIN logs ON logs.id = log_id WHERE log_id = (SELECT max(id) FROM logs)
        AND kind = ? ORDER BY seq""",
        (TELEMETRY,),
    )
    for log, seq, kind, boot_no, mono_ms, body in rows:
        yield Record(log, seq, kind, boot_no, mono_ms, msgspec.Raw(body))
