"""Past days are told in the same bytes as the present one."""

from functools import cache
from itertools import pairwise

import pytest

from triporteur_device.protocols import PROTOCOLS, Fitting, Frame
from triporteur_device.simulators.history import frames
from triporteur_device.simulators.motor import ERPM_PER_TURN
from triporteur_device.simulators.parameters import DAY_S
from triporteur_device.simulators.presets import PRESETS, aged_model
from triporteur_device.simulators.trike import TrikeParameters
from triporteur_device.simulators.wheel import WHEEL_M

pytestmark = pytest.mark.slow

TUESDAY_S = 20_409 * DAY_S + DAY_S
OFFSET_S = 3600.0


def lived(
    step_moving_s: float = 20.0, step_parked_s: float = 300.0, *, with_motor: bool = False
) -> tuple[tuple[float, str, bytes], ...]:
    parameters, end_s = TrikeParameters(start_soc=0.9), TUESDAY_S + DAY_S
    steps_s = step_moving_s, step_parked_s
    return tuple(frames(parameters, 1, TUESDAY_S, end_s, *steps_s, with_motor=with_motor))


tuesday = cache(lived)


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert lived() == tuesday()


def test_time_runs_forward_from_start_to_end() -> None:
    times_s = [utc_s for utc_s, _, _ in tuesday()]
    assert times_s[0] == TUESDAY_S
    assert times_s == sorted(times_s)
    assert TUESDAY_S + DAY_S - 300 <= times_s[-1] <= TUESDAY_S + DAY_S


def test_the_trike_is_told_often_when_it_moves_and_seldom_when_it_rests() -> None:
    times_s = sorted({utc_s for utc_s, _, _ in tuesday()})
    gaps_s = {round(b - a) for a, b in pairwise(times_s)}
    assert gaps_s == {20, 300}
    out = [s for s in times_s if 10 * 3600 < s - TUESDAY_S < 15 * 3600]
    assert len(out) == 5 * 180 - 1


def test_the_steps_can_be_chosen() -> None:
    times_s = sorted({utc_s for utc_s, _, _ in tuesday(step_moving_s=60.0, step_parked_s=600.0)})
    assert {round(b - a) for a, b in pairwise(times_s)} == {60, 600}


def test_each_instant_has_a_basic_frame_a_cells_frame_and_a_live_block() -> None:
    at_start = [(device, data[:5]) for utc_s, device, data in tuesday() if utc_s == TUESDAY_S]
    assert at_start == [
        ("jbd", b"\xdd\x03\x00\x1b" + at_start[0][1][4:]),
        ("jbd", b"\xdd\x04\x00\x1a" + at_start[1][1][4:]),
        ("vedirect", b"\r\nPID"),
        ("vedirect", b"\r\nH1\t"),
    ]


def test_a_motor_tells_how_far_it_went() -> None:
    fitting = Fitting(wheel_circumference_m=WHEEL_M, erpm_per_turn=ERPM_PER_TURN)
    vesc, decoder = PROTOCOLS["vesc"].fitted(fitting), PROTOCOLS["vesc"].decoder()
    answers = [data for _, device, data in tuesday(with_motor=True) if device == "vesc"]
    told = [event for data in answers for event in decoder.receive(data)]
    assert len(told) == len(answers) > 1000
    given = [vesc.reading(one).values["distance_m"] for one in told if isinstance(one, Frame)]
    ways_m = [way_m for way_m in given if isinstance(way_m, int | float)]
    assert len(ways_m) == len(told)
    assert ways_m == sorted(ways_m)
    assert ways_m[-1] > 5000


def test_departure_is_a_local_hour() -> None:
    here = frames(TrikeParameters(), 1, TUESDAY_S, TUESDAY_S + DAY_S)
    east = frames(
        TrikeParameters(),
        1,
        TUESDAY_S - OFFSET_S,
        TUESDAY_S - OFFSET_S + DAY_S,
        utc_offset_s=OFFSET_S,
    )
    assert [(s - OFFSET_S, d, b) for s, d, b in here] == list(east)


def test_the_past_leads_to_the_present_of_a_live_trike() -> None:
    now_s = 20_415 * DAY_S + 50_000.0
    parameters = PRESETS["charging"].at(now_s)
    *_, last = (
        data
        for _, device, data in frames(parameters, 3, now_s - 3 * DAY_S, now_s, 100.0)
        if device == "jbd" and data[1] == 0x03
    )
    live = aged_model(parameters, 3, now_s).state
    assert int.from_bytes(last[4:6], "big") / 100 == pytest.approx(live.pack_voltage_v, abs=0.1)
    assert int.from_bytes(last[8:10], "big") / 100 == pytest.approx(live.remaining_ah, abs=0.1)
