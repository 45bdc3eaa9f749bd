"""Zeros add up to good checksums: a board that starts, or a shorted line, must not read as 0 V."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from tests.device.protocols.recorded import Recorded, recorded
from triporteur_device.protocols import PROTOCOLS, BadPayload, Event, Frame, ProtocolSpec
from triporteur_wire.quantities import Value

#: What says something true with zeros, or cannot get past the decoder with them.
MEANT = {
    ("daly_a5", "0x98"): "no failure is said with zeros",
    ("bafang", "current"): "an answer of nothing but the current, which is 0 at rest",
    ("kt", "controller"): "the decoder takes no controller of 0 V for one",
}

specs = pytest.mark.parametrize("spec", PROTOCOLS.values(), ids=lambda spec: spec.name)


def events(spec: ProtocolSpec, entry: Recorded, chunks: tuple[bytes, ...]) -> list[Event]:
    decoder = spec.decoder()
    if entry.request:
        decoder.asked(entry.request)
    return [event for chunk in chunks for event in decoder.receive(chunk)] + decoder.reset()


def zeroed(frame: Frame) -> Frame:
    """The frame as if its device had sent zeros, and the right checksum of them."""
    at, payload = frame.raw.find(frame.payload), bytes(len(frame.payload))
    if at < 0:  # put together from several frames, or from a question
        return replace(frame, payload=payload)
    return replace(
        frame, payload=payload, raw=frame.raw[:at] + payload + frame.raw[at + len(payload) :]
    )


def captured(spec: ProtocolSpec) -> Iterator[tuple[Recorded, Frame]]:
    for entry in recorded(spec.name):
        for event in events(spec, entry, entry.chunks):
            if isinstance(event, Frame):
                yield entry, event


def values(spec: ProtocolSpec, frame: Frame) -> dict[str, Value]:
    with suppress(BadPayload):
        return dict(spec.reading(frame).values)
    return {}


@specs
def test_an_answer_of_zeros_gives_no_value(spec: ProtocolSpec) -> None:
    frames = [frame for _, frame in captured(spec) if (spec.name, frame.kind) not in MEANT]
    assert any(values(spec, frame) for frame in frames) or spec.name in ("bafang", "kt")
    given = {frame.kind: values(spec, zeroed(frame)) for frame in frames}
    assert {kind: found for kind, found in given.items() if found} == {}


@specs
def test_a_whole_frame_of_zeros_on_the_line_gives_no_value(spec: ProtocolSpec) -> None:
    """Where zeros are their own checksum, the decoder itself must see through them."""
    for entry, frame in captured(spec):
        said = zeroed(frame)
        if said.raw != frame.raw and spec.name != "bafang":
            found = events(spec, entry, (said.raw, bytes(300)))
            given = [values(spec, event) for event in found if isinstance(event, Frame)]
            assert not any(given), frame.kind
