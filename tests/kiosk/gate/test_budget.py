"""The day's budget: what is spent stays spent, through restarts, power cuts and a lost clock."""

import logging
from datetime import date
from pathlib import Path

import pytest

from triporteur_kiosk.gate.keeper.budget import UNLIMITED, Budget

DAY = 1_000_000
TODAY, TOMORROW = date(2026, 11, 22), date(2026, 11, 23)


@pytest.fixture
def card(tmp_path: Path) -> Path:
    return tmp_path / "gate" / "spent.json"


def spending(card: Path, counter: int, today: date | None = TODAY) -> Budget:
    budget = Budget(DAY, card)
    budget.turn(today)
    budget.count(counter)
    return budget


def test_what_the_kernel_counts_is_taken_from_the_day(card: Path) -> None:
    budget = spending(card, 300)
    budget.count(1_000)
    assert (budget.left, budget.total, budget.limit) == (DAY - 1_000, 1_000, DAY)


def test_a_counter_that_began_anew_is_added(card: Path) -> None:
    budget = spending(card, 1_000)
    budget.count(0)
    budget.count(50)
    assert (budget.left, budget.limit) == (DAY - 1_050, DAY - 1_000)


def test_what_was_refused_beyond_the_limit_is_not_counted(card: Path) -> None:
    budget = spending(card, DAY + 70_000)
    assert (budget.left, budget.total) == (0, DAY)
    assert budget.limit <= DAY + 70_000


def test_a_clean_end_keeps_the_exact_sum(card: Path) -> None:
    spending(card, 123_456).close()
    assert spending(card, 0).left == DAY - 123_456


@pytest.mark.parametrize("counter", [1, 9_999, 10_000, 10_001, 555_555, 999_999, DAY])
def test_a_power_cut_gives_nothing_back_and_costs_a_hundredth_at_most(
    card: Path, counter: int
) -> None:
    left = spending(card, counter).left
    again = spending(card, 0).left
    assert left is not None
    assert again is not None
    assert left - DAY // 100 <= again <= left


def test_the_card_is_written_a_hundred_times_a_day_at_most(card: Path) -> None:
    budget, written = spending(card, 0), set()
    for counter in range(0, DAY + 1, 1000):
        budget.count(counter)
        if card.exists():
            written.add(card.read_bytes())
    assert 90 <= len(written) <= 101


def test_a_new_day_is_whole(card: Path) -> None:
    budget = spending(card, 1_000)
    assert budget.turn(TOMORROW)
    assert not budget.turn(TOMORROW)
    assert (budget.left, budget.limit) == (DAY, DAY + 1_000)
    assert budget.total == 1_000


def test_until_the_time_is_known_the_last_day_goes_on(card: Path) -> None:
    spending(card, 400_000).close()
    budget = spending(card, 50_000, today=None)
    assert budget.left == DAY - 450_000


def test_what_was_spent_before_the_time_was_known_belongs_to_the_day_that_it_is(
    card: Path,
) -> None:
    spending(card, 400_000).close()
    budget = spending(card, 50_000, today=None)
    assert budget.turn(TOMORROW)
    assert budget.left == DAY - 50_000


def test_the_same_day_known_again_gives_nothing_back(card: Path) -> None:
    spending(card, 400_000).close()
    budget = spending(card, 50_000, today=None)
    assert not budget.turn(TODAY)
    assert budget.left == DAY - 450_000


def test_the_new_day_is_on_the_card_as_soon_as_it_is_spent_from(card: Path) -> None:
    budget = spending(card, 900_000)
    budget.turn(TOMORROW)
    budget.count(900_001)
    again = spending(card, 0, TOMORROW).left
    assert again == DAY - 1 - DAY // 100


def test_without_a_budget_nothing_is_limited_and_nothing_written(card: Path) -> None:
    budget = Budget(None, card)
    budget.turn(TODAY)
    budget.count(10**9)
    budget.close()
    assert (budget.left, budget.limit, budget.total) == (None, UNLIMITED, 10**9)
    assert not card.exists()


DAMAGED = [b"", b"{", b'{"bytes":-4}', b'{"bytes":"x"}', b"\xff"]


def damaged(card: Path, found: bytes = b"{") -> Path:
    card.parent.mkdir()
    card.write_bytes(found)
    return card


@pytest.mark.parametrize("found", DAMAGED)
def test_of_a_damaged_card_the_day_counts_as_spent_and_that_is_said(
    card: Path, found: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    budget = spending(damaged(card, found), 0)
    assert (budget.left, budget.limit, budget.unknown) == (0, 0, True)
    (told,) = caplog.messages
    assert "spent.json cannot be read" in told
    assert "takes the file away" in told


def test_the_day_after_a_damaged_one_is_whole(card: Path) -> None:
    budget = spending(damaged(card), 0)
    assert budget.turn(TOMORROW)
    assert (budget.left, budget.unknown) == (DAY, False)


def test_a_damaged_day_stays_spent_through_restarts_with_and_without_the_time(card: Path) -> None:
    spending(damaged(card), 0, today=None).close()
    assert spending(card, 0, today=None).left == 0
    spending(card, 0).close()
    again = spending(card, 0)
    assert again.left == 0
    assert again.turn(TOMORROW)


def test_without_a_budget_a_damaged_card_is_nothing(card: Path) -> None:
    budget = Budget(None, damaged(card))
    assert (budget.left, budget.unknown) == (None, False)


def test_a_card_that_refuses_is_said_once_and_the_budget_holds(
    card: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    budget = spending(card, 0)
    card.parent.write_text("a file where the folder should be")
    budget.count(10_000)
    budget.count(500_000)
    assert budget.left == DAY - 500_000
    card.parent.unlink()
    budget.close()
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]
