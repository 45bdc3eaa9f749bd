"""The words a running simulator obeys."""

import pytest

from triporteur_device.simulators.faults import LineFault, TrikeFault
from triporteur_device.simulators.parameters import MONDAY_S
from triporteur_device.simulators.trike import Phase, TrikeModel, TrikeParameters
from triporteur_device.simulators.words import Switches, obey, switch


@pytest.fixture
def model() -> TrikeModel:
    return TrikeModel(TrikeParameters(), 1, MONDAY_S)


def test_a_load_is_drawn_and_given_back(model: TrikeModel) -> None:
    assert "400 W" in obey("load 400", model, {})
    assert model.state.load_w == 400.0
    obey("load auto", model, {})
    assert model.state.load_w == TrikeParameters().standby_w


@pytest.mark.parametrize("phase", list(Phase))
def test_a_phase_is_held_and_given_back(model: TrikeModel, phase: Phase) -> None:
    assert phase in obey(f"phase {phase}", model, {})
    assert model.state.phase is phase
    obey("phase auto", model, {})
    assert model.state.phase is Phase.CHARGING


@pytest.mark.parametrize(
    "line",
    ["", "jump", "load", "load heavy", "load -5", "load 1501", "phase lunch", "load 1 2", "fault"],
)
def test_other_words_change_nothing_and_are_told_the_known_ones(
    model: TrikeModel, line: str
) -> None:
    before = model.state
    reply = obey(line, model, {})
    assert "load 0 to 1500" in reply
    assert "phase charging|riding|on_site|parked|auto" in reply
    assert "quit" in reply
    assert model.state == before


@pytest.mark.parametrize("fault", list(LineFault))
def test_a_fault_of_one_device_is_switched_on_and_off(model: TrikeModel, fault: LineFault) -> None:
    switches: Switches = {"jbd": set(), "vedirect": set()}
    told = obey(f"fault jbd {fault} on", model, switches)
    assert told == f"jbd: {fault} until you say: fault jbd {fault} off"
    assert switches == {"jbd": {fault}, "vedirect": set()}
    assert obey(f"fault jbd {fault} off", model, switches) == f"jbd: no {fault}"
    assert switches["jbd"] == set()
    obey(f"fault jbd {fault} off", model, switches)


@pytest.mark.parametrize("fault", list(TrikeFault))
def test_a_fault_of_the_trike_begins_and_ends(model: TrikeModel, fault: TrikeFault) -> None:
    model.set_phase(Phase.RIDING)
    model.advance(60.0)
    before = model.state
    obey(f"fault trike {fault} on", model, {})
    model.advance(1.0)
    suffering = model.state
    obey(f"fault trike {fault} off", model, {})
    model.advance(1.0)
    assert suffering.cells_v != before.cells_v
    assert suffering.cells_v != model.state.cells_v


@pytest.mark.parametrize(
    "line",
    [
        "fault jk noise on",
        "fault jbd frost on",
        "fault jbd noise",
        "fault jbd noise maybe",
        "fault trike noise on",
        "fault jbd cold on",
    ],
)
def test_a_fault_that_is_none_is_told_the_known_ones(model: TrikeModel, line: str) -> None:
    switches: Switches = {"jbd": set()}
    reply = obey(line, model, switches)
    assert "fault jbd noise|dropout|sleep|echo|frozen on|off" in reply
    assert "fault trike drift|cold|overcurrent on|off" in reply
    assert switches == {"jbd": set()}


def test_a_fault_of_nobody_is_refused_from_the_start(model: TrikeModel) -> None:
    with pytest.raises(ValueError, match="no fault 'noise' of 'jk'; the faults are: jbd=noise"):
        switch("jk", "noise", model, {"jbd": set()}, on=True)
