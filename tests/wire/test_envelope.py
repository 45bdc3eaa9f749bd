import zlib
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_wire.envelope import (
    MAX_UNPACKED_BYTES,
    BadEnvelope,
    Batch,
    GivenUp,
    Range,
    pack,
    properties,
    read_range,
    unpack,
)
from triporteur_wire.records import Record, Telemetry, encode_body

LOG = "0123456789abcdef"

bodies = st.one_of(
    st.builds(
        lambda value: encode_body(Telemetry("battery", {"current_a": value})),
        st.none() | st.floats(-500, 500),
    ),
    # A kind of a later version: any JSON at all.
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=5,
    ).map(msgspec.json.encode),
)


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    seqs = sorted(draw(st.sets(st.integers(1, 10**6), min_size=1, max_size=20)))
    boot_no = draw(st.integers(1, 10**6))
    records = [
        Record(
            LOG,
            seq,
            draw(st.sampled_from(["telemetry", "from_a_later_version"])),
            boot_no,
            draw(st.integers(0, 2**40)),
            msgspec.Raw(draw(bodies)),
        )
        for seq in seqs
    ]
    first = draw(st.integers(1, seqs[0]))
    last = draw(st.integers(seqs[-1], seqs[-1] + 100))
    given_up = [GivenUp(first, seqs[0] - 1, "thinned")] if first < seqs[0] else []
    return Batch(Range(LOG, first, last), records, given_up)


def seen(records: Sequence[Record]) -> list[tuple[str, int, str, int, int, bytes]]:
    return [(r.log, r.seq, r.kind, r.boot_no, r.mono_ms, bytes(r.body)) for r in records]


@given(batches())
def test_a_batch_comes_back_whole_with_kinds_this_version_does_not_know(batch: Batch) -> None:
    covered = read_range(properties(batch.range))
    again = unpack(covered, pack(batch))
    assert again.range == batch.range
    assert seen(again.records) == seen(batch.records)
    assert list(again.given_up) == list(batch.given_up)


@given(st.binary(max_size=200))
def test_garbage_is_refused_in_one_way_only(payload: bytes) -> None:
    with pytest.raises(BadEnvelope):
        unpack(Range(LOG, 1, 5), payload)


@given(st.binary(max_size=300))
def test_garbage_that_was_packed_well_is_refused_too(text: bytes) -> None:
    with pytest.raises(BadEnvelope):
        unpack(Range(LOG, 1, 5), zlib.compress(text))


@given(batches(), st.data())
def test_a_batch_damaged_before_it_was_packed_is_refused_or_within_its_range(
    batch: Batch, data: st.DataObject
) -> None:
    text = bytearray(zlib.decompress(pack(batch)))
    for _ in range(data.draw(st.integers(1, 3))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    try:
        again = unpack(batch.range, zlib.compress(bytes(text)))
    except BadEnvelope:
        return
    assert all(batch.range.first <= r.seq <= batch.range.last for r in again.records)
    assert all(bytes(r.body).decode() for r in again.records)


@given(batches(), st.data())
def test_a_damaged_payload_is_refused_or_still_within_its_range(
    batch: Batch, data: st.DataObject
) -> None:
    payload = bytearray(pack(batch))
    payload[data.draw(st.integers(0, len(payload) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        again = unpack(batch.range, bytes(payload))
    except BadEnvelope:
        return
    assert all(batch.range.first <= r.seq <= batch.range.last for r in again.records)


def test_a_small_payload_that_unpacks_to_a_giant_is_refused() -> None:
    bomb = zlib.compress(b" " * (MAX_UNPACKED_BYTES + 1))
    assert len(bomb) < 10_000
    with pytest.raises(BadEnvelope, match="larger than"):
        unpack(Range(LOG, 1, 5), bomb)


def test_a_batch_without_records_declares_its_whole_range_given_up() -> None:
    batch = Batch(Range(LOG, 3, 9), [], [GivenUp(3, 9, "thinned")])
    assert unpack(batch.range, pack(batch)) == batch


@pytest.mark.parametrize(
    "said",
    [
        [],
        [("v", "2"), ("log", LOG), ("first", "1"), ("last", "2")],
        [("v", "1"), ("log", "x"), ("first", "1"), ("last", "2")],
        [("v", "1"), ("log", LOG), ("first", "0"), ("last", "2")],
        [("v", "1"), ("log", LOG), ("first", "3"), ("last", "2")],
        [("v", "1"), ("log", LOG), ("first", "1")],
        [("v", "1"), ("log", LOG), ("first", "1"), ("last", str(2**60))],
    ],
)
def test_a_range_that_is_none_is_refused(said: list[tuple[str, str]]) -> None:
    with pytest.raises(BadEnvelope):
        read_range(said)


NOTHING: dict[str, object] = {"boot": 1, "seq": [], "mono": [], "kind": [], "body": []}


@pytest.mark.parametrize(
    "columns",
    [
        {"boot": 1, "seq": [1], "mono": [1, 1], "kind": ["e"], "body": [{}]},
        {"boot": 1, "seq": [2, 0], "mono": [1, 1], "kind": ["e", "e"], "body": [{}, {}]},
        {"boot": 1, "seq": [7], "mono": [1], "kind": ["e"], "body": [{}]},
        {"boot": 1, "seq": [1], "mono": [-1], "kind": ["e"], "body": [{}]},
        {"boot": 2**63, "seq": [1], "mono": [1], "kind": ["e"], "body": [{}]},
        {
            "boot": 1,
            "seq": [2**53 - 1, 2**53 - 1],
            "mono": [1, 1],
            "kind": ["e", "e"],
            "body": [{}, {}],
        },
        NOTHING | {"given_up": [[4, 3, "x"]]},
        NOTHING | {"given_up": [[1, 3, "x"], [3, 4, "x"]]},
        NOTHING | {"given_up": [[3, 6, "x"]]},
    ],
)
def test_columns_that_contradict_each_other_are_refused(columns: dict[str, object]) -> None:
    with pytest.raises(BadEnvelope):
        unpack(Range(LOG, 1, 5), zlib.compress(msgspec.json.encode(columns)))
