from collections.abc import Iterator
from itertools import islice, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.device.checks.rig import Trike, read, told
from triporteur_device.checks import Checks
from triporteur_device.checks.energy import ENOUGH_WH, STRETCH_WH
from triporteur_wire.quantities import Value

pytestmark = pytest.mark.slow

PACK_V = 48.0


def trike(battery_w: float, motor_w: float, **motor: Value) -> Trike:
    """What the battery gives and what the motor takes now, in watts."""
    return {
        "bms": {"pack_voltage_v": PACK_V, "current_a": -battery_w / PACK_V, "soc_pct": 70},
        "vesc": {"input_voltage_v": PACK_V, "current_a": -motor_w / PACK_V, **motor},
    }


def counting(battery_w: float, motor_w: float, counted_w: float) -> Iterator[Trike]:
    """A motor that keeps a count, which may say other than its current."""
    count_wh = 0.0
    while True:
        count_wh += counted_w / 3600
        yield trike(battery_w, motor_w, energy_out_wh=count_wh, energy_in_wh=0.0)


def gaps(seconds: Iterator[Trike] | list[Trike]) -> list[Value | None]:
    return [values.get("energy_gap_pct") for values in told(seconds)]


def ride(one: Trike, wh: float, watts: float) -> list[Trike]:
    """As many seconds as it takes, and the one before them."""
    return [one] * (round(3600 * wh / watts) + 2)


def test_sides_that_agree_are_told_to_agree_once_enough_went_through() -> None:
    said = gaps(ride(trike(360, 360), ENOUGH_WH, 360))
    assert said[:190] == [None] * 190
    assert said[-1] == pytest.approx(0)


def test_the_gap_is_positive_when_the_motor_says_that_it_took_more() -> None:
    assert gaps(ride(trike(300, 360), 30, 300))[-1] == pytest.approx(20)
    assert gaps(ride(trike(360, 288), 30, 360))[-1] == pytest.approx(-20)


def test_a_motors_own_count_is_believed_rather_than_its_current() -> None:
    assert gaps(islice(counting(360, 360, 450), 400))[-1] == pytest.approx(25)


def test_a_motor_whose_battery_shows_no_current_is_a_gap_too() -> None:
    assert gaps(ride(trike(0, 360), 30, 360))[-1] == 100


def test_a_parked_hour_with_the_kiosk_on_is_no_ones_gap() -> None:
    parked = [trike(15, 2)] * 7200
    assert gaps(parked)[-1] is None
    assert gaps(ride(trike(360, 360), 30, 360) + parked)[-1] == pytest.approx(0)


def test_what_a_panel_gives_is_not_missing_from_the_battery() -> None:
    sunny = {**trike(260, 360), "solar": {"panel_power_w": 100}}
    assert gaps(ride(sunny, 30, 360))[-1] == pytest.approx(0)


def test_regeneration_counts_on_both_sides() -> None:
    hilly = [trike(360, 360)] * 240 + [trike(-200, -200)] * 40
    assert gaps(hilly)[-1] == pytest.approx(0)


@pytest.mark.parametrize("silent", ["bms", "vesc"])
def test_a_side_that_falls_silent_ends_the_stretch(silent: str) -> None:
    riding = ride(trike(300, 360), 30, 300)
    gone = {**trike(300, 360), silent: {}}
    said = gaps([*riding, gone, *riding[:100]])
    assert said[len(riding) :] == [None] * 101


def test_a_new_stretch_is_told_in_place_of_the_old_one_when_it_has_enough() -> None:
    good, bad = trike(360, 360), trike(360, 252)
    said = gaps(ride(good, STRETCH_WH, 360) + ride(bad, ENOUGH_WH, 360))
    assert said[-10] == pytest.approx(0)
    assert said[-1] == pytest.approx(-30, abs=1)


def test_a_count_that_begins_anew_is_left_out() -> None:
    before = list(islice(counting(360, 360, 360), 300))
    said = gaps(before + list(islice(counting(360, 360, 360), 300)))
    assert said[-1] == pytest.approx(0, abs=1)


def test_a_long_silence_of_the_agent_is_left_out() -> None:
    checks = Checks()
    for second in range(20):
        assert checks.look(read(trike(300, 360)), 3_600_000 * second) is None


def test_old_values_are_left_out() -> None:
    checks = Checks()
    for second in range(600):
        assert checks.look(read(trike(300, 360), age_s=4.0), 1000 * second) is None


@pytest.mark.parametrize("missing", ["pack_voltage_v", "current_a", "soc_pct"])
def test_without_a_whole_battery_nothing_is_told(missing: str) -> None:
    whole = trike(300, 360)
    part = {name: value for name, value in whole["bms"].items() if name != missing}
    assert gaps([{**whole, "bms": part}] * 400) == [None] * 400


@given(st.floats(100, 2000), st.floats(100, 2000))
def test_the_gap_is_what_the_two_sides_differ_by(given_w: float, used_w: float) -> None:
    least_w = max(given_w, used_w)
    said = gaps(list(repeat(trike(given_w, used_w), round(3600 * 25 / least_w) + 3)))
    wanted = min(100.0, 100 * (used_w - given_w) / given_w)
    assert said[-1] == pytest.approx(wanted, abs=0.01)
