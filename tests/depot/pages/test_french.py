import pytest

from triporteur_depot.pages.days import instant_ms, local
from triporteur_depot.pages.french import ago, clock, long_date, short_date, short_weekday
from triporteur_wire.french import ABSENT, duration, measure, number, plural

NOON_MS = 1_795_345_200_000


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "text"),
    [
        (1204318, 0, False, "1\u202f204\u202f318"),
        (52.14, 1, False, "52,1"),
        (-4.25, 1, True, "−4,2"),
        (4.2, 1, True, "+4,2"),
        (-0.04, 1, True, "0,0"),
        (-0.4, 0, False, "0"),
        (0.0, 1, True, "0,0"),
    ],
)
def test_numbers_have_a_decimal_comma_and_narrow_thousands(
    value: float, decimals: int, signed: bool, text: str
) -> None:
    assert number(value, decimals, signed=signed) == text


def test_a_measure_that_is_missing_is_a_dash() -> None:
    assert measure(None, "V") == ABSENT
    assert measure(82.4, "%") == "82\u00a0%"


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 jour"), (1, "1 jour"), (2, "2 jours"), (1200, "1\u202f200 jours")]
)
def test_zero_is_singular(count: int, text: str) -> None:
    assert plural(count, "jour", "jours").replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (86_399, "23 h"),
        (86_400, "1 jour"),
        (3.5 * 86_400, "3 jours"),
    ],
)
def test_a_duration_has_one_unit(seconds: float, text: str) -> None:
    assert duration(seconds).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("seconds_ago", "text"),
    [
        (-5, "à l’instant"),
        (0.4, "à l’instant"),
        (8, "il y a 8 s"),
        (120, "il y a 2 min"),
        (3 * 3600, "à 9 h"),
        (3 * 3600 - 300, "à 9 h 05"),
        (18 * 3600, "hier 18 h"),
        (3 * 86_400, "le 19 nov."),
        (400 * 86_400, "le 18 oct. 2025"),
    ],
)
def test_ages_are_told_as_people_do(seconds_ago: float, text: str) -> None:
    assert ago(NOON_MS - round(seconds_ago * 1000), NOON_MS).replace("\u00a0", " ") == text


def test_dates_and_hours_are_in_words() -> None:
    day = local(NOON_MS).date()
    assert short_weekday(day).replace("\u00a0", " ") == "dim. 22"
    assert long_date(day).replace("\u00a0", " ") == "dimanche 22 novembre"
    assert short_date(day.replace(day=1)).replace("\u00a0", " ") == "1er nov."
    assert clock(instant_ms(day, 18)).replace("\u00a0", " ") == "18 h"
