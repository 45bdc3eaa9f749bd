"""The evening before an outing: once, in time, and taken back when the charger is plugged in."""

from datetime import UTC, datetime, timedelta, timezone

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
