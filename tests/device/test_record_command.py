"""`record` on a real pseudo-terminal, with the simulated board at its other end."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig import Road, end, triporteur, wait_for
from triporteur_device.protocols import PROTOCOLS, Frame

pytestmark = pytest.mark.slow


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Road]:
    with Road(tmp_path) as made:
        made.start_simulator("ben", "--trike", "charging")
        yield made


@pytest.mark.parametrize(
    ("device", "options"),
    [("jbd", ["--protocol", "jbd"]), ("vedirect", ["--baud", "19200"])],
    ids=["asked", "listened to"],
)
def test_what_is_recorded_decodes_as_what_was_sent(
    road: Road, device: str, options: list[str]
) -> None:
    file = road.folder / "stream.bin"
    port = str(road.port("ben", device))
    recorder = road.start("record", *triporteur("device", "record"), port, str(file), *options)
    wait_for(lambda: file.exists() and file.stat().st_size > 400, "bytes are recorded")
    assert end(recorder, signal.SIGINT) == 0
    events = PROTOCOLS[device].decoder().receive(file.read_bytes())
    assert sum(isinstance(event, Frame) for event in events) >= 2


def test_a_port_that_is_not_there_is_one_sentence_and_leaves_no_file(road: Road) -> None:
    file = road.folder / "stream.bin"
    command = triporteur("device", "record")
    recorder = road.start("record", *command, str(road.folder / "ttyUSB0"), str(file))
    assert recorder.wait(20) == 1
    assert road.log("record").startswith("triporteur-device: ")
    assert not file.exists()
