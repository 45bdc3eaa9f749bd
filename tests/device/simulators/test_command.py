"""The simulator as its user meets it: a process, two device files and a few words."""

import argparse
import os
import select
import signal
import subprocess
import sys
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from triporteur_device.simulators import command

BASIC = bytes.fromhex("dda50300fffd77")
RUN = (
    "import argparse, sys\n"
    "from triporteur_device.simulators import command\n"
    "parser = argparse.ArgumentParser()\n"
    "command.add_arguments(parser)\n"
    "sys.exit(command.run(parser.parse_args()))\n"
)
Start = Callable[..., subprocess.Popen[str]]


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(words)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def run(*words: str, stdin: int = subprocess.PIPE) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, *words],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def type_in(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdin is not None
    process.stdin.write(words)
    process.stdin.flush()


def current_a(reader: int) -> float:
    os.write(reader, BASIC)
    frame = b""
    while len(frame) < 34 and select.select([reader], [], [], 60.0)[0]:
        frame += os.read(reader, 4096)
    assert frame.startswith(b"\xdd\x03\x00\x1b")
    return int.from_bytes(frame[6:8], "big", signed=True) / 100


@pytest.fixture
def reader() -> Iterator[Callable[[Path], int]]:
    descriptors: list[int] = []

    def open_path(path: Path) -> int:
        descriptors.append(os.open(path, os.O_RDWR | os.O_NOCTTY))
        tty.setraw(descriptors[-1])
        return descriptors[-1]

    yield open_path
    for descriptor in descriptors:
        os.close(descriptor)


@pytest.mark.slow
def test_one_trike_is_read_on_two_devices_and_follows_its_load(
    start: Start, tmp_path: Path, reader: Callable[[Path], int]
) -> None:
    process = start("--trike", "forgotten", "jbd=battery", "vedirect=shunt")
    assert line(process) == "jbd on battery at 9600 baud"
    assert line(process) == "vedirect on shunt at 19200 baud"
    battery, shunt = reader(tmp_path / "battery"), reader(tmp_path / "shunt")
    assert current_a(battery) == 0.0
    type_in(process, "load 400\n")
    assert line(process) == "the load is 400 W until you say: load auto"
    assert current_a(battery) == pytest.approx(-8.3, abs=0.6)
    heard = b""
    while b"\r\nI\t-8" not in heard and select.select([shunt], [], [], 60.0)[0]:
        heard += os.read(shunt, 4096)
    assert b"\r\nI\t-8" in heard


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    process = start("jbd=battery", stdin=subprocess.DEVNULL)
    assert line(process) == "jbd on battery at 9600 baud"
    process.send_signal(number)
    assert process.communicate() == ("", "")
    assert process.returncode == 0
    assert not (tmp_path / "battery").is_symlink()


@pytest.mark.slow
def test_the_end_of_standard_input_does_not_end_it_and_quit_does(
    start: Start, tmp_path: Path, reader: Callable[[Path], int]
) -> None:
    deaf = start("jbd=deaf", stdin=subprocess.DEVNULL)
    assert line(deaf) == "jbd on deaf at 9600 baud"
    assert abs(current_a(reader(tmp_path / "deaf"))) < 30.0
    told = start("jbd=told")
    assert line(told) == "jbd on told at 9600 baud"
    type_in(told, "sing\nquit\n")
    assert "is not understood" in line(told)
    assert told.wait(120) == 0
    assert deaf.poll() is None


@pytest.mark.slow
def test_a_killed_one_leaves_a_dangling_link_that_the_next_one_takes(
    start: Start, tmp_path: Path
) -> None:
    first = start("jbd=battery")
    assert line(first) == "jbd on battery at 9600 baud"
    first.kill()
    first.wait()
    assert (tmp_path / "battery").is_symlink()
    assert not (tmp_path / "battery").exists()
    second = start("jbd=battery")
    assert line(second) == "jbd on battery at 9600 baud"
    assert (tmp_path / "battery").is_char_device()


@pytest.mark.slow
def test_a_path_that_cannot_be_used_is_told_and_nothing_is_left_behind(
    start: Start, tmp_path: Path
) -> None:
    process = start("jbd=battery", "vedirect=nowhere/shunt")
    output, errors = process.communicate()
    assert (process.returncode, output) == (2, "")
    assert errors == "no link can be made at nowhere/shunt: No such file or directory\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["sonar=x"], "'sonar=x' is not a device: write one of"),
        (["jbd="], "'jbd=' is not a device"),
        (["jbd"], "'jbd' is not a device"),
        (["--trike", "lost", "jbd=x"], "choose among charging, forgotten, drifting, on-site"),
        (["--speed", "fast", "jbd=x"], "'fast' is not a speed: give a number above 0"),
        (["--speed", "0", "jbd=x"], "'0' is not a speed"),
        (["--speed", "nan", "jbd=x"], "'nan' is not a speed"),
        (["--start", "25:00", "jbd=x"], "'25:00' is not an hour: write it as 08:30"),
        (["--fault", "noise", "jbd=x"], "'noise' is not a fault: write it as jbd=noise"),
    ],
)
def test_a_wrong_argument_gets_one_clear_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(*words)
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


def test_right_arguments_are_understood() -> None:
    args = parse("--trike", "on-site", "--start", "08:30", "--speed", "60", "jbd=/run/a=b")
    assert (args.trike, args.start, args.speed, args.seed) == ("on_site", 30_600.0, 60.0, 1)
    assert args.devices == [command.Place("jbd", Path("/run/a=b"))]


def test_faults_are_understood() -> None:
    args = parse("--fault", "jbd=noise", "--fault", "trike=cold", "jbd=x")
    assert args.faults == [("jbd", "noise"), ("trike", "cold")]


def test_the_help_names_every_fault(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse("--help")
    shown = "".join(capsys.readouterr().out.split())
    assert "noise|dropout|sleep|echo|frozen" in shown
    assert "drift|cold|overcurrent" in shown


@pytest.mark.slow
def test_a_fault_from_the_start_is_ended_by_a_word(
    start: Start, tmp_path: Path, reader: Callable[[Path], int]
) -> None:
    process = start("--fault", "jbd=sleep", "jbd=battery")
    assert line(process) == "jbd on battery at 9600 baud"
    battery = reader(tmp_path / "battery")
    os.write(battery, BASIC)
    assert not select.select([battery], [], [], 0.5)[0]
    type_in(process, "fault jbd sleep off\n")
    assert line(process) == "jbd: no sleep"
    assert abs(current_a(battery)) < 30.0


@pytest.mark.slow
def test_a_fault_of_a_device_that_is_not_there_ends_it_with_a_sentence(start: Start) -> None:
    process = start("--fault", "jk=noise", "jbd=battery")
    output, errors = process.communicate()
    assert (process.returncode, output) == (2, "")
    assert errors.startswith("no fault 'noise' of 'jk'; the faults are: jbd=noise|dropout")


def test_the_help_describes_each_trike(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse("--help")
    shown = " ".join(capsys.readouterr().out.split())
    assert "forgotten: Back from its outing, half empty" in shown
