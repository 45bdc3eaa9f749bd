"""The table of cases: what a mediator finds in the morning, and what the unit must say."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.device.readiness.scene import HOUR_MS, MARKET, MORNING_MS, WELL, Scene, at_full, ridden
from triporteur_device.readiness import Pack, ReadinessKeeper
from triporteur_wire.readiness import (
    USUAL_OUTING,
    Outing,
    Readiness,
    SocSource,
    Verdict,
    What,
    Why,
)

HILLS = Outing(14.0, 600.0, 5.0, 40.0, "La Croix-Rousse", MORNING_MS + HOUR_MS)


def full() -> Readiness:
    return at_full().said


def full_and_plugged() -> Readiness:
    return at_full().live(replace(WELL, charger_plugged=True), 60).said


def half_and_charging() -> Readiness:
    scene = ridden(at_full(), 11.0, 1.3)
    charging = replace(
        WELL, current_a=4.0, voltage_v=47.0, cells_v=(3.60, 3.61), soc_pct=scene.said.soc_pct
    )
    return scene.live(charging, 120).said


def nearly_empty() -> Readiness:
    return ridden(at_full(), 11.0, 2.2).said


def nearly_empty_and_frosty() -> Readiness:
    scene = ridden(at_full(), 11.0, 2.2)
    low = replace(WELL, voltage_v=47.0, cells_v=(3.6, 3.61), soc_pct=scene.said.soc_pct)
    return scene.live(replace(low, temps_c=(-3.0,)), 30).said


def frosty() -> Readiness:
    return at_full().live(replace(WELL, temps_c=(-3.0,)), 30).said


def arctic() -> Readiness:
    return at_full().live(replace(WELL, temps_c=(-12.0,)), 30).said


def hot() -> Readiness:
    return at_full().live(replace(WELL, temps_c=(50.0,)), 30).said


def too_hot() -> Readiness:
    return at_full().live(replace(WELL, temps_c=(61.0, 40.0)), 30).said


def aged() -> Readiness:
    scene = at_full()
    capacity = scene.keeper.state.charge.capacity
    capacity.ah, capacity.sigma, capacity.measured = 20.0, 0.05, 3
    return scene.live(WELL, 10).said


def stale() -> Readiness:
    return at_full().pass_unseen(12).said


def never_heard() -> Readiness:
    return Scene().said


def battery_lost() -> Readiness:
    scene = at_full()
    return scene.live(replace(WELL, voltage_v=None, current_a=None), 20).said


def sensor_lost() -> Readiness:
    return at_full().live(replace(WELL, temps_c=()), 30).said


def sensor_lost_after_frost() -> Readiness:
    scene = at_full().live(replace(WELL, temps_c=(-12.0,)), 30)
    return scene.live(replace(WELL, temps_c=()), 30).said


def controller_silent() -> Readiness:
    return at_full().live(replace(WELL, silent=("moteur",)), 30).said


def weak_cell_at_rest() -> Readiness:
    return at_full().live(replace(WELL, cells_v=(3.93, 4.18)), 400).said


def uneven_at_rest() -> Readiness:
    return at_full().live(replace(WELL, cells_v=(4.06, 4.18)), 400).said


def uneven_under_load() -> Readiness:
    loaded = replace(WELL, current_a=-12.0, voltage_v=51.0, cells_v=(3.60, 3.96))
    return at_full().live(loaded, 60).said


def charges_disagree() -> Readiness:
    return at_full().live(replace(WELL, soc_pct=80.0), 30).said


def two_devices_disagree() -> Readiness:
    return at_full().live(replace(WELL, soc_gap=14.0), 30).said


def alarm() -> Readiness:
    return at_full().live(replace(WELL, alarms=("short_circuit",)), 30).said


def warning() -> Readiness:
    return at_full().live(replace(WELL, warnings=("low_soc",)), 30).said


def cut() -> Readiness:
    return at_full().live(replace(WELL, discharge_on=False), 30).said


def fault() -> Readiness:
    return at_full().live(replace(WELL, faults=("over_temperature",)), 30).said


def noisy_line() -> Readiness:
    return at_full().live(replace(WELL, refused_ratio=0.08), 30).said


def no_plan() -> Readiness:
    scene = at_full()
    scene.keeper.plan([])
    return scene.said


def hills() -> Readiness:
    scene = at_full()
    scene.keeper.plan([HILLS])
    return scene.said


def just_switched_on() -> Readiness:
    return Scene().live(replace(WELL, voltage_v=49.0, cells_v=(3.76, 3.77)), 60).said


def off_overnight() -> Readiness:
    """Half empty in the evening; the board says that it was charged, nothing else does yet."""
    scene = ridden(at_full(), 11.0, 1.4).pass_unseen(11 * 3600)
    loaded = replace(WELL, current_a=-4.0, voltage_v=52.5, cells_v=(4.03, 4.04))
    return scene.live(loaded, 20).said


def off_overnight_then_rested() -> Readiness:
    scene = ridden(at_full(), 11.0, 1.4).pass_unseen(11 * 3600)
    return scene.live(WELL, 3700, 60.0).said


def without_full_charge_for_long() -> Readiness:
    scene = at_full()
    scene.keeper.state.charge.full_age_h = 16 * 24.0
    return scene.live(WELL, 10).said


def pulled(ohm: float) -> Readiness:
    """Charged again after hills, on which the voltage fell by so much with each ampere."""
    scene = at_full()
    for _ in range(20):
        for amperes in (2.0, 25.0):
            volts = 53.0 - ohm * amperes
            scene.live(replace(WELL, current_a=-amperes, voltage_v=volts, soc_pct=None), 40, 1.0)
    scene.live(replace(WELL, current_a=0.8, voltage_v=54.5, cells_v=(4.18, 4.19)), 90)
    return scene.live(WELL, 60).said


def sound_on_hills() -> Readiness:
    return pulled(0.12)


def too_weak_for_its_motor() -> Readiness:
    return pulled(0.30)


def far_too_weak_for_its_motor() -> Readiness:
    return pulled(0.62)


GO, CARE, NO = Verdict.GO, Verdict.CAUTION, Verdict.NO_GO

CASES: list[tuple[Callable[[], Readiness], Verdict, Why, What]] = [
    (full, GO, Why.ENOUGH, What.LEAVE),
    (full_and_plugged, GO, Why.ENOUGH, What.UNPLUG_AND_LEAVE),
    (half_and_charging, CARE, Why.TIGHT, What.CHARGE),
    (nearly_empty, NO, Why.NOT_ENOUGH, What.CHARGE),
    (nearly_empty_and_frosty, NO, Why.NOT_ENOUGH, What.WARM_THEN_CHARGE),
    (frosty, CARE, Why.COLD, What.WARM),
    (arctic, NO, Why.TOO_COLD, What.WARM),
    (hot, CARE, Why.HOT, What.COOL),
    (too_hot, NO, Why.TOO_HOT, What.COOL),
    (aged, CARE, Why.AGED, What.CALL_MAINTAINER),
    (sound_on_hills, GO, Why.ENOUGH, What.LEAVE),
    (too_weak_for_its_motor, CARE, Why.WEAK_PACK, What.CALL_MAINTAINER),
    (far_too_weak_for_its_motor, NO, Why.NOT_ENOUGH, What.CALL_MAINTAINER),
    (stale, NO, Why.NO_DATA, What.CHECK_CABLES),
    (never_heard, NO, Why.NO_DATA, What.CHECK_CABLES),
    (battery_lost, NO, Why.NO_DATA, What.CHECK_CABLES),
    (sensor_lost, CARE, Why.UNKNOWN, What.CHECK_CABLES),
    (sensor_lost_after_frost, NO, Why.TOO_COLD, What.WARM),
    (controller_silent, CARE, Why.SILENT, What.CHECK_CABLES),
    (weak_cell_at_rest, NO, Why.WEAK_CELL, What.CALL_MAINTAINER),
    (uneven_at_rest, CARE, Why.UNEVEN_CELLS, What.CALL_MAINTAINER),
    (uneven_under_load, GO, Why.ENOUGH, What.LEAVE),
    (charges_disagree, CARE, Why.CHARGES_DISAGREE, What.CHARGE_FULLY),
    (two_devices_disagree, CARE, Why.CHARGES_DISAGREE, What.CHARGE_FULLY),
    (alarm, NO, Why.ALARM, What.CALL_MAINTAINER),
    (warning, CARE, Why.WARNING, What.CALL_MAINTAINER),
    (cut, NO, Why.CUT, What.CALL_MAINTAINER),
    (fault, NO, Why.FAULT, What.CALL_MAINTAINER),
    (noisy_line, CARE, Why.NOISY_LINE, What.CHECK_CABLES),
    (no_plan, GO, Why.ENOUGH, What.LEAVE),
    (hills, NO, Why.NOT_ENOUGH, What.SHORTEN),
    (just_switched_on, CARE, Why.CHARGE_UNSURE, What.CHARGE_FULLY),
    (off_overnight, CARE, Why.CHARGE_UNSURE, What.CHARGE_FULLY),
    (off_overnight_then_rested, GO, Why.ENOUGH, What.LEAVE),
    (without_full_charge_for_long, CARE, Why.LONG_SINCE_FULL, What.CHARGE_FULLY),
]


@pytest.mark.parametrize(
    ("scene", "verdict", "why", "what"), CASES, ids=[case[0].__name__ for case in CASES]
)
def test_a_morning_gives_its_verdict(
    scene: Callable[[], Readiness], verdict: Verdict, why: Why, what: What
) -> None:
    said = scene()
    assert (said.verdict, said.reasons[0].why, said.action.what) == (verdict, why, what)
    assert 1 <= len(said.reasons) <= 3


def test_without_a_plan_a_usual_outing_is_supposed_and_said() -> None:
    said = no_plan()
    assert said.outing == USUAL_OUTING
    assert Why.USUAL_OUTING in {reason.why for reason in said.reasons}


def test_an_outing_that_is_over_gives_way_to_tomorrows() -> None:
    scene = at_full()
    tomorrow = Outing(4.0, 0.0, 2.0, 20.0, "Gare", MORNING_MS + 25 * HOUR_MS)
    scene.keeper.plan([tomorrow, MARKET])
    assert scene.said.outing == MARKET
    scene.live(WELL, 9 * 3600, 60.0)
    assert scene.said.outing == tomorrow


def test_a_battery_just_switched_on_is_never_taken_for_full() -> None:
    keeper = ReadinessKeeper(Pack())
    keeper.look(replace(WELL, mono_ms=1_000, soc_pct=100.0))
    said = keeper.readiness(1_000, None)
    assert said.soc_source is SocSource.BMS
    assert (said.soc_pct or 0.0) < 100.0
    assert (said.soc_sigma_pct or 0.0) > 10.0


def test_a_battery_that_is_not_heard_shows_no_charge_and_is_shown_again_when_it_is() -> None:
    scene = at_full()
    before = scene.said
    silent = scene.pass_unseen(60).said
    shown = (silent.soc_pct, silent.soc_sigma_pct, silent.return_pct, silent.range_km)
    assert (*shown, silent.available_wh) == (None,) * 5
    again = scene.live(WELL, 10).said
    assert again.soc_pct == pytest.approx(before.soc_pct, abs=1)


def test_a_silence_lasts_since_the_battery_was_heard_and_not_since_it_was_last_believed() -> None:
    scene = at_full()
    now_ms = scene.now_ms
    scene.keeper.look(replace(WELL, mono_ms=now_ms + 8_000, battery_age_s=8.0))
    said = scene.keeper.readiness(now_ms + 60_000, None)
    assert (said.reasons[0].why, said.reasons[0].number) == (Why.NO_DATA, 60.0)
