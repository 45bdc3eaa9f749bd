"""`record` on a real pseudo-terminal, with the simulated board at its other end."""

import signal
import threading
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from tests.rig import Road, end, triporteur, wait_for
from triporteur_device.capture import Provenance, beside, digest, read_provenance, recount
from triporteur_device.clock import boottime_ms
from triporteur_device.link import open_link
from triporteur_device.live import Observation
from triporteur_device.protocols import PROTOCOLS
from triporteur_device.source import Source

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    """One trike for all, each of whom reads it in turn."""
    with Road(tmp_path_factory.mktemp("road")) as made:
        made.start_simulator("ben", "--trike", "charging")
        yield made


def recorded(road: Road, folder: Path, device: str, *options: str) -> tuple[Path, Provenance]:
    file = folder / f"{device}.bin"
    port = str(road.port("ben", device))
    recorder = road.start("record", *triporteur("device", "record"), port, str(file), *options)
    wait_for(lambda: file.exists() and file.stat().st_size > 400, "bytes are recorded")
    assert end(recorder, signal.SIGINT) == 0
    provenance = read_provenance(file)
    assert provenance
    return file, provenance


@pytest.mark.parametrize("device", ["jbd", "vedirect"], ids=["asked", "listened to"])
def test_a_recording_says_where_it_comes_from_and_what_is_in_it(
    road: Road, tmp_path: Path, device: str
) -> None:
    words = ("--unit", "ben", "--device", "13S 30 Ah")
    file, provenance = recorded(road, tmp_path, device, "--protocol", device, *words)
    raw, spec = file.read_bytes(), PROTOCOLS[device]
    assert (provenance.protocol, provenance.baud) == (device, spec.baud)
    assert (provenance.unit, provenance.device) == ("ben", "13S 30 Ah")
    assert (provenance.bytes, provenance.sha256) == (len(raw), digest(raw))
    assert provenance.frames
    assert provenance.frames >= 2
    assert bool(provenance.asked) == (spec.poller is not None)


@pytest.mark.parametrize("device", ["jbd", "vedirect"], ids=["asked", "listened to"])
def test_what_was_counted_is_counted_again(road: Road, tmp_path: Path, device: str) -> None:
    folders = (tmp_path / str(number) for number in count())

    def agrees() -> bool:
        """But where the line stood still in a frame: of pauses a recording knows nothing."""
        (folder := next(folders)).mkdir()
        file, provenance = recorded(road, folder, device, "--protocol", device)
        counted = recount(PROTOCOLS[device], file.read_bytes(), provenance)
        return (counted.frames, counted.discarded) == (provenance.frames, provenance.discarded)

    wait_for(agrees, "a recording is counted as it was")


@pytest.mark.parametrize("device", ["jbd", "vedirect"], ids=["asked", "listened to"])
def test_a_recording_replayed_as_a_source_gives_every_frame_again(
    road: Road, tmp_path: Path, device: str
) -> None:
    file, provenance = recorded(road, tmp_path, device, "--protocol", device)
    frames = recount(PROTOCOLS[device], file.read_bytes(), provenance).frames
    seen: list[Observation] = []
    open_line = partial(open_link, f"replay:{file}", provenance.baud)
    source = Source("battery", PROTOCOLS[device], open_line, boottime_ms, seen.append)
    stop = threading.Event()
    thread = threading.Thread(target=source.run, args=(stop,))
    thread.start()
    try:
        wait_for(lambda: source.health().frames == frames, "all frames are replayed")
    finally:
        stop.set()
        thread.join()
    assert {"pack_voltage_v", "current_a"} <= {name for one in seen for name in one.values}


def test_a_line_whose_protocol_is_not_known_is_kept_and_nothing_is_counted(
    road: Road, tmp_path: Path
) -> None:
    file, provenance = recorded(road, tmp_path, "vedirect", "--baud", "19200")
    assert (provenance.protocol, provenance.frames, provenance.asked) == (None, None, ())
    again = recount(PROTOCOLS["vedirect"], file.read_bytes(), provenance)
    assert again.frames >= 2


def test_a_device_that_goes_away_leaves_a_recording_that_can_be_used(tmp_path: Path) -> None:
    with Road(tmp_path) as road:
        simulator = road.start_simulator("ben", "--trike", "charging")
        file = road.folder / "jbd.bin"
        port = str(road.port("ben", "jbd"))
        command = triporteur("device", "record")
        recorder = road.start("record", *command, port, str(file), "--protocol", "jbd")
        wait_for(lambda: file.exists() and file.stat().st_size > 200, "bytes are recorded")
        end(simulator, signal.SIGTERM)
        assert recorder.wait(120) == 1
        provenance = read_provenance(file)
        assert provenance
        assert provenance.sha256 == digest(file.read_bytes())


def test_another_recording_is_never_written_over(road: Road, tmp_path: Path) -> None:
    file = tmp_path / "jbd.bin"
    file.write_bytes(b"another's")
    port = str(road.port("ben", "jbd"))
    recorder = road.start("again", *triporteur("device", "record"), port, str(file))
    assert recorder.wait(120) == 1
    assert road.log("again").endswith("is there already; name another file\n")
    assert file.read_bytes() == b"another's"
    assert not beside(file).exists()


def test_a_port_that_is_not_there_is_one_sentence_and_leaves_no_file(
    road: Road, tmp_path: Path
) -> None:
    file = tmp_path / "stream.bin"
    command = triporteur("device", "record")
    recorder = road.start("nowhere", *command, str(tmp_path / "ttyUSB0"), str(file))
    assert recorder.wait(120) == 1
    assert road.log("nowhere").startswith("triporteur-device: ")
    assert not file.exists()
