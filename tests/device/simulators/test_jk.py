"""The simulated JK board speaks as the vendor's document says, read here by its tags."""

from dataclasses import replace

import pytest

from tests.device.simulators.boards import answered, state
from triporteur_device.simulators.jk import JkDevice
from triporteur_device.simulators.trike import TrikeState

READ_ALL = bytes.fromhex("4e5700130000000006030000000000006800000129")
READ_ZERO = bytes.fromhex("4e5700130000000003030000000000006800000126")
OPEN_CHARGE = bytes.fromhex("4e570014000000000203 00ab 00 00000000 68 0000 01d1")


def tags(trike: TrikeState, question: bytes = READ_ALL) -> bytes:
    frame = answered(JkDevice(1), question, trike)
    assert frame[:2] == b"NW"
    assert int.from_bytes(frame[2:4], "big") == len(frame) - 2
    assert frame[8] == question[8]
    assert frame[9:11] == b"\0\1"
    assert frame[-9:-2] == bytes.fromhex("00000000680000")
    assert sum(frame[:-2]) & 0xFFFF == int.from_bytes(frame[-2:], "big")
    return frame[11:-9]


def word(data: bytes, tag: int) -> int:
    """The two bytes behind a tag of the part where every tag has two, which the cells open."""
    at = 2 + data[1]
    while data[at] != tag:
        at += 2 if data[at] in (0x85, 0x86) else 5 if data[at] == 0x89 else 3
    return int.from_bytes(data[at + 1 : at + 3], "big")


def test_it_says_what_the_trike_is() -> None:
    trike = replace(state(), current_a=-7.47)
    data = tags(trike)
    assert (data[0], data[1]) == (0x79, 3 * 13)
    cells = [data[at : at + 3] for at in range(2, 41, 3)]
    assert [cell[0] for cell in cells] == list(range(1, 14))
    cells_v = [int.from_bytes(cell[1:], "big") / 1000 for cell in cells]
    assert cells_v == pytest.approx(trike.cells_v, abs=0.004)
    assert word(data, 0x83) / 100 == pytest.approx(trike.pack_voltage_v, abs=0.006)
    assert word(data, 0x84) == pytest.approx(747, abs=10)
    assert word(data, 0x87) == trike.cycles
    assert word(data, 0x8A) == 13
    assert word(data, 0x8C) == 0b11
    assert data.endswith(b"\xbaInput UserdaJK_B1A20S15P\xc0\x01")


def test_charging_sets_the_highest_bit_of_the_current() -> None:
    raw = word(tags(replace(state(), current_a=4.1)), 0x84)
    assert raw & 0x8000
    assert raw & 0x7FFF == pytest.approx(410, abs=10)


def test_below_zero_a_temperature_is_above_a_hundred() -> None:
    data = tags(replace(state(), battery_temps_c=(-7.0, 0.2)))
    assert (word(data, 0x80), word(data, 0x81), word(data, 0x82)) == (2, 107, 0)


def test_its_cold_limit_is_the_captured_one() -> None:
    assert b"\xa5\xff\xec\xa6\xff\xf6" in tags(state())


def test_an_alarm_and_an_open_switch_are_told() -> None:
    empty = replace(state(), alarms=0b10, discharge_fet=False)
    frozen = replace(state(), alarms=1 << 5, charge_fet=False)
    assert (word(tags(empty), 0x8B), word(tags(empty), 0x8C)) == (1 << 11, 0b01)
    assert (word(tags(frozen), 0x8B), word(tags(frozen), 0x8C)) == (1 << 9, 0b10)


def test_reading_register_zero_reads_all_too() -> None:
    assert len(tags(state(), READ_ZERO)) == len(tags(state()))


def test_it_is_deaf_to_a_write_and_never_speaks_unasked() -> None:
    board = JkDevice(1)
    assert board.receive(OPEN_CHARGE, state()) == []
    assert (board.push_every_s, board.push(state())) == (None, [])
