"""The simulated board speaks as the vendor's document says, read here by its offsets."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_device.simulators.jbd import JbdDevice, _frame
from triporteur_device.simulators.parameters import MONDAY_S
from triporteur_device.simulators.trike import TrikeModel, TrikeParameters, TrikeState

BASIC = bytes.fromhex("dda50300fffd77")
CELLS = bytes.fromhex("dda50400fffc77")
NAME = bytes.fromhex("dda50500fffb77")
OPEN_MOS = bytes.fromhex("dd5ae1020002ff1b77")


def state() -> TrikeState:
    return TrikeModel(TrikeParameters(), 1, MONDAY_S + 36_000).state


def answered(board: JbdDevice, data: bytes, trike: TrikeState) -> bytes:
    return b"".join(burst.data for burst in board.receive(data, trike))


def payload(frame: bytes, register: int) -> bytes:
    length = frame[3]
    assert frame[:3] == bytes((0xDD, register, 0x00))
    assert len(frame) == 7 + length
    assert frame[-1] == 0x77
    assert (sum(frame[2:-3]) + int.from_bytes(frame[-3:-1], "big")) & 0xFFFF == 0
    return frame[4:-3]


def signed(high: int, low: int) -> int:
    return int.from_bytes(bytes((high, low)), "big", signed=True)


@pytest.mark.parametrize(
    ("register", "data", "captured"),
    [
        (0xE1, b"", "dde10000000077"),
        (0x05, b"SP15S001-P13S-30A", "dd05001153503135533030312d503133532d333041fbfd77"),
        (0x04, bytes.fromhex("0f450f3d0f370f3d"), "dd0400080f450f3d0f370f3dfec677"),
    ],
)
def test_frames_are_framed_as_captured_ones(register: int, data: bytes, captured: str) -> None:
    assert _frame(register, data).hex() == captured


def test_the_basic_frame_says_what_the_trike_is() -> None:
    trike = replace(state(), current_a=-7.47, alarms=0x0002, discharge_fet=False)
    data = payload(answered(JbdDevice(1), BASIC, trike), 0x03)
    assert len(data) == 0x1B
    assert int.from_bytes(data[0:2], "big") / 100 == pytest.approx(trike.pack_voltage_v, abs=0.05)
    assert signed(data[2], data[3]) / 100 == pytest.approx(-7.47, abs=0.15)
    assert int.from_bytes(data[4:6], "big") / 100 == pytest.approx(trike.remaining_ah, abs=0.006)
    assert int.from_bytes(data[6:8], "big") == 3000
    assert int.from_bytes(data[8:10], "big") == trike.cycles
    assert data[16:18] == b"\x00\x02"
    assert data[19] == round(100 * trike.remaining_ah / trike.nominal_ah)
    assert (data[20], data[21], data[22]) == (0b01, 13, 2)
    temps_c = [(int.from_bytes(data[i : i + 2], "big") - 2731) / 10 for i in (23, 25)]
    assert temps_c == pytest.approx(trike.battery_temps_c, abs=0.4)


def test_the_production_date_is_a_date() -> None:
    made = int.from_bytes(payload(answered(JbdDevice(1), BASIC, state()), 0x03)[10:12], "big")
    assert (2000 + (made >> 9), made >> 5 & 15, made & 31) == (2024, 3, 11)


@pytest.mark.parametrize("current_a", [-0.2, 0.2])
def test_a_small_current_reads_zero(current_a: float) -> None:
    trike = replace(state(), current_a=current_a)
    for seed in range(20):
        data = payload(answered(JbdDevice(seed), BASIC, trike), 0x03)
        assert data[2:4] == b"\0\0"


def test_a_frosty_temperature_stays_below_zero() -> None:
    trike = replace(state(), battery_temps_c=(-7.0, -6.5))
    data = payload(answered(JbdDevice(1), BASIC, trike), 0x03)
    assert (int.from_bytes(data[23:25], "big") - 2731) / 10 == pytest.approx(-7.0, abs=0.4)


def test_the_cells_are_told_in_millivolts() -> None:
    trike = replace(state(), current_a=0.0)
    data = payload(answered(JbdDevice(1), CELLS, trike), 0x04)
    cells_v = [int.from_bytes(data[i : i + 2], "big") / 1000 for i in range(0, 26, 2)]
    assert cells_v == pytest.approx(trike.cells_v, abs=0.005)


def test_cells_read_one_after_the_other_disagree_under_load() -> None:
    data = payload(answered(JbdDevice(1), CELLS, replace(state(), current_a=-18.0)), 0x04)
    cells_mv = [int.from_bytes(data[i : i + 2], "big") for i in range(0, 26, 2)]
    assert max(cells_mv) - min(cells_mv) > 60


def test_the_name_is_a_thirteen_cell_board() -> None:
    assert payload(answered(JbdDevice(1), NAME, state()), 0x05) == b"SP15S020-P13S-30A"


@pytest.mark.parametrize(
    "request_hex",
    [
        "dda50300fffc77",  # wrong checksum
        "dda50300fffd76",  # wrong end
        "dda50301fffc77",  # a read carries no data
        "dda5aa00ff5677",  # a register this board does not have
        OPEN_MOS.hex(),  # a write
        "0000ff77",
    ],
)
def test_it_keeps_silent_on_anything_else(request_hex: str) -> None:
    assert JbdDevice(1).receive(bytes.fromhex(request_hex), state()) == []


@given(st.binary(max_size=60), st.integers(1, 7))
def test_noise_before_a_request_never_deafens_it(noise: bytes, cut: int) -> None:
    board, trike = JbdDevice(1), state()
    # A write's header announces up to 255 bytes; a patient reader asks until it is over.
    data = noise + NAME * 40
    heard = b"".join(answered(board, data[i : i + cut], trike) for i in range(0, len(data), cut))
    assert heard.endswith(_frame(0x05, b"SP15S020-P13S-30A"))


@given(st.integers(0, 7), st.integers(0, 1000))
def test_a_request_may_come_in_two_pieces_and_be_followed_by_another(cut: int, seed: int) -> None:
    board, trike = JbdDevice(seed), state()
    heard = answered(board, NAME[:cut], trike) + answered(board, NAME[cut:] + CELLS, trike)
    assert heard.startswith(_frame(0x05, b"SP15S020-P13S-30A"))
    payload(heard[7 + 17 :], 0x04)


def test_some_answers_pause_after_seven_bytes_for_longer_than_fifty_milliseconds() -> None:
    board, trike = JbdDevice(1), state()
    answers = [board.receive(BASIC, trike) for _ in range(200)]
    split = [bursts for bursts in answers if len(bursts) == 2]
    assert 20 < len(split) < 100
    assert all(len(head.data) == 7 and rest.after_s > 0.05 for head, rest in split)


def test_it_never_speaks_unasked() -> None:
    board = JbdDevice(1)
    assert board.push_every_s is None
    assert board.push(state()) == []
