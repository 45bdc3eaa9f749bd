"""When the evening before an outing is."""

from datetime import datetime

import pytest

from triporteur_wire.local_time import PARIS, is_evening_before


def at(month: int, day: int, hour: int, minute: int = 0) -> int:
    return round(datetime(2026, month, day, hour, minute, tzinfo=PARIS).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "is_evening"),
    [
        (at(11, 22, 17, 59), False),
        (at(11, 22, 18), True),
        (at(11, 23, 8, 59), True),
        (at(11, 23, 9), False),
        (at(11, 21, 20), False),
    ],
)
def test_it_is_from_six_on_the_day_before_until_the_departure(now: int, is_evening: bool) -> None:
    assert is_evening_before(now, at(11, 23, 9)) is is_evening


def test_it_begins_at_six_by_the_wall_where_the_night_has_an_hour_more_or_less() -> None:
    assert is_evening_before(at(10, 24, 18), at(10, 25, 9))
    assert not is_evening_before(at(10, 24, 17, 59), at(10, 25, 9))
    assert is_evening_before(at(3, 28, 18), at(3, 29, 9))
    assert not is_evening_before(at(3, 28, 17, 59), at(3, 29, 9))


@pytest.mark.parametrize("departs", [2**53 - 1, 0, -(2**53)])
def test_a_departure_in_no_calendar_has_no_evening(departs: int) -> None:
    assert not is_evening_before(at(11, 22, 18), departs)
