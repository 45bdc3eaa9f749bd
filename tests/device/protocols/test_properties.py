"""What holds for every protocol of the registry, whatever the bytes."""

from collections import Counter
from contextlib import suppress
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.device.protocols.recorded import recorded
from triporteur_device.protocols import (
    PROTOCOLS,
    BadPayload,
    Event,
    Fitting,
    Frame,
    ProtocolSpec,
)
from triporteur_device.protocols.crc import crc16_modbus
from triporteur_device.protocols.modbus_maps import PHASERUNNER
from triporteur_wire.quantities import QUANTITIES

#: More than the longest frame, less than what makes a block overlong.
MAX_NOISE = 200

GOOD = {name: [entry.stream for entry in recorded(name) if not entry.refused] for name in PROTOCOLS}
#: What protocols are made of: it gets further into the decoders than random bytes do.
CRUMBS = (
    *(b"\xdd", b"\xdd\xa5\x03\x00\xff\xfd\x77", b"\xdd\x03\x00\xff", b"\xdd\x04\x80\x00\x77"),
    *(b"\r", b"\n", b"\r\n", b"\t", b":", b"\r\nChecksum\t", b"\r\nChecksum\t:", b"V\t12065"),
    *(b":700100 0C6\n", b":70010007800C6\n", b":A50", b":FFFFFF\n", b"\x00" * 40),
    *(b"\x11\x08", b"\x11\x0a", b"\x11\x11", b"\x11\x20\x00", b"\x11\x51\x04"),
    *(b"A\x10\x30", b"\x32\x0e"),
    *(b"\xa5\x01\x95\x08", b"\xa5\x01", b"\xd2\x03\x7c", b"\xd2\x03\xfa", b"\x51\x03\x80"),
    *(b"NW", b"NW\x01\x1b\0\0\0\0\x06\0\x01", b"\x68\0\0", b"~\xa1\x11\0\0\x8e", b"\xaa\x55"),
    *(b"\xaa\x55\xaa\xff", b"\x01\x78\x10\0\x10\xa0\0\x9e", b"\x01\x45\0\0", b"\x10"),
    *(b"\x02\x01\x04\x40\x84\x03", b"\x02\xff", b"\x03\x00\xff", b"\x04\x00\x00\xff"),
    *(b"\x01\x03\xfa", b"\x01\x17\x00\x26\xfa", b"\xaf\x00\x19", b"\x01\x83\x02"),
)

specs = pytest.mark.parametrize("spec", PROTOCOLS.values(), ids=lambda spec: spec.name)
#: As devices are fitted: a Modbus device asks nothing until it has its map.
FITTED = [spec.fitted(Fitting(registers=PHASERUNNER)) for spec in PROTOCOLS.values()]
ASKING = [spec for spec in FITTED if spec.requests]
asking = pytest.mark.parametrize("spec", ASKING, ids=lambda spec: spec.name)
#: What is asked, by us or by whoever was listened to.
QUESTIONS = {
    spec.name: sorted(spec.requests | {entry.request for entry in recorded(spec.name)})
    for spec in FITTED
}


# A strategy costs more to make than to draw from: each is made once.
GOOD_ONE = {name: st.sampled_from(streams) for name, streams in GOOD.items()}
CHANGE = st.sampled_from(("flip", "cut", "insert", "set"))
BIT, BYTE, LENGTH = st.integers(0, 7), st.integers(0, 255), st.integers(1, 20)
CRUMB = st.sampled_from(CRUMBS)
INSERTED = CRUMB | st.binary(min_size=1, max_size=8)
REPEATED = st.binary(min_size=1, max_size=2).map(lambda junk: junk * 400)
ASKED = {name: st.sampled_from([b"", *asked]) for name, asked in QUESTIONS.items()}


@st.composite
def mutated(draw: st.DrawFn, good: st.SearchStrategy[bytes]) -> bytes:
    stream = bytearray(draw(good))
    at = draw(st.integers(0, len(stream) - 1))
    match draw(CHANGE):
        case "flip":
            stream[at] ^= 1 << draw(BIT)
        case "cut":
            del stream[at : at + draw(LENGTH)]
        case "insert":
            stream[at:at] = draw(INSERTED)
        case "set":
            stream[at] = draw(BYTE)
    return bytes(stream)


