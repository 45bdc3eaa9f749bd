"""Every captured frame gives its known values, however its bytes arrive."""

import io
import json
from collections.abc import Iterable
from typing import Any

import pytest

from tests.device.protocols.recorded import FRAMES, QUANTITY_OF, Recorded, recorded
from triporteur_device.commands.decode import decode
from triporteur_device.protocols import PROTOCOLS, Frame
from triporteur_wire.quantities import QUANTITIES, plausible

ENTRIES = recorded()
GOOD = [entry for entry in ENTRIES if not entry.refused]
REFUSED = [entry for entry in ENTRIES if entry.refused]


def each(entries: list[Recorded]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("entry", entries, ids=lambda entry: entry.name)


def decoded(entry: Recorded, chunks: Iterable[bytes]) -> list[dict[str, Any]]:
    out = io.StringIO()
    asked = f"{entry.request.hex()}>"
    assert decode(entry.protocol, [asked, *(chunk.hex() for chunk in chunks)], out) == 0
    return [json.loads(line) for line in out.getvalue().splitlines()]


def single(stream: bytes) -> list[bytes]:
    return [bytes((byte,)) for byte in stream]


def assert_expected(answers: list[dict[str, Any]], entry: Recorded) -> None:
    # Among a block and the messages that came within it, the block says most.
    frames = [answer for answer in answers if "frame" in answer]
    answer = max(frames, key=lambda frame: len(frame["frame"]))
    fields, measures = answer["frame"], answer["measures"]
    for key, value in entry.expected.items():
        if key == "labels":
            assert set(value) <= set(fields)
        elif value is None:
            assert QUANTITY_OF[key] not in measures
        elif key in fields:
            assert fields[key] == pytest.approx(value, abs=1e-6)
        else:
            assert measures[QUANTITY_OF[key]] == pytest.approx(value, abs=1e-6)


def test_every_protocol_has_captured_frames_and_every_capture_a_protocol() -> None:
    assert {file.stem for file in FRAMES.glob("*.json")} == set(PROTOCOLS)


@each(GOOD)
def test_a_frame_read_whole_gives_its_values(entry: Recorded) -> None:
    assert_expected(decoded(entry, [entry.stream]), entry)


@each(GOOD)
def test_a_frame_read_byte_by_byte_gives_its_values(entry: Recorded) -> None:
    assert_expected(decoded(entry, single(entry.stream)), entry)


@each(GOOD)
def test_a_frame_read_as_it_arrived_gives_its_values(entry: Recorded) -> None:
    assert_expected(decoded(entry, entry.chunks), entry)


@each(GOOD)
def test_half_a_frame_behind_it_changes_nothing(entry: Recorded) -> None:
    behind = entry.stream[: len(entry.stream) // 2]
    assert_expected(decoded(entry, [entry.stream + behind]), entry)


@each(GOOD)
def test_a_frame_comes_out_with_its_last_byte_and_not_before(entry: Recorded) -> None:
    decoder = PROTOCOLS[entry.protocol].decoder()
    decoder.asked(entry.request)
    emitted = [
        (end, event)
        for end, byte in enumerate(single(entry.stream), start=1)
        for event in decoder.receive(byte)
        if isinstance(event, Frame)
    ]
    assert emitted
    for end, frame in emitted:
        assert entry.stream[:end].endswith(frame.raw)


@each(REFUSED)
def test_a_corrupt_frame_yields_no_value(entry: Recorded) -> None:
    for chunks in ([entry.stream], single(entry.stream)):
        answers = decoded(entry, chunks)
        assert answers
        assert not any(answer.get("measures") for answer in answers)
        assert "".join(answer["hex"] for answer in answers) == entry.stream.hex()


@each(GOOD)
def test_captured_values_are_named_and_plausible(entry: Recorded) -> None:
    spec = PROTOCOLS[entry.protocol]
    decoder = spec.decoder()
    decoder.asked(entry.request)
    for event in decoder.receive(entry.stream):
        if isinstance(event, Frame):
            values = spec.interpret(event).values
            assert set(values) <= set(QUANTITIES)
            assert all(plausible(name, value) for name, value in values.items())
