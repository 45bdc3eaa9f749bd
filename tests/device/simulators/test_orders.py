"""A person may hold the trike's phase and load, and give them back."""

import pytest

from triporteur_device.simulators.parameters import MONDAY_S
from triporteur_device.simulators.trike import Phase, TrikeModel, TrikeParameters

HOUR_S = 3600.0


def at_hour(hour: float, parameters: TrikeParameters | None = None) -> TrikeModel:
    return TrikeModel(parameters or TrikeParameters(), 1, MONDAY_S + hour * HOUR_S)


def test_a_held_phase_lasts_until_it_is_given_back() -> None:
    model = at_hour(3.0)
    model.set_phase(Phase.RIDING)
    model.advance(2.5 * HOUR_S)
    held = model.state.phase
    model.set_phase(None)
    assert (held, model.state.phase) == (Phase.RIDING, Phase.CHARGING)


def test_a_held_load_is_drawn_until_it_is_given_back() -> None:
    model = at_hour(17.5, TrikeParameters(plugged_at_night=False))
    model.set_load_w(400.0)
    model.advance(10.0)
    state = model.state
    model.set_load_w(None)
    model.advance(10.0)
    assert state.current_a * state.pack_voltage_v == pytest.approx(-400.0, rel=0.01)
    assert model.state.load_w == TrikeParameters().standby_w
