"""A shunt's stream with its usual ailments, at the true pace of its line, to the depot."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journey.stream import play
from tests.rig import Road
from triporteur_device.simulators.presets import PRESETS
from triporteur_device.simulators.trike import TrikeModel
from triporteur_device.simulators.vedirect import VeDirectDevice

pytestmark = pytest.mark.slow


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Road]:
    with Road(tmp_path) as made:
        made.start_broker()
        made.start_depot()
        yield made


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


def test_every_block_is_accounted_for_and_the_stored_curve_stays_in_its_band(road: Road) -> None:
    stream = ailing_stream()
    told = play(road, "vedirect", stream)
    assert (told.unit_frames, told.unit_refused) == (told.frames, told.refused)
    assert told.frames + told.refused == stream.count(b"Checksum\t")
    assert told.refused >= 7
    assert told.checked_values > 200
    assert told.seconds >= len(stream) * 10 / 19200 * 0.99
