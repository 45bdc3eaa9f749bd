"""One budget for all: a promise is kept, whoever comes after."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_kiosk.gate.keeper.shares import NoShare, share

DAY = 1_000_000_000
PHONE = 40_000_000
SMALLEST = 2_000_000


def test_without_limits_nothing_is_limited() -> None:
    assert share(None, None, unpromised=None, eaten=0) is None


def test_the_first_phone_gets_its_part_and_leaves_the_rest() -> None:
    assert share(DAY, PHONE, unpromised=DAY, eaten=0) == PHONE
    assert share(DAY, None, unpromised=DAY, eaten=0) == DAY // 10


def test_without_a_budget_a_phone_has_its_part_of_the_day() -> None:
    assert share(None, PHONE, unpromised=None, eaten=PHONE // 4) == PHONE * 3 // 4


@pytest.mark.parametrize(("day", "unpromised"), [(DAY, DAY), (None, None)])
def test_a_phone_that_had_its_part_gets_no_more_today(
    day: int | None, unpromised: int | None
) -> None:
    with pytest.raises(NoShare) as refused:
        share(day, PHONE, unpromised=unpromised, eaten=PHONE - SMALLEST + 1)
    assert refused.value.own


def test_what_is_too_little_for_one_errand_is_not_promised() -> None:
    with pytest.raises(NoShare) as refused:
        share(DAY, PHONE, unpromised=10 * SMALLEST - 1, eaten=0)
    assert not refused.value.own


def test_what_is_too_little_is_less_where_the_whole_day_is_small() -> None:
    assert share(20_000_000, None, unpromised=1_000_000, eaten=0) == 100_000


def test_a_small_budget_is_divided_too() -> None:
    assert share(10_000_000, None, unpromised=10_000_000, eaten=0) == 1_000_000


@given(st.integers(1, 10**12), st.none() | st.integers(1, 10**10))
def test_however_many_come_the_promises_never_exceed_the_budget(
    day: int, phone: int | None
) -> None:
    promised = 0
    for _ in range(300):
        try:
            got = share(day, phone, unpromised=day - promised, eaten=0)
        except NoShare:
            break
        assert got is not None
        assert got >= 0
        promised += got
    assert promised <= day
