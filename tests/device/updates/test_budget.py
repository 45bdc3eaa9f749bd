"""What a release may cost of the month."""

from hypothesis import given
from hypothesis import strategies as st

from triporteur_device.updates.budget import over_budget
from triporteur_wire.messages import LinkUse


def use(spent: int, budget: int) -> LinkUse:
    return LinkUse("2026-11", spent // 2, spent - spent // 2, budget)


def test_half_of_what_the_month_has_left_is_for_a_release() -> None:
    assert over_budget(use(400, 1000), 300) == ""
    assert "at most half" in over_budget(use(401, 1000), 300)
    assert over_budget(use(10**9, 0), 10**9) == ""


def test_it_says_how_much_there_is_and_lacks() -> None:
    said = over_budget(use(492_000_000, 500_000_000), 5_700_000)
    assert said.startswith("5.7 MB lack, and the month has 8.0 left")
    assert "has 0.0 left" in over_budget(use(600_000_000, 500_000_000), 5_700_000)


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.integers(1, 10**6))
def test_what_began_to_come_ends_if_nothing_else_takes_the_rest(
    budget: int, lacking: int, piece: int
) -> None:
    spent = 0
    if over_budget(use(spent, budget), lacking):
        return
    for _ in range(5):
        came = min(piece, lacking)
        spent, lacking = spent + came, lacking - came
        assert over_budget(use(spent, budget), lacking) == ""
