"""One budget for all: a promise is kept, whoever comes after."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_kiosk.gate.keeper.shares import NoShare, own_part, share, unasked_part

DAY = 1_000_000_000
PHONE = 80_000_000
SMALLEST = 2_000_000


def promised(
    day: int | None = DAY,
    phone: int | None = PHONE,
    *,
    unpromised: int | None = DAY,
    eaten: int = 0,
    most_stations: int = 10,
) -> int | None:
    return share(day, phone, unpromised=unpromised, eaten=eaten, most_stations=most_stations)


def test_without_limits_nothing_is_limited() -> None:
    assert promised(None, None, unpromised=None) is None


@given(st.integers(10**6, 10**10), st.integers(1, 2007))
def test_who_did_not_ask_has_no_more_than_the_first_who_asks(day: int, stations: int) -> None:
    assert unasked_part(day, stations) == promised(
        day, phone=day, unpromised=day, most_stations=stations
    )


def test_who_did_not_ask_is_limited_where_the_others_are() -> None:
    assert unasked_part(None, 10) is None
    assert own_part(None, None) is None
    assert own_part(None, PHONE) == own_part(DAY, PHONE) == PHONE
    assert own_part(DAY, None) == DAY // 10


def test_a_newcomer_gets_one_part_of_as_many_as_the_radio_holds_phones() -> None:
    assert promised(phone=DAY) == DAY // 10
    assert promised(phone=DAY, most_stations=19) == DAY // 19
    assert promised(phone=DAY, most_stations=300) == DAY // 50


def test_nobody_gets_more_than_one_phone_may_have_in_a_day() -> None:
    assert promised() == PHONE
    assert promised(eaten=PHONE // 4) == PHONE * 3 // 4
    assert promised(None, unpromised=None, eaten=PHONE // 4) == PHONE * 3 // 4
    assert promised(phone=None, most_stations=2) == DAY // 10


@pytest.mark.parametrize(("day", "unpromised"), [(DAY, DAY), (None, None)])
def test_a_phone_that_had_its_part_gets_no_more_today(
    day: int | None, unpromised: int | None
) -> None:
    with pytest.raises(NoShare) as refused:
        promised(day, unpromised=unpromised, eaten=PHONE - SMALLEST + 1)
    assert refused.value.own


def test_what_is_too_little_for_one_errand_is_not_promised() -> None:
    with pytest.raises(NoShare) as refused:
        promised(unpromised=10 * SMALLEST - 1)
    assert not refused.value.own


def test_what_is_too_little_is_less_where_the_whole_day_is_small() -> None:
    assert promised(20_000_000, unpromised=1_000_000) == 100_000


def test_two_gigabytes_are_enough_for_a_crowd_of_140() -> None:
    left = 2 * DAY
    for _ in range(140):
        left -= promised(2 * DAY, unpromised=left, most_stations=300) or 0
    assert left > 0


@given(st.integers(1, 10**12), st.none() | st.integers(1, 10**10), st.integers(1, 2007))
def test_however_many_come_the_promises_never_exceed_the_budget(
    day: int, phone: int | None, most_stations: int
) -> None:
    left = day
    for _ in range(300):
        try:
            got = promised(day, phone, unpromised=left, most_stations=most_stations)
        except NoShare:
            break
        assert got is not None
        assert 0 <= got <= left
        left -= got
