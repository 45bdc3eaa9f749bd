"""The evening before an outing: once, in time, and taken back when the charger is plugged in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from tests.device.readiness.scene import HOUR_MS, MORNING_MS, WELL, Scene
from triporteur_device.readiness.evening import EveningState
from triporteur_wire.readiness import Evening, Outing

PARIS_IN_WINTER = timezone(timedelta(hours=1))


def utc_ms(day: int, hour: int, minute: int = 0) -> int:
    return round(datetime(2026, 11, day, hour, minute, tzinfo=UTC).timestamp() * 1000)


TOMORROW = Outing(8.0, 0.0, 3.0, 20.0, "Gare", utc_ms(26, 8))


def look(
    state: EveningState,
    at_ms: int,
    *,
    charges: bool | None = False,
    ready_in_min: float | None = 120.0,
    outing: Outing = TOMORROW,
) -> Evening | None:
    return state.look(at_ms, PARIS_IN_WINTER, outing, charges=charges, ready_in_min=ready_in_min)


def test_not_charging_is_told_from_18_local_time() -> None:
    state = EveningState()
    assert look(state, utc_ms(25, 16, 59)) is None
    assert look(state, utc_ms(25, 17)) is Evening.NOT_CHARGING


def test_plugging_in_takes_it_back_and_it_is_said_once() -> None:
    state = EveningState()
    look(state, utc_ms(25, 17))
    assert look(state, utc_ms(25, 18)) is Evening.NOT_CHARGING
    assert look(state, utc_ms(25, 19), charges=True) is None
    assert look(state, utc_ms(25, 20)) is None


def test_not_ready_in_time_is_told_though_it_charges() -> None:
    state = EveningState()
    asked = utc_ms(26, 2)
    assert look(state, asked, charges=True, ready_in_min=300.0) is None
    assert look(state, asked, charges=True, ready_in_min=400.0) is Evening.NOT_READY_IN_TIME
    assert look(state, asked, charges=True, ready_in_min=0.0) is None


def test_a_unit_that_is_ready_needs_no_charger() -> None:
    assert look(EveningState(), utc_ms(25, 18), ready_in_min=0.0) is None


def test_nothing_is_said_two_days_ahead_nor_once_it_has_left() -> None:
    state = EveningState()
    assert look(state, utc_ms(24, 20)) is None
    assert look(state, utc_ms(26, 9)) is None


def test_the_next_outing_is_another_evening() -> None:
    state = EveningState()
    look(state, utc_ms(25, 18))
    day_after = Outing(8.0, 0.0, 3.0, 20.0, "Gare", utc_ms(27, 8))
    assert look(state, utc_ms(26, 18), outing=day_after) is Evening.NOT_CHARGING


def test_before_the_battery_has_spoken_nobody_is_told_to_plug_it_in() -> None:
    """It may be plugged in; and what was told is not told again when it is true."""
    scene = Scene(utc_ms=MORNING_MS + 10 * HOUR_MS)
    scene.keeper.plan([Outing(6.0, 40.0, 3.0, 25.0, "Gare", MORNING_MS + 24 * HOUR_MS)])
    assert scene.said.evening is None
    low = replace(WELL, voltage_v=47.0, cells_v=(3.6, 3.61), soc_pct=40.0)
    charging = replace(low, current_a=3.0, charger_plugged=True)
    assert scene.live(charging, 60).said.evening is None
    unplugged = replace(low, charger_plugged=False)
    assert scene.live(unplugged, 60).said.evening is Evening.NOT_CHARGING


def test_a_motor_that_brakes_takes_nothing_back_and_a_charger_does() -> None:
    low = replace(WELL, voltage_v=48.5, current_a=-0.5, cells_v=(3.725, 3.735), soc_pct=40.0)
    riding = replace(low, current_a=-8.0, speed_kmh=12.0)
    scene = Scene(utc_ms=MORNING_MS + 10 * HOUR_MS)
    scene.keeper.plan([Outing(6.0, 40.0, 3.0, 25.0, "Gare", MORNING_MS + 24 * HOUR_MS)])
    assert scene.live(low, 60).said.evening is Evening.NOT_CHARGING
    scene.live(riding, 60).live(replace(riding, current_a=3.0), 2, 1.0)
    assert scene.said.evening is Evening.NOT_CHARGING
    assert scene.live(riding, 60).live(low, 3600, 60.0).said.evening is Evening.NOT_CHARGING
    assert scene.live(replace(low, current_a=3.0), 60).said.evening is None
