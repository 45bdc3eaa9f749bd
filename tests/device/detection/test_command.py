"""What `detect` asks of its installer, tells and remembers, over scripted ports."""

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.device.detection.scripted import BATTERY, Port
from tests.device.protocols.recorded import recorded
from triporteur_device.commands import detect

UP16S = next(entry for entry in recorded("jbd_up16s") if "pack_status" in entry.name)


@dataclass(frozen=True)
class Told:
    status: int
    tables: str
    advice: list[str]


@pytest.fixture(autouse=True)
def nobody_is_there(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with Path(os.devnull).open(encoding="utf-8") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        yield


class Unit:
    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.memory = folder / "detected.json"
        self._capsys = capsys
        self.name = str(folder / "ttyUSB0")

    def detects(self, port: Port, *arguments: str) -> Told:
        parser = argparse.ArgumentParser()
        detect.add_arguments(parser)
        asked = parser.parse_args(["--remember", str(self.memory), *arguments])
        status = detect.run(asked, port.open, lambda: port.now_ms)
        said = self._capsys.readouterr()
        return Told(status, said.out, said.err.splitlines())


@pytest.fixture
def unit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Unit:
    return Unit(tmp_path, capsys)


def test_a_silent_port_is_not_asked_unless_somebody_says_so(unit: Unit) -> None:
    battery = Port(answer=BATTERY)
    told = unit.detects(battery, unit.name)
    assert (told.status, told.tables, battery.sent) == (1, "", [])
    assert told.advice[-1].endswith(f"triporteur-device detect --ask {unit.name}")
    assert not unit.memory.exists()


@pytest.mark.parametrize(("answer", "status"), [("oui", 0), ("y", 0), ("", 1), ("non", 1)])
def test_somebody_at_a_terminal_is_asked_whether_a_silent_port_may_be(
    unit: Unit, monkeypatch: pytest.MonkeyPatch, answer: str, status: int
) -> None:
    keyboard, terminal = os.openpty()
    os.write(keyboard, f"{answer}\n".encode())
    battery = Port(answer=BATTERY)
    with os.fdopen(terminal, encoding="utf-8") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        told = unit.detects(battery, unit.name)
    os.close(keyboard)
    assert "Is it a battery's or a controller's own cable" in "\n".join(told.advice)
    assert told.status == status
    assert bool(battery.sent) is (status == 0)
    assert ('protocol = "jbd"' in told.tables) is (status == 0)


def test_what_was_found_at_a_port_is_asked_for_first_the_next_time(unit: Unit) -> None:
    board = Port(answer=lambda asked: UP16S.stream if asked == UP16S.request else b"")
    first = unit.detects(board, f"--ask={unit.name}")
    again = unit.detects(board, f"--ask={unit.name}")
    assert (first.status, again.status, again.tables) == (0, 0, first.tables)
    tried = [[line for line in told.advice if " asked " in line] for told in (first, again)]
    assert len(tried[0]) > 1
    (line,) = tried[1]
    assert line.startswith(f"{unit.name}: asked jbd_up16s at 9600 baud: ")


def test_where_nobody_answers_it_says_what_to_check(unit: Unit) -> None:
    told = unit.detects(Port(), f"--ask={unit.name}")
    assert told.status == 1
    assert "press its button" in told.advice[-1]


def test_a_port_that_is_in_use_is_one_sentence(unit: Unit) -> None:
    port = Port()
    port.lost = True
    told = unit.detects(port, unit.name)
    assert (told.status, told.tables) == (1, "")
    (line,) = told.advice
    assert "cannot be opened" in line
    assert "Device or resource busy" in line
