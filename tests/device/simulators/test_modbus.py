"""The simulated Phaserunner speaks Modbus as its documents say, read here by its registers."""

from dataclasses import replace

import pytest

from tests.device.simulators.boards import answered, state
from tests.device.simulators.test_vesc import riding
from triporteur_device.simulators.crc import crc16_modbus
from triporteur_device.simulators.modbus import PhaserunnerDevice
from triporteur_device.simulators.trike import TrikeState


def question(function: int, first: int, second: int, address: int = 1) -> bytes:
    body = bytes((address, function)) + first.to_bytes(2, "big") + second.to_bytes(2, "big")
    return body + crc16_modbus(body)


def registers(start: int, count: int, trike: TrikeState) -> list[int]:
    frame = answered(PhaserunnerDevice(1), question(3, start, count), trike)
    assert frame[:3] == bytes((1, 3, 2 * count))
    assert crc16_modbus(frame[:-2]) == frame[-2:]
    return [int.from_bytes(frame[at : at + 2], "big") for at in range(3, len(frame) - 2, 2)]


def test_its_questions_are_sealed_as_captured_ones() -> None:
    assert question(3, 0x30, 5).hex() == "01030030000585c6"


def test_registers_say_what_the_motor_does() -> None:
    trike = riding()
    said, motor = dict(enumerate(registers(258, 20, trike), start=258)), trike.motor
    assert said[258] == 0
    assert said[259] == pytest.approx(motor.controller_c, abs=0.51)
    assert said[260] / 256 == pytest.approx(trike.speed_kmh, abs=0.01)
    assert said[262] / 32 == pytest.approx(motor.phase_a, abs=0.02)
    assert said[263] == pytest.approx(motor.turns_per_min, abs=0.51)
    assert said[265] / 32 == pytest.approx(trike.pack_voltage_v, abs=0.12)
    assert said[266] / 32 == pytest.approx(motor.input_a, abs=0.12)
    assert said[267] / 32 == pytest.approx(100 * trike.remaining_ah / trike.nominal_ah, abs=0.02)


def test_an_empty_battery_is_its_fault_too() -> None:
    assert registers(258, 1, replace(state(), alarms=0b10)) == [1 << 6]


def test_frost_is_a_negative_register() -> None:
    trike = state()
    frozen = replace(trike, motor=replace(trike.motor, motor_c=-4.0))
    assert registers(261, 1, frozen) == [0x10000 - 4]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (question(6, 477, 4096), 1),
        (question(4, 258, 1), 1),
        (question(3, 500, 20), 2),
        (question(3, 258, 0), 3),
        (question(3, 258, 126), 3),
    ],
)
def test_what_it_does_not_do_is_refused_with_a_reason(asked: bytes, reason: int) -> None:
    frame = answered(PhaserunnerDevice(1), asked, state())
    assert frame[:3] == bytes((1, asked[1] | 0x80, reason))
    assert crc16_modbus(frame[:-2]) == frame[-2:]
    assert len(frame) == 5


def test_it_is_deaf_to_others_addresses_and_wrong_checksums() -> None:
    broken = question(3, 258, 1)[:-1] + b"\0"
    assert answered(PhaserunnerDevice(1), question(3, 258, 1, address=2) + broken, state()) == b""


def test_a_question_in_pieces_behind_noise_is_heard() -> None:
    board, trike, asked = PhaserunnerDevice(1), state(), question(3, 258, 1)
    assert answered(board, b"\x01\x03\x01" + asked[:5], trike) == b""
    assert len(answered(board, asked[5:], trike)) == 7
