from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.device.checks.rig import read, told
from triporteur_device.checks import Checks
from triporteur_device.checks.cells import PAIRS
from triporteur_wire.messages import Reading
from triporteur_wire.quantities import Value, plausible


def board(pack_v: float, cells_v: Sequence[float]) -> dict[str, dict[str, Value]]:
    return {"bms": {"pack_voltage_v": pack_v, "cells_v": tuple(cells_v)}}


def last_gap(*seconds: dict[str, dict[str, Value]]) -> Value | None:
    return list(told(seconds))[-1].get("cells_gap_pct")


def test_cells_that_add_up_are_told_to_agree() -> None:
    assert last_gap(*[board(48.0, [4.0] * 12)] * 6) == pytest.approx(0)


def test_cells_that_add_up_to_more_or_less_are_told_by_how_much() -> None:
    assert last_gap(*[board(48.0, [4.2] * 12)] * 6) == pytest.approx(5)
    assert last_gap(*[board(48.0, [4.0] * 11 + [0.0])] * 6) == pytest.approx(-100 / 12, abs=0.01)


def test_a_load_that_comes_between_two_answers_is_no_disagreement() -> None:
    rest, sag = board(50.25, [50.25 / 13] * 13), board(50.25, [44.9 / 13] * 13)
    gaps = [values["cells_gap_pct"] for values in list(told([rest] * 6 + [sag, rest] * 5))[6:]]
    assert gaps == pytest.approx([0] * 10)


def test_nothing_is_told_before_the_gap_has_lasted() -> None:
    said = list(told([board(48.0, [4.2] * 12)] * PAIRS))
    assert said[:-1] == [{}] * (PAIRS - 1)
    assert said[-1] == {"cells_gap_pct": pytest.approx(5)}


def test_one_pair_of_readings_counts_once_however_often_it_is_looked_at() -> None:
    checks = Checks()
    for second in range(10):
        assert checks.look(read(board(48.0, [4.2] * 12), float(second)), 1000 * second) is None


def test_cells_of_another_moment_are_not_compared() -> None:
    checks = Checks()
    for second in range(1, 10):
        cells, pack = Reading((4.2,) * 12, 3.0), Reading(48.0, 0.1)
        readings = {"bms": {"cells_v": cells, "pack_voltage_v": pack}}
        assert checks.look(readings, 4000 + 1000 * second) is None


def test_the_cells_of_one_source_are_not_held_against_the_voltage_of_another() -> None:
    apart: dict[str, dict[str, Value]] = {
        "bms": {"cells_v": (4.2,) * 12},
        "shunt": {"pack_voltage_v": 48.0},
    }
    assert list(told([apart] * 8)) == [{}] * 8


def test_a_board_that_fell_silent_is_not_judged_by_what_it_said_before() -> None:
    bad = board(48.0, [4.2] * 12)
    said = list(told([bad] * 6 + [{"bms": {}}] + [bad] * 2))
    assert said[6:] == [{}, {}, {}]


def test_of_two_boards_the_one_that_disagrees_is_told() -> None:
    both = board(48.0, [4.0] * 12) | {"other": board(48.0, [3.6] * 12)["bms"]}
    assert last_gap(*[both] * 6) == pytest.approx(-10)


@given(st.floats(0, 120), st.lists(st.floats(0, 5) | st.text(max_size=2), max_size=32))
def test_whatever_a_board_says_the_gap_is_a_plausible_measure(
    pack_v: float, cells_v: list[float]
) -> None:
    for values in told([board(pack_v, cells_v)] * 6):
        assert all(plausible(name, value) for name, value in values.items())


@given(st.floats(12, 100), st.floats(-0.5, 0.5), st.integers(1, 24))
def test_a_lasting_gap_is_told_as_it_is(pack_v: float, part: float, count: int) -> None:
    cells_v = [pack_v * (1 + part) / count] * count
    assert last_gap(*[board(pack_v, cells_v)] * 6) == pytest.approx(100 * part, abs=0.01)
