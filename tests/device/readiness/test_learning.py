"""What rides, stays and charges teach."""

from dataclasses import replace
from zlib import crc32

import msgspec
import pytest
from msgspec.structs import replace as replace_outing

from tests.device.readiness.scene import (
    HALF_HOUR_S,
    HOUR_MS,
    MARKET,
    MORNING_MS,
    WELL,
    Scene,
    at_full,
)
from triporteur_device.readiness import Pack, Sample, decode_state, encode_state, sampled
from triporteur_device.readiness.charging import Charger
from triporteur_device.readiness.consumption import Consumption
from triporteur_device.readiness.energy import warmth
from triporteur_device.readiness.rides import Ride, Stay, Step, Underway, km_between
from triporteur_wire.messages import Reading
from triporteur_wire.readiness import USUAL_OUTING, Outing, Verdict, Why

pytestmark = pytest.mark.slow

RIDING = replace(WELL, voltage_v=48.0, current_a=-6.0, speed_kmh=12.0, soc_pct=None)
STANDING = replace(WELL, voltage_v=49.0, current_a=-0.8, soc_pct=None)
PLUGGED = replace(WELL, current_a=3.0, charger_plugged=True, soc_pct=None)


def outing(scene: Scene, amperes: float) -> Scene:
    """Six kilometres out, three hours there, six back, and the charger."""
    ride = replace(RIDING, current_a=-amperes)
    scene.live(ride, HALF_HOUR_S).live(STANDING, 3 * 3600, 60.0)
    return scene.live(ride, HALF_HOUR_S).live(STANDING, 900).live(PLUGGED, 30)


def test_before_any_ride_a_kilometre_costs_what_the_trade_says() -> None:
    said = at_full().said
    assert said.wh_per_km == pytest.approx(20, abs=2)
    assert said.wh_per_km_sigma == pytest.approx(6.5, abs=1.5)
    assert said.calibration is None


def test_each_outing_is_held_against_what_was_foreseen() -> None:
    scene = outing(at_full(), 6.0)
    told = scene.said.calibration
    assert told is not None
    assert told.rides == 1
    assert told.last_km == pytest.approx(12, abs=0.1)
    assert told.last_used_wh == pytest.approx(288, abs=8)
    assert told.last_foreseen_wh == pytest.approx(275, abs=30)
    assert told.error_pct == pytest.approx(100 * abs(told.last_foreseen_wh / told.last_used_wh - 1))


def test_a_thirsty_unit_is_learnt_within_ten_outings() -> None:
    scene = at_full()
    for _ in range(10):
        outing(scene, 8.0)
    foreseen = scene.keeper.state.consumption.foresee(12.0, 40.0, 18.0)
    assert foreseen.wh == pytest.approx(384, rel=0.1)
    assert scene.said.standing_w == pytest.approx(39, abs=3)


@pytest.mark.parametrize("entered", ["before", "on arrival", "with its name corrected"])
def test_what_was_planned_to_be_fed_is_no_load_of_the_units_own(entered: str) -> None:
    scene = at_full()
    before = scene.said.standing_w
    for amperes in (5.5, 6.6, 5.5, 6.6):  # 270 and 323 W
        film = replace_outing(MARKET, load_w=300.0, departs_utc_ms=(scene.utc_ms or 0) + HOUR_MS)
        scene.keeper.plan([] if entered == "on arrival" else [film])
        scene.live(RIDING, HALF_HOUR_S).live(replace(STANDING, current_a=-amperes), 600, 60.0)
        place = "Marché" if entered == "with its name corrected" else film.place
        scene.keeper.plan([replace_outing(film, place=place)])
        scene.live(replace(STANDING, current_a=-amperes), 3 * 3600, 60.0)
        scene.live(RIDING, HALF_HOUR_S).live(STANDING, 900).live(PLUGGED, 120)
    assert scene.said.standing_w == pytest.approx(before, abs=10)


def test_a_panel_in_the_sun_ends_no_outing_where_the_plug_is_watched() -> None:
    scene = at_full().live(replace(RIDING, charger_plugged=False), HALF_HOUR_S)
    left_km = scene.said.outing.km
    assert left_km < MARKET.km
    scene.live(replace(WELL, current_a=1.5, charger_plugged=False), 120)
    assert scene.said.outing.km == left_km


def test_a_shorter_way_than_a_kilometre_teaches_nothing() -> None:
    scene = at_full().live(RIDING, 200).live(PLUGGED, 30)
    assert scene.keeper.state.consumption.rides == 0


