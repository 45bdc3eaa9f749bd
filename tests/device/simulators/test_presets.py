"""Each preset is in its situation at whatever hour of whatever day one looks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triporteur_device.simulators.parameters import DAY_S, Phase
from triporteur_device.simulators.presets import PRESETS, aged_model, past_start_s
from triporteur_device.simulators.trike import TrikeState

#: Thirty days of a trike for every example.
pytestmark = pytest.mark.slow

SOME_DAY_S = 20_400 * DAY_S


def state(name: str, local_s: float) -> TrikeState:
    return aged_model(PRESETS[name].at(local_s), 1, local_s).state


@settings(max_examples=3)
@given(st.integers(0, 7 * 24))
def test_one_is_charging_well(hour: int) -> None:
    trike = state("charging", SOME_DAY_S + hour * 3600)
    assert trike.phase is Phase.CHARGING
    assert trike.current_a > 3.5
    assert 0.6 < trike.soc < 0.95


@settings(max_examples=3)
@given(st.integers(0, 7 * 24))
def test_one_was_forgotten(hour: int) -> None:
    trike = state("forgotten", SOME_DAY_S + hour * 3600)
    assert trike.phase is Phase.PARKED
    assert 0.4 < trike.soc < 0.6


@settings(max_examples=3)
@given(st.integers(0, 7 * 24))
def test_one_has_a_cell_240_mv_low_at_rest(hour: int) -> None:
    trike = state("drifting", SOME_DAY_S + hour * 3600)
    assert trike.phase is Phase.PARKED
    assert abs(trike.current_a) < 0.3
    assert max(trike.cells_v) - min(trike.cells_v) == pytest.approx(0.24, abs=0.02)


@settings(max_examples=3)
@given(st.integers(0, 7 * 24))
def test_one_is_on_site_with_a_small_pack(hour: int) -> None:
    trike = state("on_site", SOME_DAY_S + hour * 3600)
    assert trike.phase is Phase.ON_SITE
    assert trike.nominal_ah == 20.0
    assert 0.6 < trike.soc < 0.9


def test_the_forgotten_one_is_still_unplugged_the_next_evening() -> None:
    model = aged_model(PRESETS["forgotten"].at(SOME_DAY_S), 1, SOME_DAY_S)
    phases = set()
    for _ in range(48):
        model.advance(3600.0)
        phases.add(model.state.phase)
    assert Phase.CHARGING not in phases


def test_the_past_begins_at_a_midnight_thirty_days_ago() -> None:
    assert past_start_s(SOME_DAY_S + 50_000) == SOME_DAY_S - 30 * DAY_S


@pytest.mark.parametrize("name", list(PRESETS))
def test_a_name_finds_the_preset_that_bears_it(name: str) -> None:
    assert PRESETS[name].name == name
