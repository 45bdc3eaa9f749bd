from datetime import date

import pytest

from triporteur_depot.pages.chart import hour_ticks
from triporteur_depot.pages.days import days_of, days_window, local, parse_day
from triporteur_depot.pages.period import Period

HOUR_MS = 3_600_000
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 11, 22), 24)])
def test_a_day_is_as_long_as_the_clock_on_the_wall_makes_it(day: date, hours: int) -> None:
    window = days_window(day, 1)
    assert window.length_ms == hours * HOUR_MS
    assert local(window.start_ms).hour == local(window.end_ms).hour == 0
    assert days_of(window) == [day]


@pytest.mark.parametrize(("day", "shift"), [(SPRING, -1), (AUTUMN, 1)])
def test_hours_of_the_axis_stand_where_the_clock_says_them(day: date, shift: int) -> None:
    window = days_window(day, 1)
    places = {tick.label: tick.percent / 100 * window.length_ms for tick in hour_ticks(window)}
    assert places["0\u00a0h"] == 0
    assert places["3\u00a0h"] == pytest.approx((3 + shift) * HOUR_MS)
    assert places["21\u00a0h"] == pytest.approx((21 + shift) * HOUR_MS)


def test_a_week_over_the_change_of_time_still_has_seven_days() -> None:
    week = days_window(date(2026, 10, 28), 7)
    assert len(days_of(week)) == 7
    assert week.length_ms == (7 * 24 + 1) * HOUR_MS


@pytest.mark.parametrize(
    "text", ["", "hier", "2026-02-30", "9999-12-31", "2026-11-23", "0001-01-01"]
)
def test_a_day_outside_the_past_is_none(text: str) -> None:
    assert parse_day(text, date(2026, 11, 22)) is None


def test_the_next_period_never_lies_in_the_future() -> None:
    today = date(2026, 11, 22)
    assert Period.of(today, None, today).after is None
    assert Period.of(date(2026, 11, 21), None, today).after == today
    assert Period.of(date(2026, 11, 20), "semaine", today).after == today


def test_the_period_before_never_lies_before_the_data() -> None:
    today = date(2026, 11, 22)
    week = Period.of(date(2026, 11, 20), "semaine", today)
    assert week.before(date(2026, 11, 13)) == date(2026, 11, 13)
    assert week.before(date(2026, 11, 14)) is None
    assert week.before(None) is None