def test_cold_and_climbs_cost_more() -> None:
    line = Consumption()
    assert line.foresee(10, 0, -5.0).wh > line.foresee(10, 0, 18.0).wh
    assert line.foresee(10, 100, 18.0).wh == pytest.approx(line.foresee(10, 0, 18.0).wh + 110)
    assert line.foresee(10, 0, None).wh > line.foresee(10, 0, 18.0).wh


def test_rides_narrow_the_doubt_and_never_below_what_rides_differ_by() -> None:
    line = Consumption()
    first = line.foresee(10, 50, 12.0).sigma_wh
    for _ in range(60):
        line.learn(10, 50, 12.0, 240)
    assert line.foresee(10, 50, 12.0).wh == pytest.approx(240, rel=0.03)
    assert 0.08 * 240 <= line.foresee(10, 50, 12.0).sigma_wh < first


def test_one_wild_ride_is_half_believed() -> None:
    line = Consumption()
    for _ in range(10):
        line.learn(10, 50, 12.0, 240)
    line.learn(10, 50, 12.0, 2400)
    assert line.foresee(10, 50, 12.0).wh < 330


def test_a_ride_goes_on_through_short_stops_and_its_last_stop_is_no_ride() -> None:
    underway = Underway()
    moving, still = Step(60, 0.2, 300, 15, False), Step(60, 0.0, 30, 15, False)
    ended = [underway.take(step) for step in [moving, *[still] * 5, moving, *[still] * 10]]
    ride = ended[-1]
    assert isinstance(ride, Ride)
    assert ride.km == pytest.approx(0.4)
    assert ride.wh == pytest.approx(300 * 2 / 60 + 30 * 5 / 60)
    assert ended[:-1] == [None] * (len(ended) - 1)


def test_a_stay_lies_between_two_rides() -> None:
    underway = Underway()
    moving, still = Step(60, 0.2, 300, 15, False), Step(60, 0.0, 30, 15, False)
    ended = [underway.take(step) for step in [moving, *[still] * 60, moving]]
    assert isinstance(ended[-1], Stay)
    assert ended[-1].wh / ended[-1].hours == pytest.approx(30)


def at(meters: float | None, *, kmh: float | None = None) -> Sample:
    return replace(WELL, distance_m=meters, speed_kmh=kmh)


def test_a_wheel_counter_that_jumps_is_not_ridden() -> None:
    assert km_between(at(1000.0), at(1200.0), 60) == pytest.approx(0.2)
    assert km_between(at(900_000.0), at(0.0), 60) == 0.0
    assert km_between(at(0.0), at(900_000.0), 60) == 0.0
    assert km_between(at(None), at(5.0, kmh=12.0), 60) == pytest.approx(0.2)


def test_what_parts_the_counts_of_two_sources_is_not_ridden() -> None:
    scene = at_full()
    for turn in range(360):  # 12 km in an hour; every 5 minutes the motor's line is lost for 20 s
        ridden_m = turn * 12_000 / 360
        counts = {"moteur": ridden_m + 1400, "gpio": ridden_m}
        heard = [name for name in counts if name == "gpio" or turn % 30 > 1]
        live = {name: {"distance_m": Reading(counts[name], 0.5)} for name in heard}
        told = sampled(live, 0, 0, None)
        scene.live(
            replace(WELL, distance_m=told.distance_m, distance_by=told.distance_by, current_a=-5.0),
            10,
        )
    assert scene.keeper.state.underway.km == pytest.approx(12, abs=1)


def test_the_last_part_of_a_charge_takes_longer() -> None:
    charger = Charger(steady_a=3.0)
    early, late = charger.minutes(0.5, 0.6, 30), charger.minutes(0.9, 1.0, 30)
    assert early == pytest.approx(60)
    assert late > 1.5 * early
    assert charger.minutes(0.7, 0.7, 30) == 0


def test_a_charge_under_way_corrects_both_current_and_knee() -> None:
    charger = Charger()
    for charge in (0.5, 0.6, 0.7, 0.8):
        charger.watch(replace(WELL, current_a=4.0), charge, 30, 60.0)
    assert charger.minutes(0.5, 0.6, 30) == pytest.approx(45)
    charger.watch(replace(WELL, current_a=3.2), 0.82, 30, 60.0)
    charger.watch(replace(WELL, current_a=0.0), 1.0, 30, 60.0)
    assert charger.steady_a == 4.0
    assert charger.knee < 0.88


BRAKING = replace(RIDING, current_a=9.0, voltage_v=49.0)


def test_a_motor_that_brakes_into_the_battery_teaches_nothing_of_the_charger() -> None:
    scene = at_full()
    scene.keeper.state.charger.steady_a = 2.0
    for _ in range(20):
        scene.live(RIDING, 75, 5.0).live(BRAKING, 3, 1.0)
    assert scene.keeper.state.charger.steady_a == 2.0


