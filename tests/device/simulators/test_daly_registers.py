"""The simulated boards with registers, at 0xD2 and at 0x81, read here by their offsets."""

import struct
from dataclasses import replace

import pytest

from triporteur_device.protocols import PROTOCOLS, Frame
from triporteur_device.simulators.daly_81 import Daly81Device
from triporteur_device.simulators.daly_d2 import DalyD2Device, answer, question
from triporteur_device.simulators.devices import DEVICES
from triporteur_device.simulators.instrument import Instrument
from triporteur_device.simulators.parameters import MONDAY_S
from triporteur_device.simulators.trike import TrikeModel, TrikeParameters, TrikeState

D2 = bytes.fromhex("d2030000003ed7b9")
D2_NEW = bytes.fromhex("d203000000505655")
DL = bytes.fromhex("8103000000405bfa")
DL_STATE = bytes.fromhex("81030041003e8bce")
OPEN_SWITCH = bytes.fromhex("d20600a60000787a")


def state() -> TrikeState:
    model = TrikeModel(TrikeParameters(), 1, MONDAY_S + 9.3 * 3600)
    model.advance(30.0)
    return model.state


def answered(board: Instrument, data: bytes, trike: TrikeState) -> bytes:
    return b"".join(burst.data for burst in board.receive(data, trike))


def registers(frame: bytes, address: int) -> tuple[int, ...]:
    assert frame[:2] == bytes((address, 3))
    assert len(frame) == 5 + frame[2]
    return struct.unpack(f">{frame[2] // 2}H", frame[3:-2])


def test_frames_are_framed_as_captured_ones() -> None:
    assert question(0xD2, 0, 62) == D2
    captured = bytes.fromhex("510302ffff79f8")
    assert answer(0x51, 0xCF, 1, {0xCF: 0xFFFF}) == captured


def test_the_board_at_d2_says_what_the_trike_is() -> None:
    trike = replace(state(), current_a=-7.44, alarms=1 << 5, charge_fet=False)
    block = registers(answered(DalyD2Device(1), D2, trike), 0xD2)
    assert len(block) == 62
    assert [mv / 1000 for mv in block[:13]] == pytest.approx(trike.cells_v, abs=0.003)
    assert block[13:0x20] == (0,) * 19
    assert block[0x28] / 10 == pytest.approx(trike.pack_voltage_v, abs=0.051)
    assert (block[0x29], block[0x2F]) == (29926, 2)
    assert block[0x30] / 10 == pytest.approx(trike.remaining_ah, abs=0.051)
    assert block[0x31:0x37] == (13, 2, trike.cycles, 0, 0, 1)
    assert block[0x3A:0x3E] == (1 << 11, 0, 0, 0)


def test_newer_programs_read_more_registers_at_d2() -> None:
    block = registers(answered(DalyD2Device(1), D2_NEW, state()), 0xD2)
    assert len(block) == 80
    assert block[0x42] == max(block[0x20:0x22]) + 2


def test_the_board_at_81_answers_from_another_address_in_two_blocks() -> None:
    trike = replace(state(), current_a=-7.44)
    board = Daly81Device(1)
    first = registers(answered(board, DL, trike), 0x51)
    second = registers(answered(board, DL_STATE, trike), 0x51)
    assert (len(first), len(second)) == (64, 62)
    assert [mv / 1000 for mv in first[:13]] == pytest.approx(trike.cells_v, abs=0.003)
    assert first[0x39] == 29926
    assert first[0x3C:0x3E] == (13, 2)
    assert second[0x48 - 0x41] == 2
    assert second[0x52 - 0x41 : 0x54 - 0x41] == (1, 1)


def test_a_sensor_that_is_not_there_reads_as_the_captured_boards_say() -> None:
    at_81 = registers(answered(Daly81Device(1), DL, state()), 0x51)
    at_d2 = registers(answered(DalyD2Device(1), D2, state()), 0xD2)
    assert at_81[0x32:0x38] == (0xFF,) * 6
    assert at_d2[0x22:0x28] == (0,) * 6


@pytest.mark.parametrize("board", [DalyD2Device(1), Daly81Device(1)], ids=["d2", "81"])
@pytest.mark.parametrize("data", [OPEN_SWITCH, b"\x51\x03\x00", D2[:-1] + b"\0", b""])
def test_it_keeps_silent_on_anything_else(board: Instrument, data: bytes) -> None:
    assert board.receive(data, state()) == []
    assert board.push(state()) == []
    assert board.push_every_s is None


@pytest.mark.parametrize("name", ["daly_d2", "daly_81"])
def test_the_product_reads_it_as_it_is(name: str) -> None:
    trike, spec, board = state(), PROTOCOLS[name], DEVICES[name](1)
    decoder = spec.decoder()
    read: dict[str, object] = {}
    for request in spec.requests:
        decoder.asked(request)
        (frame,) = decoder.receive(answered(board, request, trike))
        assert isinstance(frame, Frame)
        read.update(spec.reading(frame).values)
    assert board.baud == spec.baud
    assert read["cells_v"] == pytest.approx(trike.cells_v, abs=0.003)
    assert read["battery_temps_c"] == pytest.approx(trike.battery_temps_c, abs=0.51)
    assert read["current_a"] == pytest.approx(trike.current_a, abs=0.31)
    assert read["pack_voltage_v"] == pytest.approx(trike.pack_voltage_v, abs=0.051)
    soc = 100 * trike.remaining_ah / trike.nominal_ah
    assert read["soc_pct"] == pytest.approx(soc, abs=0.051)
    assert read["remaining_ah"] == pytest.approx(trike.remaining_ah, abs=0.051)
    assert (read["charge_fet"], read["discharge_fet"], read["cycles"]) == (True, True, trike.cycles)
