"""What holds for every protocol of the registry, whatever the bytes."""

from collections import Counter
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.device.protocols.recorded import recorded
from triporteur_device.protocols import PROTOCOLS, BadPayload, Event, Frame, ProtocolSpec
from triporteur_wire.quantities import QUANTITIES

#: More than the longest frame, less than what makes a block overlong.
MAX_NOISE = 200

GOOD = {name: [entry.stream for entry in recorded(name) if not entry.refused] for name in PROTOCOLS}
#: What protocols are made of: it gets further into the decoders than random bytes do.
CRUMBS = (
    *(b"\xdd", b"\xdd\xa5\x03\x00\xff\xfd\x77", b"\xdd\x03\x00\xff", b"\xdd\x04\x80\x00\x77"),
    *(b"\r", b"\n", b"\r\n", b"\t", b":", b"\r\nChecksum\t", b"\r\nChecksum\t:", b"V\t12065"),
    *(b":700100 0C6\n", b":70010007800C6\n", b":A50", b":FFFFFF\n", b"\x00" * 40),
)

specs = pytest.mark.parametrize("spec", PROTOCOLS.values(), ids=lambda spec: spec.name)


@st.composite
def mutated(draw: st.DrawFn, spec: ProtocolSpec) -> bytes:
    stream = bytearray(draw(st.sampled_from(GOOD[spec.name])))
    at = draw(st.integers(0, len(stream) - 1))
    match draw(st.sampled_from(("flip", "cut", "insert", "set"))):
        case "flip":
            stream[at] ^= 1 << draw(st.integers(0, 7))
        case "cut":
            del stream[at : at + draw(st.integers(1, 20))]
        case "insert":
            stream[at:at] = draw(st.sampled_from(CRUMBS) | st.binary(min_size=1, max_size=8))
        case "set":
            stream[at] = draw(st.integers(0, 255))
    return bytes(stream)


def streams(spec: ProtocolSpec) -> st.SearchStrategy[bytes]:
    piece = st.one_of(
        st.sampled_from(GOOD[spec.name]),
        mutated(spec),
        st.sampled_from(CRUMBS),
        st.binary(max_size=40),
        st.binary(min_size=1, max_size=2).map(lambda junk: junk * 400),
    )
    return st.lists(piece, max_size=8).map(b"".join)


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[a:b] for a, b in pairwise(bounds)]


def events(spec: ProtocolSpec, chunks: list[bytes]) -> list[Event]:
    decoder = spec.decoder()
    received = [event for chunk in chunks for event in decoder.receive(chunk)]
    return received + decoder.reset()


@specs
@given(data=st.data())
def test_any_chunking_gives_the_same_events(spec: ProtocolSpec, data: st.DataObject) -> None:
    stream = data.draw(streams(spec))
    places = data.draw(st.lists(st.integers(0, 2000), max_size=12))
    whole = events(spec, [stream])
    assert events(spec, cut(stream, places)) == whole
    assert events(spec, [bytes((byte,)) for byte in stream]) == whole


@specs
@given(data=st.data())
def test_every_byte_is_accounted_for_and_few_are_held(
    spec: ProtocolSpec, data: st.DataObject
) -> None:
    decoder = spec.decoder()
    fed, told = b"", b""
    for chunk in data.draw(st.lists(streams(spec), max_size=4)):
        fed += chunk
        told += b"".join(event.raw for event in decoder.receive(chunk))
        assert len(told) + decoder.pending == len(fed)
        assert decoder.pending <= spec.max_pending
    told += b"".join(event.raw for event in decoder.reset())
    assert Counter(told) == Counter(fed)
    assert decoder.pending == 0
    assert decoder.reset() == []


@specs
@given(data=st.data())
def test_a_frame_is_read_or_refused_as_bad_and_names_known_quantities(
    spec: ProtocolSpec, data: st.DataObject
) -> None:
    for event in events(spec, [data.draw(streams(spec))]):
        if isinstance(event, Frame):
            with suppress(BadPayload):
                assert set(spec.interpret(event).values) <= set(QUANTITIES)


@specs
@given(data=st.data())
def test_random_bytes_never_hide_the_frames_that_follow(
    spec: ProtocolSpec, data: st.DataObject
) -> None:
    noise = data.draw(st.binary(max_size=MAX_NOISE) | mutated(spec))
    good = data.draw(st.sampled_from(GOOD[spec.name]))
    alone = [event for event in events(spec, [good]) if isinstance(event, Frame)]
    found = [event for event in events(spec, [noise, good, good, good]) if isinstance(event, Frame)]
    assert found[-len(alone) :] == alone


@specs
@given(
    steps=st.lists(
        st.tuples(st.floats(0, 3), st.sampled_from(("0x03", "0x04", "0x05", "0x07", "text", "")))
    )
)
def test_only_allowed_requests_are_ever_asked(
    spec: ProtocolSpec, steps: list[tuple[float, str]]
) -> None:
    if spec.poller is None:
        assert spec.requests == frozenset()
        return
    poller = spec.poller()
    now_s = 0.0
    for wait_s, kind in steps:
        now_s += wait_s
        request = poller.next_request(now_s)
        assert request is None or request in spec.requests
        poller.received(Frame(kind, b"", b""), now_s)


@specs
def test_a_registry_entry_is_within_what_the_link_expects(spec: ProtocolSpec) -> None:
    assert PROTOCOLS[spec.name] is spec
    assert spec.quiet_s >= 0.2
    assert (spec.poller is None) == (spec.requests == frozenset())
