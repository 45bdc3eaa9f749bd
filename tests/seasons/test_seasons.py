"""The short cut of `python -m tests.seasons`: one season of each law, some twenty outings."""

import pytest

from tests.seasons.laws import LAWS
from tests.seasons.season import season
from tests.seasons.table import ours, today

pytestmark = pytest.mark.slow


@pytest.mark.slow
@pytest.mark.parametrize("law", sorted(LAWS))
def test_nobody_who_was_sent_out_runs_empty_and_the_range_beats_a_fixed_one(law: str) -> None:
    played = list(season(law, seed=2, outings=22))
    we, they = ours(played), today(played)
    assert we.let_empty == 0
    assert we.sent > 0
    assert we.range_error_pct < they.range_error_pct


def test_a_season_is_the_same_for_the_same_seed() -> None:
    assert list(season("nmc-hub", 5, 2)) == list(season("nmc-hub", 5, 2))
