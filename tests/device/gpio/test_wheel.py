"""Pulses to distance and speed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_device.gpio.wheel import Wheel


def turning(wheel: Wheel, from_ms: int, every_ms: int, pulses: int) -> int:
    """The wheel turns; when the last pulse came."""
    for number in range(pulses):
        wheel.pulse(from_ms + number * every_ms)
    return from_ms + (pulses - 1) * every_ms


def test_a_wheel_that_never_turned_stands() -> None:
    assert Wheel(2, 1).read(5_000) == {"distance_m": 0, "speed_kmh": 0}


def test_speed_is_the_way_between_two_readings() -> None:
    wheel = Wheel(2, 1)
    last_ms = turning(wheel, 0, 720, 5)
    assert wheel.read(last_ms)["speed_kmh"] == pytest.approx(10)
    last_ms = turning(wheel, last_ms + 360, 360, 5)
    assert wheel.read(last_ms) == {"distance_m": 20, "speed_kmh": pytest.approx(20)}


def test_a_wheel_with_many_pulses_a_turn_goes_no_further() -> None:
    wheel = Wheel(2, 20)
    assert wheel.read(turning(wheel, 0, 36, 101))["distance_m"] == pytest.approx(10.1)


def test_a_wheel_that_slows_down_is_told_slower_before_its_next_pulse() -> None:
    wheel = Wheel(2, 1)
    last_ms = turning(wheel, 0, 360, 10)
    assert wheel.read(last_ms)["speed_kmh"] == pytest.approx(20)
    assert wheel.read(last_ms + 1_440)["speed_kmh"] == pytest.approx(5)
    assert wheel.read(last_ms + 3_001) == {"distance_m": 20, "speed_kmh": 0}


def test_the_first_pulse_after_a_halt_is_a_distance_and_no_speed_yet() -> None:
    wheel = Wheel(2, 1)
    halt_ms = turning(wheel, 0, 360, 10)
    wheel.read(halt_ms + 60_000)
    wheel.pulse(halt_ms + 61_000)
    assert wheel.read(halt_ms + 61_100) == {"distance_m": 22}
    wheel.pulse(halt_ms + 61_720)
    assert wheel.read(halt_ms + 61_800)["speed_kmh"] == pytest.approx(10)


def test_a_contact_that_bounces_counts_once() -> None:
    wheel = Wheel(2, 1)
    for at_ms in (0, 1, 3, 720, 722, 1_440):
        wheel.pulse(at_ms)
    assert wheel.read(1_440) == {"distance_m": 6, "speed_kmh": pytest.approx(10)}


@given(st.lists(st.tuples(st.integers(0, 8_000), st.booleans()), max_size=60))
def test_no_order_of_pulses_and_readings_makes_it_run_backwards_or_too_fast(
    steps: list[tuple[int, bool]],
) -> None:
    wheel, now_ms, before = Wheel(2, 1), 0, 0.0
    for step_ms, is_pulse in steps:
        now_ms += step_ms
        if is_pulse:
            wheel.pulse(now_ms)
            continue
        told = wheel.read(now_ms)
        distance_m, speed_kmh = told["distance_m"], told.get("speed_kmh", 0.0)
        assert isinstance(distance_m, float | int)
        assert isinstance(speed_kmh, float | int)
        assert distance_m >= before
        assert 0 <= speed_kmh <= 161
        before = distance_m