MUTATED = {name: mutated(good) for name, good in GOOD_ONE.items()}
STREAM = {
    name: st.lists(
        st.one_of(good, MUTATED[name], CRUMB, st.binary(max_size=40), REPEATED), max_size=8
    ).map(b"".join)
    for name, good in GOOD_ONE.items()
}
SEVERAL = {name: st.lists(stream, max_size=4) for name, stream in STREAM.items()}
NOISE = {name: st.binary(max_size=MAX_NOISE) | each for name, each in MUTATED.items()}
PLACES = st.lists(st.integers(0, 2000), max_size=12)
TURNS, PAUSE_S = st.integers(1, 12), st.floats(0, 3)


@cache
def answers(name: str, request: bytes | None) -> st.SearchStrategy[bytes]:
    """Good answers, to this question or to others, and a refusal where there is such a thing."""
    refusal = b""
    if name == "modbus" and request:
        body = bytes((request[0], request[1] | 0x80, 2))
        refusal = body + crc16_modbus(body).to_bytes(2, "little")
    return st.sampled_from([b"", refusal, *GOOD[name]])


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[a:b] for a, b in pairwise(bounds)]


def events(spec: ProtocolSpec, chunks: list[bytes], asked: bytes = b"") -> list[Event]:
    decoder = spec.decoder()
    decoder.asked(asked)
    received = [event for chunk in chunks for event in decoder.receive(chunk)]
    return received + decoder.reset()


@specs
@given(data=st.data())
def test_any_chunking_gives_the_same_events(spec: ProtocolSpec, data: st.DataObject) -> None:
    stream = data.draw(STREAM[spec.name])
    places = data.draw(PLACES)
    asked = data.draw(ASKED[spec.name])
    whole = events(spec, [stream], asked)
    assert events(spec, cut(stream, places), asked) == whole
    assert events(spec, [bytes((byte,)) for byte in stream], asked) == whole


@specs
@given(data=st.data())
def test_every_byte_is_accounted_for_and_few_are_held(
    spec: ProtocolSpec, data: st.DataObject
) -> None:
    decoder = spec.decoder()
    fed, told = b"", b""
    for chunk in data.draw(SEVERAL[spec.name]):
        decoder.asked(data.draw(ASKED[spec.name]))
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
    for event in events(spec, [data.draw(STREAM[spec.name])]):
        if isinstance(event, Frame):
            with suppress(BadPayload):
                assert set(spec.interpret(event).values) <= set(QUANTITIES)


@specs
@given(data=st.data())
def test_random_bytes_never_hide_the_frames_that_follow(
    spec: ProtocolSpec, data: st.DataObject
) -> None:
    noise = data.draw(NOISE[spec.name])
    # A frame is no noise: what follows may mean something else behind it.
    assume(not any(isinstance(event, Frame) for event in events(spec, [noise])))
    good = data.draw(GOOD_ONE[spec.name])
    alone = [event for event in events(spec, [good]) if isinstance(event, Frame)]
    found = [event for event in events(spec, [noise, good, good, good]) if isinstance(event, Frame)]
    assert found[len(found) - len(alone) :] == alone


@asking
@given(data=st.data())
def test_only_allowed_requests_are_ever_asked_whatever_is_answered(
    spec: ProtocolSpec, data: st.DataObject
) -> None:
    assert spec.poller
    poller, decoder, now_s = spec.poller(), spec.decoder(), 0.0
    for _ in range(data.draw(TURNS)):
        now_s += data.draw(PAUSE_S)
        request = poller.next_request(now_s)
        if request is not None:
            assert request in spec.requests
            decoder.asked(request)
        for event in decoder.receive(data.draw(answers(spec.name, request))):
            if isinstance(event, Frame):
                poller.received(event, now_s)


@specs
def test_a_registry_entry_is_within_what_the_link_expects(spec: ProtocolSpec) -> None:
    assert PROTOCOLS[spec.name] is spec
    assert spec.quiet_s >= 0.2
    assert (spec.poller is None) == (spec.requests == frozenset())
