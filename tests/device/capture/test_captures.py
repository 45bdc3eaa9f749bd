"""Every recording of `tests/captures` is read as on the day it was made.

A recording that may not be published is tested where it lies: TRIPORTEUR_CAPTURES names its folder.
"""

import os
from pathlib import Path

import pytest

from triporteur_device.capture import Provenance, digest, exchanges, read_provenance, recount
from triporteur_device.protocols import PROTOCOLS, Frame
from triporteur_wire.quantities import QUANTITIES

CAPTURES = Path(__file__).parents[2] / "captures"
FOLDERS = [CAPTURES, *map(Path, filter(None, [os.environ.get("TRIPORTEUR_CAPTURES")]))]
RECORDINGS = [path.with_suffix("") for folder in FOLDERS for path in sorted(folder.glob("*.json"))]

each = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.name)


def known(recording: Path) -> Provenance:
    provenance = read_provenance(recording)
    assert provenance
    return provenance


def test_no_recording_is_without_a_word_about_it() -> None:
    assert CAPTURES in {recording.parent for recording in RECORDINGS}
    raw = {path for folder in FOLDERS for path in folder.glob("*.bin")}
    assert raw <= set(RECORDINGS)


@each
def test_a_recording_says_what_it_is_and_is_what_it_says(recording: Path) -> None:
    provenance, raw = known(recording), recording.read_bytes()
    assert provenance.protocol in PROTOCOLS
    assert provenance.device
    assert provenance.began_utc
    assert (provenance.bytes, provenance.sha256) == (len(raw), digest(raw))


@each
def test_a_recording_gives_as_many_frames_and_loses_as_many_bytes_as_ever(recording: Path) -> None:
    provenance = known(recording)
    assert provenance.protocol
    counted = recount(PROTOCOLS[provenance.protocol], recording.read_bytes(), provenance)
    assert counted.frames
    assert (counted.frames, counted.discarded) == (provenance.frames, provenance.discarded)


@each
def test_every_value_of_a_recording_is_plausible(recording: Path) -> None:
    provenance = known(recording)
    assert provenance.protocol
    spec = PROTOCOLS[provenance.protocol]
    decoder = spec.decoder()
    for question, heard in exchanges(recording.read_bytes(), provenance):
        if question:
            decoder.asked(question)
        for event in decoder.receive(heard):
            if isinstance(event, Frame):
                said, believed = spec.interpret(event).values, spec.reading(event).values
                assert set(said) == set(believed) <= set(QUANTITIES)
