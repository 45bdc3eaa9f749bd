"""The words a running simulator obeys."""

import pytest

from triporteur_device.simulators.parameters import MONDAY_S
from triporteur_device.simulators.trike import Phase, TrikeModel, TrikeParameters
from triporteur_device.simulators.words import obey


@pytest.fixture
def model() -> TrikeModel:
    return TrikeModel(TrikeParameters(), 1, MONDAY_S)


def test_a_load_is_drawn_and_given_back(model: TrikeModel) -> None:
    assert "400 W" in obey("load 400", model)
    assert model.state.load_w == 400.0
    obey("load auto", model)
    assert model.state.load_w == TrikeParameters().standby_w


@pytest.mark.parametrize("phase", list(Phase))
def test_a_phase_is_held_and_given_back(model: TrikeModel, phase: Phase) -> None:
    assert phase in obey(f"phase {phase}", model)
    assert model.state.phase is phase
    obey("phase auto", model)
    assert model.state.phase is Phase.CHARGING


@pytest.mark.parametrize(
    "line", ["", "jump", "load", "load heavy", "load -5", "load 1501", "phase lunch", "load 1 2"]
)
def test_other_words_change_nothing_and_are_told_the_known_ones(
    model: TrikeModel, line: str
) -> None:
    before = model.state
    reply = obey(line, model)
    assert "load 0 to 1500" in reply
    assert "phase charging|riding|on_site|parked|auto" in reply
    assert "quit" in reply
    assert model.state == before
