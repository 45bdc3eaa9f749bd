"""Numbers and ages as a French reader expects them."""

import pytest

from triporteur_kiosk.console.french import ago
from triporteur_wire.french import duration, measure, number


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(-1234.5, 1, "−1\u202f234,5"), (-0.04, 1, "0,0"), (14.5, 0, "14"), (4.06, 1, "4,1")],
)
def test_a_number_has_a_comma_and_a_true_minus(value: float, decimals: int, text: str) -> None:
    assert number(value, decimals) == text


def test_a_measure_stays_on_one_line_with_its_unit() -> None:
    assert measure(4.1, "A", 1, signed=True) == "+4,1\u00a0A"
    assert measure(312, "") == "312"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0\u00a0s"),
        (59.9, "59\u00a0s"),
        (60, "1\u00a0min"),
        (3600, "1\u00a0h"),
        (86_400, "1\u00a0jour"),
        (172_800, "2\u00a0jours"),
    ],
)
def test_a_duration_is_told_in_its_largest_unit_rounded_down(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_what_is_younger_than_five_seconds_is_of_now() -> None:
    assert ago(4.9) == "à l’instant"
    assert ago(12.7) == "il\u00a0y\u00a0a\u00a012\u00a0s"
