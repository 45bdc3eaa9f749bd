from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from triporteur_depot.pages.activity import Activity
from triporteur_depot.pages.curves import Trace
from triporteur_depot.pages.days import Window
from triporteur_depot.pages.phases import MINIMUM_MIN, Phase, phases

MINUTE_MS = 60_000
WINDOW = Window(0, 24 * 60 * MINUTE_MS)
CHARGE_A, RIDE_A, SITE_A, REST_A = 4.0, -6.0, -1.0, -0.1


def day(*stretches: tuple[int, float | None]) -> list[Phase]:
    """The phases of consecutive (minutes, current) stretches, repeated as a unit would."""
    times, values, minute = [], [], 0
    for minutes, current_a in stretches:
        for offset in range(0, minutes, 5):
            times.append((minute + offset) * MINUTE_MS)
            values.append(current_a)
        minute += minutes
    return phases(Trace(times, values), None, WINDOW, minute * MINUTE_MS)


def told(found: list[Phase]) -> list[tuple[Activity, float]]:
    return [(phase.activity, phase.minutes) for phase in found]


def test_a_day_is_told_in_its_phases() -> None:
    assert told(day((480, CHARGE_A), (60, REST_A), (25, RIDE_A), (300, SITE_A))) == [
        (Activity.CHARGING, 480),
        (Activity.RESTING, 60),
        (Activity.RIDING, 25),
        (Activity.ON_SITE, 300),
    ]


def test_a_ride_with_stops_at_lights_is_one_ride() -> None:
    ride = [(5, RIDE_A), (1, SITE_A), (4, RIDE_A), (2, REST_A), (6, RIDE_A)]
    assert told(day((60, REST_A), *ride, (60, SITE_A)))[1] == (Activity.RIDING, 18)


def test_a_ride_that_stops_every_minute_is_a_ride() -> None:
    found = day((60, REST_A), *[(1, RIDE_A), (1, REST_A)] * 15, (60, REST_A))
    assert [phase.activity for phase in found] == [
        Activity.RESTING,
        Activity.RIDING,
        Activity.RESTING,
    ]
    assert 28 <= found[1].minutes <= 30


def test_a_ride_of_short_stretches_ends_where_the_stay_begins() -> None:
    found = day((60, REST_A), *[(2, -8.0), (2, REST_A)] * 8, (180, SITE_A))
    assert told(found) == [
        (Activity.RESTING, 60),
        (Activity.RIDING, 32),
        (Activity.ON_SITE, 180),
    ]


def test_a_charger_that_pauses_charges() -> None:
    found = day((60, CHARGE_A), *[(4, REST_A), (4, CHARGE_A)] * 10, (100, REST_A))
    assert told(found) == [(Activity.CHARGING, 140), (Activity.RESTING, 100)]


def test_a_push_of_two_minutes_is_no_ride() -> None:
    assert told(day((60, REST_A), (2, RIDE_A), (300, REST_A))) == [(Activity.RESTING, 362)]


def test_braking_into_the_battery_is_no_charge() -> None:
    found = day((10, RIDE_A), (1, CHARGE_A), (10, RIDE_A))
    assert told(found) == [(Activity.RIDING, 21)]


def test_silence_parts_phases() -> None:
    found = day((60, SITE_A), (60, None), (60, SITE_A))
    assert [(phase.start_ms, phase.end_ms) for phase in found] == [
        (0, 60 * MINUTE_MS),
        (120 * MINUTE_MS, 180 * MINUTE_MS),
    ]


def test_the_same_current_is_a_ride_at_high_voltage_only() -> None:
    current = Trace([0], [-4.0])
    for volts, expected in ((12.0, Activity.ON_SITE), (48.0, Activity.RIDING)):
        found = phases(current, Trace([0], [volts]), WINDOW, 15 * MINUTE_MS)
        assert [phase.activity for phase in found] == [expected]


@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.sampled_from((CHARGE_A, RIDE_A, SITE_A, REST_A, None))),
        max_size=30,
    )
)
def test_phases_ascend_cover_what_is_known_and_are_long_enough_beside_others(
    stretches: list[tuple[int, float | None]],
) -> None:
    found = day(*stretches)
    known_min = sum(minutes for minutes, current_a in stretches if current_a is not None)
    assert sum(phase.minutes for phase in found) == known_min
    for before, after in pairwise(found):
        assert before.end_ms <= after.start_ms
        if before.end_ms == after.start_ms:
            assert before.activity != after.activity
            for phase in (before, after):
                assert phase.minutes >= MINIMUM_MIN[phase.activity]
