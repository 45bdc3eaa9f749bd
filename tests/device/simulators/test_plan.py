"""The week of a trike."""

import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_device.simulators.loads import stretches
from triporteur_device.simulators.parameters import DAY_S, MONDAY_S, Phase, TrikeParameters
from triporteur_device.simulators.plan import Leg, Plan

HOUR_S = 3600.0
WEEK_S = 7 * DAY_S
UNPLUGGED = TrikeParameters(plugged_at_night=False)


def legs(parameters: TrikeParameters, start_s: float, end_s: float) -> list[Leg]:
    plan = Plan(parameters, seed=1)
    found = []
    while start_s < end_s:
        found.append(plan.leg_at(start_s))
        start_s = found[-1].end_s
    return found


def out_on(parameters: TrikeParameters, day: int) -> bool:
    start_s = MONDAY_S + day * DAY_S
    return any(leg.phase is Phase.RIDING for leg in legs(parameters, start_s, start_s + DAY_S))


def test_it_goes_out_from_monday_to_friday_and_rests_at_the_week_end() -> None:
    assert [out_on(TrikeParameters(), day) for day in range(7)] == [True] * 5 + [False] * 2


def test_other_weekdays_can_be_chosen() -> None:
    parameters = TrikeParameters(outing_weekdays=frozenset({5}))
    assert [day for day in range(7) if out_on(parameters, day)] == [5]


def test_a_day_out_has_its_phases_in_order() -> None:
    tuesday_s = MONDAY_S + DAY_S
    phases = [leg.phase for leg in legs(TrikeParameters(), tuesday_s, tuesday_s + DAY_S)]
    out = [Phase.RIDING, Phase.ON_SITE, Phase.RIDING]
    assert phases == [Phase.CHARGING, Phase.PARKED, *out, Phase.PARKED, Phase.CHARGING]


def test_nobody_plugs_in_where_nobody_ever_does() -> None:
    phases = {leg.phase for leg in legs(UNPLUGGED, MONDAY_S, MONDAY_S + WEEK_S)}
    assert phases == {Phase.RIDING, Phase.ON_SITE, Phase.PARKED}


def test_what_was_plugged_in_before_the_habit_was_lost_stays_plugged_in() -> None:
    saturday_s = MONDAY_S + 5 * DAY_S
    parameters = replace(TrikeParameters(), unplugged_since_s=saturday_s)
    plan = Plan(parameters, seed=1)
    assert plan.leg_at(saturday_s + 12 * HOUR_S).phase is Phase.CHARGING
    assert plan.leg_at(saturday_s + 2 * DAY_S + 22 * HOUR_S).phase is Phase.PARKED


@given(st.floats(0.0, 23.99))
def test_an_extra_outing_takes_the_place_of_those_too_near(hour: float) -> None:
    extra_s = MONDAY_S + 2 * DAY_S + hour * HOUR_S
    parameters = replace(TrikeParameters(), extra_departure_s=extra_s)
    week = legs(parameters, MONDAY_S, MONDAY_S + WEEK_S)
    departures_s = [
        leg.start_s
        for leg, following in itertools.pairwise(week)
        if leg.phase is Phase.RIDING and following.phase is Phase.ON_SITE
    ]
    gaps_s = [b - a for a, b in itertools.pairwise(departures_s)]
    assert extra_s in departures_s
    assert min(gaps_s) > 12 * HOUR_S


@given(st.floats(0.0, WEEK_S), st.sampled_from([TrikeParameters(), UNPLUGGED]), st.integers(0, 5))
def test_every_instant_has_its_leg_and_every_leg_its_stretches(
    since_s: float, parameters: TrikeParameters, seed: int
) -> None:
    leg = Plan(parameters, seed).leg_at(MONDAY_S + since_s)
    assert leg.start_s <= MONDAY_S + since_s < leg.end_s
    cut = stretches(leg, parameters, seed)
    ends_s = [stretch.end_s for stretch in cut]
    assert ends_s == sorted(set(ends_s))
    assert ends_s[-1] == leg.end_s


def test_a_ride_costs_what_a_loaded_trike_costs() -> None:
    leg = Leg(Phase.RIDING, 0.0, 10 * HOUR_S)
    energy_wh = distance_km = start_s = 0.0
    for stretch in stretches(leg, TrikeParameters(), seed=1):
        hours = (stretch.end_s - start_s) / HOUR_S
        energy_wh += stretch.load_w * hours
        distance_km += stretch.speed_kmh * hours
        start_s = stretch.end_s
    assert 14.0 < energy_wh / distance_km < 26.0
    assert math.isclose(distance_km / 10.0, 12.0, abs_tol=2.0)


def test_on_site_the_hotel_load_stays_small_but_for_the_printer() -> None:
    leg = Leg(Phase.ON_SITE, 0.0, 6 * HOUR_S)
    loads_w = [stretch.load_w for stretch in stretches(leg, TrikeParameters(), seed=1)]
    printing = [load_w for load_w in loads_w if load_w > 40.0]
    assert min(loads_w) >= 15.0
    assert 0 < len(printing) < len(loads_w) / 4
    assert max(printing) <= 150.0


@pytest.mark.parametrize("seed", range(3))
def test_the_departure_is_near_the_hour_but_never_the_same_every_day(seed: int) -> None:
    plan = Plan(TrikeParameters(departure_hour=9.0), seed)
    departures_s = set()
    for day in range(5):
        leg = plan.leg_at(MONDAY_S + day * DAY_S + 9.2 * HOUR_S)
        departures_s.add(leg.start_s % DAY_S)
        assert leg.start_s % DAY_S == pytest.approx(9 * HOUR_S, abs=300)
    assert len(departures_s) == 5
