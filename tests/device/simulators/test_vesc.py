"""The simulated VESC speaks as captured ones do, read here by its offsets."""

import binascii
import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.device.protocols.recorded import recorded
from tests.device.simulators.boards import answered, state
from triporteur_device.simulators.parameters import MONDAY_S, Phase
from triporteur_device.simulators.trike import TrikeModel, TrikeParameters, TrikeState
from triporteur_device.simulators.vesc import VescDevice, _frame

VALUES = bytes.fromhex("020104408403")
#: Captured by ikalnytskyi/vesc-rs, with its question.
SELECTIVE = bytes.fromhex("0205320002a18a388003")
SETUP = _frame(b"\x2f")
SET_DUTY = _frame(b"\x05\x00\x00\x27\x10")


def riding() -> TrikeState:
    model = TrikeModel(TrikeParameters(), 1, MONDAY_S)
    model.set_phase(Phase.RIDING)
    model.advance(900.0)
    while model.state.speed_kmh == 0.0:
        model.advance(3.0)
    return model.state


def payload(frame: bytes) -> bytes:
    assert (frame[0], frame[1], frame[-1]) == (2, len(frame) - 5, 3)
    assert frame[-3:-1] == binascii.crc_hqx(frame[2:-3], 0).to_bytes(2, "big")
    return frame[2:-3]


def number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "big", signed=True)


@pytest.mark.parametrize(
    "captured", [e.stream for e in recorded("vesc") if not e.refused and "resync" not in e.name]
)
def test_frames_are_framed_as_captured_ones(captured: bytes) -> None:
    assert _frame(captured[2:-3]) == captured


def test_the_values_say_what_the_motor_does() -> None:
    trike = riding()
    data, motor = payload(answered(VescDevice(1), VALUES, trike)), trike.motor
    assert len(data) == 74
    assert number(data, 1, 2) / 10 == pytest.approx(motor.controller_c, abs=0.5)
    assert number(data, 3, 2) / 10 == pytest.approx(motor.motor_c, abs=0.5)
    assert number(data, 5, 4) / 100 == pytest.approx(motor.phase_a, abs=0.3)
    assert number(data, 9, 4) / 100 == pytest.approx(motor.input_a, abs=0.12)
    assert number(data, 21, 2) / 1000 == pytest.approx(motor.duty, abs=0.001)
    assert number(data, 23, 4) == pytest.approx(motor.erpm, abs=1)
    assert number(data, 27, 2) / 10 == pytest.approx(trike.pack_voltage_v, abs=0.2)
    assert number(data, 29, 4) / 10_000 == pytest.approx(motor.drawn_ah, abs=0.001)
    assert number(data, 37, 4) / 10_000 == pytest.approx(motor.drawn_wh, abs=0.001)
    steps = number(data, 49, 4)
    assert number(data, 45, 4) == -steps
    assert steps / 6 / 23 * 1.6 == pytest.approx(motor.distance_m, abs=0.02)
    assert data[53] == 0
    assert number(data, 61, 2) < -800


def test_an_empty_battery_is_its_fault_too() -> None:
    assert payload(answered(VescDevice(1), VALUES, replace(state(), alarms=0b10)))[53] == 2


def test_the_setup_says_how_fast_and_how_far() -> None:
    trike = riding()
    data = payload(answered(VescDevice(1), SETUP, trike))
    assert len(data) == 70
    assert number(data, 19, 4) / 1000 == pytest.approx(trike.speed_kmh / 3.6, abs=0.001)
    assert number(data, 62, 4) == round(trike.motor.distance_m)


def test_a_choice_of_values_is_as_long_as_the_captured_one() -> None:
    (captured, *_) = [e.stream for e in recorded("vesc") if "selective" in e.name]
    data = payload(answered(VescDevice(1), SELECTIVE, state()))
    assert data[:5] == captured[2:7]
    assert len(data) == len(captured[2:-3])


@given(places=st.lists(st.integers(0, 40), max_size=6), junk=st.binary(max_size=6))
def test_questions_are_heard_in_any_pieces(places: list[int], junk: bytes) -> None:
    trike = state()
    stream = VALUES + junk.replace(b"\x02", b"") + SELECTIVE
    bounds = [0, *sorted(place % len(stream) for place in places), len(stream)]
    board = VescDevice(1)
    said = b"".join(answered(board, stream[a:b], trike) for a, b in itertools.pairwise(bounds))
    assert len(said) == 79 + 28


def test_what_would_drive_the_motor_is_not_heard() -> None:
    broken = VALUES[:-2] + b"\x00\x03"
    assert answered(VescDevice(1), SET_DUTY + broken, state()) == b""


def test_an_answer_comes_in_packets() -> None:
    bursts = VescDevice(1).receive(VALUES, state())
    assert [len(burst.data) for burst in bursts] == [62, 17]
