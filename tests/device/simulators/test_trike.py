"""The model obeys the physics it claims, whatever the step."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triporteur_device.simulators.parameters import DAY_S, MONDAY_S
from triporteur_device.simulators.trike import Phase, TrikeModel, TrikeParameters

pytestmark = pytest.mark.slow

HOUR_S = 3600.0
COULOMBIC = 0.995


def at_hour(hour: float, parameters: TrikeParameters | None = None, seed: int = 1) -> TrikeModel:
    return TrikeModel(parameters or TrikeParameters(), seed, MONDAY_S + hour * HOUR_S)


@pytest.mark.parametrize("phase", list(Phase))
def test_the_charge_is_what_went_in_less_what_went_out(phase: Phase) -> None:
    model = at_hour(8.0)
    model.set_phase(phase)
    before = model.state.soc
    moved_ah = 0.0
    for _ in range(3600):
        model.advance(1.0)
        current_a = model.state.current_a
        moved_ah += current_a / 3600 * (COULOMBIC if current_a > 0 else 1.0)
    gained_ah = (model.state.soc - before) * TrikeParameters().capacity_ah
    assert gained_ah == pytest.approx(moved_ah, rel=0.01, abs=0.001)


def test_what_leaves_the_terminals_is_what_the_trike_draws() -> None:
    model = at_hour(9.2)
    out_wh = drawn_wh = 0.0
    for _ in range(1200):
        model.advance(1.0)
        state = model.state
        out_wh -= state.pack_voltage_v * state.current_a / 3600
        drawn_wh += state.load_w / 3600
    assert out_wh == pytest.approx(drawn_wh, rel=0.01)


def test_the_voltage_sags_at_once_then_slowly_and_recovers_the_same_way() -> None:
    model = at_hour(2.0, TrikeParameters(plugged_at_night=False))
    rest_v = model.state.pack_voltage_v
    model.set_load_w(1000.0)
    model.advance(1.0)
    sagged_v = model.state.pack_voltage_v
    model.advance(300.0)
    low_v = model.state.pack_voltage_v
    model.set_load_w(0.0)
    model.advance(1.0)
    jumped_v = model.state.pack_voltage_v
    model.advance(1800.0)
    assert rest_v - sagged_v > 1.0
    assert sagged_v - low_v > 0.5
    assert jumped_v - low_v > 1.0
    assert jumped_v < model.state.pack_voltage_v < rest_v


def test_a_ride_is_bursty_within_what_the_board_passes() -> None:
    model = at_hour(9.2)
    currents_a = []
    for _ in range(1500):
        model.advance(1.0)
        currents_a.append(-model.state.current_a)
    assert 15.0 < max(currents_a) < 30.0
    assert min(currents_a) < 0.3
    assert 3.0 < sum(currents_a) / len(currents_a) < 9.0


def test_an_outing_takes_charge_and_the_night_gives_it_back() -> None:
    model = at_hour(8.9, TrikeParameters(start_soc=0.98))
    leaves = model.state.soc
    model.advance(8.0 * HOUR_S)
    home = model.state.soc
    model.advance(15.9 * HOUR_S)
    assert 0.2 < leaves - home < 0.6
    assert model.state.soc > 0.95
    assert model.state.phase is Phase.PARKED


def test_a_charge_is_constant_current_then_tapers_to_nothing() -> None:
    model = at_hour(0.0, TrikeParameters(start_soc=0.8))
    currents_a = []
    for _ in range(180):
        model.advance(60.0)
        currents_a.append(model.state.current_a)
    taper = [a for a in currents_a if 0.6 < a < 3.9]
    assert currents_a[10] == pytest.approx(4.1, abs=0.1)
    assert taper == sorted(taper, reverse=True)
    assert len(taper) > 10
    assert currents_a[-1] < 0.0


def test_at_the_end_of_charge_both_instruments_say_full() -> None:
    model = at_hour(0.0, TrikeParameters(start_soc=0.8))
    while model.state.shunt.full_charges == TrikeParameters().start_cycles:
        model.advance(60.0)
    state = model.state
    assert state.remaining_ah == state.nominal_ah
    assert state.consumed_ah == pytest.approx(0.0, abs=0.01)
    assert state.shunt.since_full_s <= 60.0


def test_a_board_that_misses_small_currents_believes_in_more_charge_than_there_is() -> None:
    model = at_hour(17.0, TrikeParameters(plugged_at_night=False, health=1.0, start_soc=0.9))
    model.advance(15 * HOUR_S)
    state = model.state
    assert state.remaining_ah == pytest.approx(0.9 * state.nominal_ah)
    assert state.soc < 0.87
    assert 1.0 + state.consumed_ah / state.nominal_ah == pytest.approx(state.soc, abs=0.001)


def test_an_empty_pack_cuts_off_and_only_the_charger_revives_it() -> None:
    model = at_hour(10.0, TrikeParameters(start_soc=0.03))
    model.set_load_w(500.0)
    model.advance(HOUR_S)
    dead = model.state
    model.set_phase(Phase.CHARGING)
    model.set_load_w(None)
    model.advance(4 * HOUR_S)
    assert (dead.discharge_fet, dead.alarms, dead.current_a) == (False, 0b10, 0.0)
    assert (dead.load_w, dead.speed_kmh) == (0.0, 0.0)
    assert (model.state.discharge_fet, model.state.alarms) == (True, 0)


def test_a_frozen_pack_is_not_charged() -> None:
    model = at_hour(0.0, TrikeParameters(ambient_mean_c=-8.0))
    model.advance(HOUR_S)
    state = model.state
    assert (state.charge_fet, state.alarms) == (False, 1 << 5)
    assert state.current_a < 0.0


def test_the_temperature_moves_and_stays_in_bounds() -> None:
    model = at_hour(0.0)
    temps_c: list[float] = []
    for _ in range(7 * 24):
        model.advance(HOUR_S)
        temps_c.extend(model.state.battery_temps_c)
    assert max(temps_c) - min(temps_c) > 4.0
    assert all(0.0 < t < 35.0 for t in temps_c)


def test_working_hard_warms_the_pack() -> None:
    idle, busy = at_hour(10.0), at_hour(10.0)
    busy.set_load_w(800.0)
    idle.advance(1200.0)
    busy.advance(1200.0)
    assert busy.state.battery_temps_c[0] > idle.state.battery_temps_c[0] + 2.0


def test_the_cells_add_up_to_the_pack_and_differ_by_a_few_millivolts_at_rest() -> None:
    state = at_hour(3.0).state
    assert sum(state.cells_v) == pytest.approx(state.pack_voltage_v)
    assert 0.003 < max(state.cells_v) - min(state.cells_v) < 0.03


def test_a_weak_cell_drifts_day_after_day() -> None:
    parameters = TrikeParameters(weak_cell=4, weak_cell_mv=40.0, weak_cell_mv_per_day=20.0)
    model = at_hour(4.0, parameters)
    model.advance(10.0 * DAY_S)
    cells_v = model.state.cells_v
    assert cells_v.index(min(cells_v)) == 4
    assert max(cells_v) - min(cells_v) == pytest.approx(0.24, abs=0.02)


def test_the_same_seed_lives_the_same_life_and_another_does_not() -> None:
    lives = [at_hour(8.0, seed=seed) for seed in (7, 7, 8)]
    for life in lives:
        for _ in range(200):
            life.advance(60.0)
    assert lives[0].state == lives[1].state
    assert lives[0].state != lives[2].state


@settings(max_examples=25)
@given(
    hour=st.floats(0.0, 23.9),
    steps=st.lists(st.sampled_from([0.1, 1.0, 7.3, 60.0, 300.0]), min_size=1, max_size=120),
)
def test_the_step_changes_nothing_that_matters(hour: float, steps: list[float]) -> None:
    stepped, leapt = at_hour(hour), at_hour(hour)
    for step_s in steps:
        stepped.advance(step_s)
    leapt.advance(sum(steps))
    one, other = stepped.state, leapt.state
    assert one.phase is other.phase
    assert one.soc == pytest.approx(other.soc, abs=0.001)
    assert one.remaining_ah == pytest.approx(other.remaining_ah, abs=0.05)
    assert one.pack_voltage_v == pytest.approx(other.pack_voltage_v, abs=0.2)
    assert one.battery_temps_c == pytest.approx(other.battery_temps_c, abs=0.3)


@settings(max_examples=25)
@given(
    ambient_c=st.floats(-15.0, 40.0),
    nominal_ah=st.floats(8.0, 60.0),
    health=st.floats(0.5, 1.0),
    load_w=st.none() | st.floats(0.0, 1500.0),
    step_s=st.floats(20.0, 300.0),
)
def test_any_trike_stays_a_trike(
    ambient_c: float, nominal_ah: float, health: float, load_w: float | None, step_s: float
) -> None:
    parameters = TrikeParameters(nominal_ah=nominal_ah, health=health, ambient_mean_c=ambient_c)
    model = at_hour(7.0, parameters)
    model.set_load_w(load_w)
    for _ in range(150):
        model.advance(step_s)
        state = model.state
        assert 0.0 <= state.soc <= 1.0
        assert 0.0 <= state.remaining_ah <= nominal_ah
        assert all(2.0 < cell_v < 4.3 for cell_v in state.cells_v)
        assert -60.0 < state.current_a <= parameters.charger_a


def test_a_trike_does_not_live_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        at_hour(3.0).advance(-1.0)


def test_the_clock_of_the_day_turns_at_midnight() -> None:
    model = at_hour(23.5)
    model.advance(HOUR_S)
    assert model.state.time_of_day_s == pytest.approx(HOUR_S / 2)


def test_health_takes_capacity_away() -> None:
    whole, worn = TrikeParameters(health=1.0), TrikeParameters(health=0.6)
    models = [at_hour(9.0, replace(p, start_soc=0.9)) for p in (whole, worn)]
    for model in models:
        model.advance(4 * HOUR_S)
    assert models[1].state.soc < models[0].state.soc - 0.05
