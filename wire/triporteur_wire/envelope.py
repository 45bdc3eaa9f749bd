"""A batch of records on the wire: columnar JSON, zlib, its range in MQTT user properties.

    user properties   v=1  log=<16 hex>  first=<seq>  last=<seq>
    payload           zlib( {"boot":7, "seq":[first, +1, +1 …], "mono":[ms, +ms …],
                             "kind":["open","telemetry" …], "body":[{…}, ["battery",{…}] …],
                             "given_up":[[from, to, "reason"] …]} )

The range stands outside the payload, so that the depot knows what a batch covered even when it
cannot read it. A seq of the range without a record is declared given up.
"""

import zlib
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Annotated

import msgspec

from triporteur_wire.reading import Unreadable, Whole, decode, inflated
from triporteur_wire.records import LogId, Record, Seq

VERSION = "1"
#: A batch of 1000 rows of 8 quantities is about 0.2 MB; ten times that is not ours.
MAX_UNPACKED_BYTES = 4_000_000
#: Ten times the records of a unit's batch: more would hold up every other unit's.
MAX_RECORDS = 5_000
#: On a month of a real trike's records: 11.5 B a record at 2.7 µs; level 1 gives 14.9 B at 1.1 µs,
#: level 9 10.9 B at 5.2 µs. 4G is dearer than the microseconds.
_ZLIB_LEVEL = 6


_Delta = Annotated[int, msgspec.Meta(gt=-(2**53), lt=2**53)]
_Kind = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Reason = Annotated[str, msgspec.Meta(max_length=200)]


class BadEnvelope(Unreadable):
    """The payload or its properties are not a batch."""


class Range(msgspec.Struct, frozen=True):
    """The seqs `first` to `last`, both included, of one log."""

    log: LogId
    first: Seq
    last: Seq


class GivenUp(msgspec.Struct, frozen=True, array_like=True):
    """The seqs `first` to `last` were dropped aboard, and why."""

    first: Seq
    last: Seq
    reason: _Reason


class Batch(msgspec.Struct, frozen=True):
    """Records of one log, ascending, and the range they cover."""

    range: Range
    records: Sequence[Record]
    given_up: Sequence[GivenUp] = ()


_FEW = msgspec.Meta(max_length=MAX_RECORDS)


class Columns(msgspec.Struct):
    """The payload of a batch before zlib: one list per field, one entry per record.

    The first entry of `seq` and of `mono` (milliseconds since boot) is the number itself, each
    further one the difference to the entry before. `boot` is 0 when there are no records. `body`
    is of the shape that `kind` says; a kind unknown to the reader is kept as it came.
    """

    boot: Whole
    seq: Annotated[list[_Delta], _FEW]
    mono: Annotated[list[_Delta], _FEW]
    kind: Annotated[list[_Kind], _FEW]
    body: Annotated[list[msgspec.Raw], _FEW]
    given_up: Annotated[list[GivenUp], _FEW] = []


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Columns)


def properties(covered: Range) -> list[tuple[str, str]]:
    """The user properties that state a batch's range."""
    return [
        ("v", VERSION),
        ("log", covered.log),
        ("first", str(covered.first)),
        ("last", str(covered.last)),
    ]


def read_range(user_properties: Iterable[tuple[str, str]]) -> Range:
    """The range a batch states. Raises BadEnvelope."""
    said = dict(user_properties)
    if said.get("v") != VERSION:
        raise BadEnvelope(f"version {said.get('v')!r} is not {VERSION}")
    try:
        covered = msgspec.convert(said, Range, strict=False)
    except msgspec.ValidationError as error:
        raise BadEnvelope(f"range: {error}") from error
    if covered.last < covered.first:
        raise BadEnvelope(f"range ends at {covered.last}, before its start {covered.first}")
    return covered


def pack(batch: Batch) -> bytes:
    """The payload of a batch. Its records must be of one boot, ascending and in range."""
    records = batch.records
    columns = Columns(
        boot=records[0].boot_no if records else 0,
        seq=_deltas([record.seq for record in records]),
        mono=_deltas([record.mono_ms for record in records]),
        kind=[record.kind for record in records],
        body=[record.body for record in records],
        given_up=list(batch.given_up),
    )
    return zlib.compress(_ENCODER.encode(columns), _ZLIB_LEVEL)


def unpack(covered: Range, payload: bytes) -> Batch:
    """The batch of a payload. Raises BadEnvelope; never inflates beyond MAX_UNPACKED_BYTES."""
    try:
        columns = decode(_DECODER, _inflate(payload))
    except BadEnvelope:
        raise
    except Unreadable as error:
        raise BadEnvelope(f"columns: {error}") from error
    seqs, monos_ms = list(accumulate(columns.seq)), list(accumulate(columns.mono))
    lengths = {len(columns.seq), len(columns.mono), len(columns.kind), len(columns.body)}
    if len(lengths) != 1:
        raise BadEnvelope("columns are not of one length")
    if any(b <= a for a, b in pairwise(seqs)):
        raise BadEnvelope("seqs do not ascend")
    if seqs and not covered.first <= seqs[0] <= seqs[-1] <= covered.last:
        raise BadEnvelope(f"seqs {seqs[0]} to {seqs[-1]} lie outside the stated range")
    if any(not 0 <= mono_ms < 2**53 for mono_ms in monos_ms):
        raise BadEnvelope("a time lies before the boot, or beyond all boots")
    _check_given_up(covered, columns.given_up)
    rows = zip(seqs, columns.kind, monos_ms, columns.body, strict=True)
    records = [
        Record(covered.log, seq, kind, columns.boot, mono_ms, body)
        for seq, kind, mono_ms, body in rows
    ]
    return Batch(covered, records, columns.given_up)


def _check_given_up(covered: Range, given_up: Sequence[GivenUp]) -> None:
    if any(given.last < given.first for given in given_up):
        raise BadEnvelope("a range given up ends before its start")
    if any(b.first <= a.last for a, b in pairwise(given_up)):
        raise BadEnvelope("ranges given up overlap, or do not ascend")
    if given_up and not covered.first <= given_up[0].first <= given_up[-1].last <= covered.last:
        raise BadEnvelope("a range given up lies outside the stated range")


def _inflate(payload: bytes) -> bytes:
    try:
        text = inflated(payload, MAX_UNPACKED_BYTES)
    except Unreadable as error:
        raise BadEnvelope(str(error)) from error
    try:
        text.decode()  # bodies are kept unopened: what is no text must not get that far
    except UnicodeDecodeError as error:
        raise BadEnvelope(f"not UTF-8: {error}") from error
    return text


def _deltas(numbers: list[int]) -> list[int]:
    return numbers[:1] + [b - a for a, b in pairwise(numbers)]
