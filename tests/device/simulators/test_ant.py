"""The simulated ANT boards speak as the tables of their fields say, read here by their offsets."""

from dataclasses import replace

import pytest

from tests.device.simulators.boards import answered, state
from triporteur_device.simulators.ant_new import AntNewDevice
from triporteur_device.simulators.ant_old import AntOldDevice
from triporteur_device.simulators.crc import crc16_modbus
from triporteur_device.simulators.trike import TrikeState

NEW = bytes.fromhex("7ea1010000be1855aa55")
OLD = bytes.fromhex("dbdb00000000")
#: Behind 34 bytes of head, 13 cells and 4 probes.
AFTER = 34 + 2 * 13 + 2 * 4


def new(trike: TrikeState) -> bytes:
    frame = answered(AntNewDevice(1), NEW, trike)
    assert frame[:6] == bytes.fromhex("7ea1110000") + bytes((len(frame) - 10,))
    assert frame[-2:] == b"\xaa\x55"
    assert frame[-4:-2] == crc16_modbus(frame[1:-4])
    return frame


def old(trike: TrikeState) -> bytes:
    frame = answered(AntOldDevice(1), OLD, trike)
    assert len(frame) == 140
    assert frame[:4] == bytes.fromhex("aa55aaff")
    assert sum(frame[4:138]) & 0xFFFF == int.from_bytes(frame[138:], "big")
    return frame


def little(frame: bytes, at: int, size: int = 2, *, signed: bool = False) -> int:
    return int.from_bytes(frame[at : at + size], "little", signed=signed)


def big(frame: bytes, at: int, size: int = 2, *, signed: bool = False) -> int:
    return int.from_bytes(frame[at : at + size], "big", signed=signed)


def test_its_checksum_is_that_of_captured_frames() -> None:
    assert crc16_modbus(bytes.fromhex("a1010000be")) == b"\x18\x55"
    assert crc16_modbus(bytes.fromhex("a1610400020100")) == b"\xf2\x2b"


def test_a_new_board_says_what_the_trike_is() -> None:
    trike = replace(state(), current_a=-7.47)
    frame = new(trike)
    assert (frame[7], frame[8], frame[9]) == (3, 4, 13)
    cells_v = [little(frame, 34 + 2 * cell) / 1000 for cell in range(13)]
    assert cells_v == pytest.approx(trike.cells_v, abs=0.001)
    assert little(frame, AFTER + 4) / 100 == pytest.approx(trike.pack_voltage_v, abs=0.006)
    assert little(frame, AFTER + 6, signed=True) / 10 == pytest.approx(7.47, abs=0.2)
    assert little(frame, AFTER + 8) == round(100 * trike.remaining_ah / trike.nominal_ah)
    assert little(frame, AFTER + 16, 4) == 30_000_000
    assert little(frame, AFTER + 20, 4) == round(trike.remaining_ah * 1e6)
    power_w = 7.47 * trike.pack_voltage_v
    assert little(frame, AFTER + 28, 4, signed=True) == pytest.approx(power_w, abs=10)
    assert len(frame) == AFTER + 78 + 4


def test_a_new_board_has_two_probes_of_four() -> None:
    frame = new(replace(state(), battery_temps_c=(-7.0, 3.0)))
    temps_c = [little(frame, AFTER - 8 + 2 * probe, signed=True) for probe in range(6)]
    assert temps_c == [-7, 3, -40, -40, 5, 4]


def test_an_old_board_says_what_the_trike_is() -> None:
    trike = replace(state(), current_a=-7.47, battery_temps_c=(-7.0, 3.0))
    frame = old(trike)
    assert big(frame, 4) / 10 == pytest.approx(trike.pack_voltage_v, abs=0.06)
    cells_v = [big(frame, 6 + 2 * cell) / 1000 for cell in range(13)]
    assert cells_v == pytest.approx(trike.cells_v, abs=0.001)
    assert frame[32:70] == bytes(38)
    assert big(frame, 70, 4, signed=True) / 10 == pytest.approx(7.47, abs=0.2)
    assert frame[74] == round(100 * trike.remaining_ah / trike.nominal_ah)
    assert big(frame, 75, 4) == 30_000_000
    assert [big(frame, at, signed=True) for at in range(91, 103, 2)] == [-7, 3, -7, 3, -40, -40]
    power_w = 7.47 * trike.pack_voltage_v
    assert big(frame, 111, 4, signed=True) == pytest.approx(power_w, abs=10)
    assert frame[123] == 13


@pytest.mark.parametrize(
    ("alarms", "charge_fet", "discharge_fet", "codes"),
    [
        (0, True, True, (1, 1)),
        (0b10, True, False, (1, 2)),
        (1 << 5, False, True, (0x11, 1)),
        (0, False, False, (0x0F, 0x0F)),
    ],
)
def test_an_open_switch_says_why(
    alarms: int, charge_fet: bool, discharge_fet: bool, codes: tuple[int, int]
) -> None:
    trike = replace(state(), alarms=alarms, charge_fet=charge_fet, discharge_fet=discharge_fet)
    older, newer = old(trike), new(trike)
    assert (older[103], older[104]) == codes
    assert (newer[AFTER + 13], newer[AFTER + 12]) == codes


@pytest.mark.parametrize(("current_a", "doing"), [(0.1, 1), (4.0, 2), (-4.0, 3)])
def test_a_new_board_says_what_it_is_doing(current_a: float, doing: int) -> None:
    assert new(replace(state(), current_a=current_a))[7] == doing


def test_an_old_board_knows_three_ways_of_asking() -> None:
    board = AntOldDevice(1)
    heard = [answered(board, q, state())[:4] for q in (OLD, b"ZZ\0\0\0\0", b"ZZ\0\0\1\1")]
    assert heard == [bytes.fromhex("aa55aaff")] * 3


@pytest.mark.parametrize("board", [AntNewDevice(1), AntOldDevice(1)])
def test_it_is_deaf_to_writes_and_never_speaks_unasked(
    board: AntNewDevice | AntOldDevice,
) -> None:
    writes = bytes.fromhex("7ea1510600005dbaaa55") + bytes.fromhex("a5a5fa0000fa")
    assert board.receive(writes, state()) == []
    assert (board.push_every_s, board.push(state())) == (None, [])
