"""The simulated controller speaks as the published frames do, read here by plain arithmetic."""

from dataclasses import replace
from functools import reduce
from operator import xor

import pytest

from triporteur_device.simulators.kt import KtDevice
from triporteur_device.simulators.parameters import MONDAY_S, Phase
from triporteur_device.simulators.trike import TrikeModel, TrikeParameters, TrikeState


@pytest.fixture
def riding() -> TrikeState:
    model = TrikeModel(TrikeParameters(), 1, MONDAY_S)
    model.set_phase(Phase.RIDING)
    model.advance(20.0)
    return model.state


def test_the_controller_says_what_the_trike_does(riding: TrikeState) -> None:
    raw = KtDevice(1).controller(riding)
    assert (raw[0], raw[2], raw[5], raw[10:]) == (0x41, 48, 0, b"\x00\x00")
    assert 3600 * 1.6 / int.from_bytes(raw[3:5], "big") == pytest.approx(riding.speed_kmh, rel=0.05)
    assert raw[8] / 4 == pytest.approx(riding.motor.input_a, abs=0.2)
    assert int.from_bytes(raw[9:10], "big", signed=True) + 15 == round(riding.motor.motor_c)


def test_all_bytes_but_the_first_cancel_out(riding: TrikeState) -> None:
    raw = KtDevice(1).controller(riding)
    assert (len(raw), reduce(xor, raw[1:])) == (12, 0)


def test_a_wheel_at_rest_is_a_long_turn(riding: TrikeState) -> None:
    raw = KtDevice(1).controller(replace(riding, speed_kmh=0.0))
    assert (int.from_bytes(raw[3:5], "big"), raw[7]) == (4500, 0)


@pytest.mark.parametrize(("volts", "code"), [(54.0, 16), (50.0, 12), (47.5, 8), (45.0, 4), (42, 3)])
def test_the_bars_follow_the_voltage(riding: TrikeState, volts: float, code: int) -> None:
    assert KtDevice(1).controller(replace(riding, pack_voltage_v=volts))[1] == code


def test_the_display_speaks_first_as_in_the_published_example(riding: TrikeState) -> None:
    display, controller = KtDevice(1).push(riding)
    assert display.data.hex() == "0c0095a02966124a041400320e"
    assert controller.data[:1] == b"A"


def test_it_is_deaf_and_dark_without_a_battery(riding: TrikeState) -> None:
    assert KtDevice(1).receive(b"A", riding) == []
    assert KtDevice(1).push(replace(riding, discharge_fet=False)) == []