def test_a_motor_that_brakes_between_two_steps_of_a_coarse_wheel_counter_ends_no_outing() -> None:
    scene, ride = at_full(), replace(RIDING, speed_kmh=None)
    for turn in range(60):
        meters = 100.0 * turn
        scene.live(replace(ride, distance_m=meters), 1, 1.0)
        scene.live(replace(ride, distance_m=meters, current_a=9.0), 29, 1.0)
    assert scene.keeper.state.underway.km == pytest.approx(5.9)


def test_a_current_into_a_battery_at_a_stand_is_a_chargers_after_a_minute() -> None:
    charging = replace(STANDING, current_a=3.0)
    scene = at_full().live(RIDING, 900).live(STANDING, 60).live(charging, 50)
    assert scene.said.full_utc_ms is None
    assert scene.live(charging, 10).said.full_utc_ms is not None
    assert scene.live(STANDING, 10).said.full_utc_ms is None


def test_a_unit_on_its_charger_is_seen_to_be_as_soon_as_it_is_switched_on() -> None:
    before = at_full().live(STANDING, 60)
    scene = Scene(before.keeper.state)
    scene.pass_unseen(before.now_ms / 1000 + 3600).live(replace(WELL, current_a=3.0), 1, 1.0)
    assert scene.said.full_utc_ms is not None


def test_full_by_is_told_while_it_charges() -> None:
    scene = at_full().live(replace(RIDING, current_a=-11.0), 3600)
    riding = scene.said
    charging = scene.live(replace(PLUGGED, current_a=4.0), 60).said
    assert riding.full_utc_ms is None
    full_utc_ms, now_ms = charging.full_utc_ms, scene.utc_ms
    assert full_utc_ms is not None
    assert now_ms is not None
    assert 2 * HOUR_MS < full_utc_ms - now_ms < 6 * HOUR_MS


def test_a_temperature_that_nobody_tells_is_taken_for_a_frosty_one() -> None:
    assert warmth(None) == warmth(0.0) == pytest.approx(0.85)
    assert [warmth(c) for c in (-40, -10, 10, 20, 35)] == pytest.approx([0.55, 0.7, 0.95, 1, 1])


def test_on_site_only_what_is_left_of_the_outing_counts() -> None:
    scene = at_full()
    whole = scene.said
    scene.live(replace(RIDING, speed_kmh=6.0), HALF_HOUR_S).live(STANDING, 3600, 60.0)
    left = scene.said
    assert left.outing.km == pytest.approx(whole.outing.km - 3.0, abs=0.1)
    assert left.outing.site_h == pytest.approx(2.0, abs=0.1)
    assert left.needed_wh < whole.needed_wh


def test_an_outing_ridden_to_its_end_is_over_once_plugged_in() -> None:
    scene = outing(at_full(), 6.0)
    assert scene.said.outing.place == ""


def test_an_outing_ridden_to_its_end_is_over_when_it_stands_again() -> None:
    scene = at_full()
    scene.keeper.plan([replace_outing(MARKET, km=12.0)])
    scene.live(RIDING, HALF_HOUR_S).live(STANDING, 3 * 3600, 60.0).live(RIDING, HALF_HOUR_S)
    assert scene.said.outing.place == MARKET.place
    scene.live(STANDING, 900)
    assert scene.said.outing == USUAL_OUTING
    assert scene.keeper.state.consumption.rides == 1


def done() -> Scene:
    """Most of the market's way ridden, standing again, and the usual outing judged."""
    scene = at_full().live(RIDING, 1500).live(STANDING, 900)
    assert scene.said.outing.place == MARKET.place
    return scene.live(PLUGGED, 30)


@pytest.mark.parametrize("is_told", [False, True])
def test_another_outing_at_the_hour_of_one_that_was_ridden_is_judged_whole(is_told: bool) -> None:
    scene = done() if is_told else at_full().live(RIDING, 1500).live(STANDING, 900)
    beach = replace_outing(MARKET, km=50.0, place="Plage")
    scene.keeper.plan([beach])
    scene.live(STANDING, 60)
    assert scene.keeper.state.done == MARKET
    assert (scene.said.outing, scene.said.verdict) == (beach, Verdict.NO_GO)


def test_an_outing_that_was_ridden_is_judged_whole_again_once_its_load_is_corrected() -> None:
    scene = done()
    corrected = replace_outing(MARKET, load_w=60.0)
    scene.keeper.plan([corrected])
    assert scene.live(STANDING, 60).said.outing == corrected
    taught = scene.keeper.state.consumption.rides
    assert scene.live(PLUGGED, 60).said.outing == corrected
    assert scene.keeper.state.consumption.rides == taught == 1


