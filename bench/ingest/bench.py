"""2. Depot ingest: messages of one record and of many, into the depot and into a bare loop."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import msgspec

from bench import tracing
from bench.figures import ROUNDS, megabytes, middle, times, whole
from bench.ingest.hose import message
from bench.ingest.pouring import BARE, OURS, Poured, Store, counted, pouring
from bench.report import Section, Table, Target
from bench.rows import rows
from bench.tracing import Asked
from triporteur_wire.envelope import Batch, Range
from triporteur_wire.records import TELEMETRY, Record, Telemetry, encode_body, new_log_id
from triporteur_wire.topics import Channel, topic

_SINGLES, _UNITS = 20_000, 50
_BATCHED, _BATCH_RECORDS = 200_000, 500
_TARGET = 0.6

_METHOD = f"""\
Ready-made messages, poured into mosquitto as fast as it takes them, until the last row is
committed. *one a message*: {whole(_SINGLES)} messages of {_UNITS} units in turn, one record each.
*{_BATCH_RECORDS} a message*: {whole(_BATCHED)} records of one unit. Both stores group up to 50
messages in a commit (WAL, `synchronous = FULL`) and acknowledge after it. *ours* is
`triporteur-depot run`, with its pages; the bare loop unpacks and appends, and no more. Medians of
{ROUNDS} alternating rounds. The rollups for the charts come when no message waits: their CPU is
the second figure, with all before. Disk waits by strace, in a run that was not timed."""


@dataclass(frozen=True, slots=True)
class Load:
    """Messages ready to be sent, how many records they hold, and what each of them costs us."""

    name: str
    messages: Sequence[bytes]
    rows: int
    why_missed: str = ""


@dataclass(frozen=True, slots=True)
class Raw:
    rounds: dict[str, list[Poured]]
    asked: dict[str, Asked]


def run(folder: Path) -> Section:
    """Runs it all in `folder`."""
    rounds: dict[str, list[Poured]] = defaultdict(list)
    asked = {}
    loads = [_singles(), _batched()]
    for load in loads:
        for number in range(ROUNDS):
            for store in (BARE, OURS):
                place = folder / f"{_name(load, store)}-{number}"
                rounds[_name(load, store)].append(pouring(store, load.messages, load.rows, place))
        for store in (BARE, OURS):
            if tracing.available():
                place = folder / f"{_name(load, store)}-traced"
                asked[_name(load, store)] = counted(store, load.messages, load.rows, place)
    return _section(loads, Raw(dict(rounds), asked))


def _section(loads: Sequence[Load], raw: Raw) -> Section:
    table = Table(
        ("", "rows/s", "CPU s", "with rollups", "peak MB", "disk waits", "MB written"),
        [_row(name, rounds, raw.asked.get(name)) for name, rounds in raw.rounds.items()],
    )
    return Section(
        "Depot ingest", _METHOD, [table], [_target(load, raw) for load in loads], (), raw
    )


def _row(name: str, rounds: list[Poured], asked: Asked | None) -> tuple[str, ...]:
    return (
        name,
        whole(middle(one.rows_per_s for one in rounds)),
        f"{middle(one.cost.cpu_s for one in rounds):.2f}",
        f"{middle(one.settled.cpu_s for one in rounds):.2f}",
        megabytes(middle(one.settled.peak_bytes for one in rounds)),
        whole(asked.syncs) if asked else "–",
        megabytes(middle(one.settled.written_bytes for one in rounds)),
    )


def _target(load: Load, raw: Raw) -> Target:
    ours, bare = (
        middle(one.rows_per_s for one in raw.rounds[_name(load, store)]) for store in (OURS, BARE)
    )
    wanted = f"at least {_TARGET} × the bare loop, {load.name}"
    return Target(wanted, times(ours / bare), ours / bare >= _TARGET, load.why_missed)


def _name(load: Load, store: Store) -> str:
    return f"{load.name}: {store.name}"


def _singles() -> Load:
    logs = [new_log_id() for _ in range(_UNITS)]
    messages = []
    for number, row in enumerate(islice(rows(), _SINGLES)):
        seq, unit = divmod(number, _UNITS)
        messages.append(_message(unit, [_record(logs[unit], seq + 1, row)]))
    why = (
        "Beside what the bare loop does, each message has its range checked and merged, is marked "
        "for the charts and is answered to its unit, whatever little it holds."
    )
    return Load("one a message", messages, _SINGLES, why)


def _batched() -> Load:
    log = new_log_id()
    records = [_record(log, seq, row) for seq, row in enumerate(islice(rows(), _BATCHED), 1)]
    messages = [
        _message(0, records[first : first + _BATCH_RECORDS])
        for first in range(0, _BATCHED, _BATCH_RECORDS)
    ]
    return Load(f"{_BATCH_RECORDS} a message", messages, _BATCHED)


def _message(unit: int, records: list[Record]) -> bytes:
    covered = Range(records[0].log, records[0].seq, records[-1].seq)
    return message(topic(f"unit-{unit}", Channel.JOURNAL), Batch(covered, records))


def _record(log: str, seq: int, row: Telemetry) -> Record:
    return Record(log, seq, TELEMETRY, 1, 1000 * seq, msgspec.Raw(encode_body(row)))
