"""The simulated motor is driven by the trike, and by nothing else."""

import pytest

from triporteur_device.simulators.motor import ERPM_PER_TURN, Motor, MotorState
from triporteur_device.simulators.parameters import MONDAY_S, Phase
from triporteur_device.simulators.trike import TrikeModel, TrikeParameters
from triporteur_device.simulators.wheel import WHEEL_M


@pytest.fixture
def riding() -> TrikeModel:
    model = TrikeModel(TrikeParameters(), 1, MONDAY_S)
    model.set_phase(Phase.RIDING)
    return model


def lived(model: TrikeModel, seconds: float) -> MotorState:
    model.advance(seconds)
    return model.state.motor


def test_on_the_road_the_motor_draws_what_the_trike_draws_but_for_its_standby(
    riding: TrikeModel,
) -> None:
    riding.set_load_w(400.0)
    riding.advance(5.0)
    state = riding.state
    drawn_w = state.motor.input_a * state.pack_voltage_v
    assert drawn_w == pytest.approx(400.0 - TrikeParameters().standby_w)
    assert state.motor.phase_a > state.motor.input_a


def test_distance_energy_and_heat_add_up_over_a_ride(riding: TrikeModel) -> None:
    before = lived(riding, 1.0)
    after = lived(riding, 1800.0)
    km = (after.distance_m - before.distance_m) / 1000
    assert 3.0 < km < 9.0
    assert 10.0 < (after.drawn_wh - before.drawn_wh) / km < 35.0
    assert 40.0 < after.drawn_wh / after.drawn_ah < 55.0
    assert after.motor_c > before.motor_c + 2.0
    assert after.controller_c > before.controller_c + 2.0


def test_the_motor_turns_with_the_wheel(riding: TrikeModel) -> None:
    moving = next(m for m in (lived(riding, 7.0) for _ in range(50)) if m.speed_kmh > 0.0)
    assert moving.turns_per_min * WHEEL_M * 60 / 1000 == pytest.approx(moving.speed_kmh)
    assert moving.erpm == moving.turns_per_min * ERPM_PER_TURN
    assert 0.0 < moving.duty < 1.0


def test_at_the_depot_the_motor_rests_and_cools(riding: TrikeModel) -> None:
    warm = lived(riding, 1800.0)
    riding.set_phase(Phase.PARKED)
    cold = lived(riding, 4 * 3600.0)
    assert (cold.input_a, cold.phase_a, cold.erpm, cold.duty) == (0.0, 0.0, 0.0, 0.0)
    assert cold.distance_m == warm.distance_m
    assert cold.motor_c == pytest.approx(riding.state.ambient_c, abs=0.5)


def test_a_motor_that_stands_still_under_load_draws_no_endless_current() -> None:
    assert Motor(20.0).state(900.0, 0.0, 48.0).phase_a <= 60.0
