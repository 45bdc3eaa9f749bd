"""The simulated UP16S board speaks as the captured one, read here by its offsets."""

from dataclasses import replace

import pytest

from tests.device.simulators.boards import answered, state
from triporteur_device.simulators.crc import crc16_modbus
from triporteur_device.simulators.jbd_up16s import JbdUp16sDevice
from triporteur_device.simulators.trike import TrikeState

QUESTION = bytes.fromhex("0178100010a000007fb2")
OTHER_BOARD = bytes.fromhex("0278100010a000003fa7")


def payload(trike: TrikeState) -> bytes:
    frame = answered(JbdUp16sDevice(1), QUESTION, trike)
    assert frame[:6] == QUESTION[:6]
    assert int.from_bytes(frame[6:8], "big") == len(frame) - 10
    assert frame[-2:] == crc16_modbus(frame[:-2])
    return frame[8:-2]


def number(data: bytes, at: int, size: int = 2) -> int:
    return int.from_bytes(data[at : at + size], "big")


def test_it_says_what_the_trike_is() -> None:
    trike = replace(state(), current_a=-7.47, battery_temps_c=(-7.0, 3.5))
    data = payload(trike)
    assert number(data, 0) / 100 == pytest.approx(trike.pack_voltage_v, abs=0.006)
    assert number(data, 4, 4) - 300_000 == pytest.approx(-747, abs=10)
    assert number(data, 8) / 100 == pytest.approx(
        100 * trike.remaining_ah / trike.nominal_ah, abs=0.006
    )
    assert number(data, 10) / 100 == pytest.approx(trike.remaining_ah, abs=0.006)
    assert (number(data, 12), number(data, 14)) == (3000, 3000)
    assert number(data, 36) == trike.cycles
    assert number(data, 66) == 13
    cells_v = [number(data, 68 + 2 * cell) / 1000 for cell in range(13)]
    assert cells_v == pytest.approx(trike.cells_v, abs=0.001)
    assert [number(data, 94 + 2 * at) for at in range(3)] == [2, 430, 535]
    assert number(data, 40) / 1000 == max(cells_v)
    assert data[106:117] == b"JBD48100000"


@pytest.mark.parametrize(
    ("alarms", "charge_fet", "discharge_fet", "protections", "switches"),
    [(0, True, True, 0, 3), (0b10, True, False, 2, 2), (1 << 5, False, True, 1 << 9, 1)],
)
def test_an_alarm_and_an_open_switch_are_told(
    alarms: int, charge_fet: bool, discharge_fet: bool, protections: int, switches: int
) -> None:
    trike = replace(state(), alarms=alarms, charge_fet=charge_fet, discharge_fet=discharge_fet)
    data = payload(trike)
    assert (number(data, 24, 4), number(data, 32)) == (protections, switches)


def test_it_answers_to_its_own_address_after_a_while() -> None:
    board = JbdUp16sDevice(1)
    assert board.receive(OTHER_BOARD, state()) == []
    (burst,) = board.receive(QUESTION, state())
    assert burst.after_s == 0.15


def test_it_is_deaf_to_a_write_and_never_speaks_unasked() -> None:
    board = JbdUp16sDevice(1)
    set_charge = bytes.fromhex("0179200620080006114a42442710")
    assert board.receive(set_charge + crc16_modbus(set_charge), state()) == []
    assert (board.push_every_s, board.push(state())) == (None, [])
