"""A shunt's stream with its usual ailments, at the true pace of its line, to the depot."""

from pathlib import Path

import pytest

from tests.journey.stream import StoodStill, Told, play
from tests.rig import Road
from triporteur_device.simulators.presets import PRESETS
from triporteur_device.simulators.trike import TrikeModel
from triporteur_device.simulators.vedirect import VeDirectDevice

pytestmark = pytest.mark.slow


def ailing_stream() -> bytes:
    """A ride at one block a minute of the model: cut at the start, some blocks damaged or noisy."""
    model = TrikeModel(PRESETS["on_site"].parameters, seed=3)
    shunt = VeDirectDevice(3)
    blocks = []
    for number in range(60):
        model.advance(60)
        block = bytearray(
            shunt.history_block(model.state) if number % 7 == 3 else shunt.live_block(model.state)
        )
        if number % 10 == 5:
            block[20] ^= 0x08
        if number % 10 == 8:
            block += b"\x00\xff\x13"
        blocks.append(bytes(block))
    return b"".join(blocks)[37:]


def played(folder: Path, stream: bytes) -> Told:
    """On a road of its own; again where this process stood still meanwhile."""
    folder.mkdir()
    with Road(folder) as road:
        road.start_broker()
        road.start_depot()
        try:
            return play(road, "vedirect", stream)
        except StoodStill:
            pass
    return played(folder / "again", stream)


def test_every_block_is_accounted_for_and_the_stored_curve_stays_in_its_band(
    tmp_path: Path,
) -> None:
    stream = ailing_stream()
    told = played(tmp_path / "road", stream)
    assert (told.unit_frames, told.unit_refused) == (told.frames, told.refused)
    assert told.frames + told.refused == stream.count(b"Checksum\t")
    assert told.refused >= 7
    assert told.checked_values > 200
    assert told.seconds >= len(stream) * 10 / 19200 * 0.99
