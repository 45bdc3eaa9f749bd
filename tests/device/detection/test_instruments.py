"""`detect` on real pseudo-terminals, several simulated instruments at once."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig import running, triporteur, wait_for
from triporteur_device.config import load

pytestmark = pytest.mark.slow

#: Two that speak unasked, and one that only answers, to a question of its own.
DEVICES = ("vedirect", "kt", "jbd_up16s")


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Where each instrument is."""
    places = {device: str(tmp_path / f"{device}-port") for device in DEVICES}
    command = (*triporteur("device", "simulate"), *(f"{d}={p}" for d, p in places.items()))
    with running(tmp_path / "simulator.log", command):
        wait_for(lambda: all(Path(path).exists() for path in places.values()), "ports appear")
        yield places


def detect(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*triporteur("device", "detect"), "--remember", str(folder / "detected.json")]
    return subprocess.run(
        [*command, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )


def test_several_devices_are_told_apart_and_remembered(
    tmp_path: Path, ports: dict[str, str]
) -> None:
    may_be_asked = [f"--ask={ports[device]}" for device in ("jbd_up16s", "kt")]
    done = detect(tmp_path, ports["vedirect"], *may_be_asked)
    assert done.returncode == 0, done.stderr
    path = tmp_path / "unit.toml"
    path.write_text(f'[unit]\nname = "ben"\n{done.stdout}[mqtt]\nhost = "depot"\n')
    assert {source.port: source.protocol for source in load(path).sources} == {
        port: device for device, port in ports.items()
    }
    assert f"{ports['kt']}: asked" not in done.stderr
    assert "jbd_up16s" in (tmp_path / "detected.json").read_text("utf-8")


def test_a_port_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    done = detect(tmp_path, str(tmp_path / "ttyUSB7"))
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert "cannot be opened" in line
    assert "No such file or directory" in line