def test_an_outing_that_is_over_is_so_after_a_restart() -> None:
    odd = replace_outing(MARKET, km=0.1 + 0.2 + 4.7, climb_m=100 / 3, site_h=1 / 3)
    scene = at_full()
    scene.keeper.plan([odd])
    scene.live(RIDING, 1500).live(STANDING, 900).live(PLUGGED, 30)
    again = Scene(decode_state(encode_state(scene.keeper.state), Pack()))
    (read,) = msgspec.json.decode(msgspec.json.encode([odd]), type=list[Outing])
    again.keeper.plan([read])
    assert again.keeper.readiness(scene.now_ms, scene.utc_ms).outing == USUAL_OUTING


def test_what_an_older_agent_learnt_is_read_without_its_hour_of_what_is_done() -> None:
    state = done().keeper.state
    members = msgspec.json.encode(msgspec.structs.asdict(state) | {"done_utc_ms": 1})[1:]
    older = b'{"crc32":"%08x",' % crc32(members) + members
    assert decode_state(older, Pack()).consumption == state.consumption


def test_what_an_older_agent_held_is_held_though_it_kept_no_sources() -> None:
    state = done().keeper.state
    state.held = (Why.FAULT,)
    told = msgspec.to_builtins(state)
    del told["sources"], told["charger"]["flows_s"]
    members = msgspec.json.encode(told)[1:]
    older = decode_state(b'{"crc32":"%08x",' % crc32(members) + members, Pack())
    older.fit(["battery jbd"])
    assert older.held == (Why.FAULT,)


def test_an_outing_entered_too_short_is_not_over_at_its_place() -> None:
    scene = at_full().live(RIDING, HALF_HOUR_S).live(STANDING, 3 * 3600, 60.0)
    assert scene.said.outing.place == MARKET.place


@pytest.mark.parametrize(("blind", "rides"), [(3, 1), (20, 0)])
def test_a_line_that_stutters_spoils_no_ride_and_one_that_is_lost_does(
    blind: int, rides: int
) -> None:
    scene = at_full().live(RIDING, 900)
    scene.live(replace(RIDING, current_a=None), blind * 10)
    scene.live(RIDING, 900).live(STANDING, 900).live(PLUGGED, 30)
    assert scene.keeper.state.consumption.rides == rides


def test_a_night_on_its_wheels_leaves_nothing_done_of_the_next_outing() -> None:
    scene = at_full()
    scene.keeper.plan([])
    scene.live(replace(RIDING, speed_kmh=9.0), 2 * HALF_HOUR_S / 1.5)
    assert scene.said.outing.km < USUAL_OUTING.km
    scene.live(STANDING, 7 * 3600, 60.0)
    assert scene.said.outing == USUAL_OUTING


def test_a_usual_outing_that_was_ridden_is_followed_by_another() -> None:
    scene = at_full()
    scene.keeper.plan([])
    scene.live(RIDING, 2400).live(STANDING, 900)
    assert scene.said.outing == USUAL_OUTING


def test_of_outings_that_may_be_meant_what_is_ridden_is_a_part_of_each() -> None:
    scene = at_full()
    beach = Outing(30.0, 0.0, 2.0, 20.0, "Plage")
    scene.keeper.plan([USUAL_OUTING, beach])
    assert scene.said.outing == beach
    scene.live(RIDING, 3600).live(STANDING, 1800)
    left = scene.said.outing
    assert left.place == "Plage"
    assert left.km == pytest.approx(18.0, abs=0.1)
    assert left.site_h == pytest.approx(1.5, abs=0.1)


def test_what_is_ridden_the_evening_before_is_not_taken_off_tomorrows_way() -> None:
    scene = at_full()
    tomorrow = replace_outing(MARKET, departs_utc_ms=MORNING_MS + 20 * HOUR_MS)
    scene.keeper.plan([tomorrow])
    scene.live(RIDING, 1200).live(STANDING, 18 * 3600, 60.0)
    assert scene.said.outing == tomorrow


def test_an_outing_that_nobody_entered_is_said_to_be_supposed_on_its_way_too() -> None:
    scene = at_full()
    scene.keeper.plan([])
    scene.live(replace(RIDING, current_a=-0.5, voltage_v=53.9, soc_pct=99.0), 600)
    said = scene.live(WELL, 300).said
    assert said.outing.km < USUAL_OUTING.km
    assert Why.USUAL_OUTING in {reason.why for reason in said.reasons}
