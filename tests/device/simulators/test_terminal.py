"""A line has a pace, and a terminal outlives its readers."""

import os
import select
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_device.simulators.instrument import Burst
from triporteur_device.simulators.terminal import Line, Terminal

FRAME = bytes(34)
LATE_S = 1e9


@given(st.integers(1, 20), st.sampled_from([1200, 9600, 19200, 115200]), st.floats(0.0, 1e6))
def test_no_byte_comes_before_its_ten_bits_have_passed(
    count: int, baud: int, start_s: float
) -> None:
    line = Line(baud)
    line.send([Burst(0.0, FRAME)] * count, start_s)
    received = 0
    while (now_s := line.next_s()) is not None:
        received += len(line.due(now_s))
        assert now_s - start_s >= received * 10 / baud - 1e-6
    assert received == count * len(FRAME)


def test_bytes_come_in_small_pieces() -> None:
    line = Line(9600)
    line.send([Burst(0.0, bytes(100))], 0.0)
    now_s = line.next_s()
    assert now_s is not None
    assert len(line.due(now_s)) == 16


def test_a_gap_is_kept_between_two_pieces() -> None:
    line = Line(9600)
    line.send([Burst(0.0, b"1234567"), Burst(0.06, b"8")], 5.0)
    head_s = line.next_s()
    assert head_s == pytest.approx(5.0 + 7 * 10 / 9600)
    assert line.due(5.06) == b"1234567"
    assert line.next_s() == pytest.approx(5.0 + 8 * 10 / 9600 + 0.06)


def test_a_line_that_was_silent_owes_nothing() -> None:
    line = Line(9600)
    line.send([Burst(0.0, b"a")], 0.0)
    line.due(LATE_S)
    line.send([Burst(0.0, b"b")], LATE_S)
    assert line.due(LATE_S) == b""
    assert line.due(LATE_S + 0.01) == b"b"


def test_what_does_not_fit_the_queue_is_lost() -> None:
    line = Line(9600)
    line.send([Burst(0.0, FRAME)] * 1000, 0.0)
    assert 4000 < len(line.due(LATE_S)) <= 4096
    line.send([Burst(0.0, FRAME)], LATE_S)
    assert line.due(2 * LATE_S) == FRAME


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "battery"


@pytest.fixture
def terminal(path: Path) -> Iterator[Terminal]:
    opened = Terminal(path, 9600)
    yield opened
    opened.close()


def connect(path: Path) -> int:
    reader = os.open(path, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(reader)
    return reader


def say(terminal: Terminal, data: bytes) -> None:
    terminal.line.send([Burst(0.0, data)], 0.0)
    terminal.flush(LATE_S)


def read(reader: int, length: int) -> bytes:
    data = b""
    while len(data) < length and select.select([reader], [], [], 10.0)[0]:
        data += os.read(reader, 4096)
    return data


def test_bytes_go_both_ways_untouched(terminal: Terminal, path: Path) -> None:
    every_byte = bytes(range(256))
    reader = connect(path)
    say(terminal, every_byte)
    assert read(reader, 256) == every_byte
    os.write(reader, every_byte)
    select.select([terminal], [], [], 10.0)
    assert terminal.read() == every_byte
    os.close(reader)


def test_a_reader_may_leave_and_come_back(terminal: Terminal, path: Path) -> None:
    for word in (b"first", b"second"):
        reader = connect(path)
        say(terminal, word)
        assert read(reader, len(word)) == word
        os.close(reader)
        assert terminal.read() == b""


def test_nobody_reading_never_blocks(terminal: Terminal) -> None:
    for _ in range(100):
        say(terminal, bytes(4000))
    assert terminal.line.next_s() is None


def test_the_link_goes_when_the_terminal_does(path: Path) -> None:
    terminal = Terminal(path, 9600)
    assert path.is_char_device()
    terminal.close()
    assert not path.is_symlink()


def test_a_link_left_by_one_that_was_killed_is_replaced(path: Path) -> None:
    path.symlink_to(path.parent / "gone")
    terminal = Terminal(path, 9600)
    assert path.is_char_device()
    terminal.close()


def test_a_link_that_another_has_taken_over_is_left_alone(path: Path) -> None:
    former = Terminal(path, 9600)
    latter = Terminal(path, 9600)
    former.close()
    assert path.is_char_device()
    latter.close()


def test_a_file_is_never_overwritten(path: Path) -> None:
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match="choose another path"):
        Terminal(path, 9600)
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / "battery"
    with pytest.raises(OSError, match=f"no link can be made at {missing}: No such file"):
        Terminal(missing, 9600)
