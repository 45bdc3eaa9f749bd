"""Whatever is switched on, the real source gives no value that the device did not say."""

from collections.abc import Iterable, Mapping
from functools import cache

import pytest

from tests.device.simulators.truth import falsehoods
from tests.device.simulators.wire import State, Wire, listen
from triporteur_device.live import Observation
from triporteur_device.simulators.devices import DEVICES
from triporteur_device.simulators.faults import Faulty, LineFault, TrikeFault, afflict
from triporteur_device.simulators.pack import (
    CHARGE_UNDERTEMPERATURE,
    DISCHARGE_OVERCURRENT,
)
from triporteur_device.simulators.parameters import MONDAY_S, Phase
from triporteur_device.simulators.trike import TrikeModel, TrikeParameters
from triporteur_device.source import Source
from triporteur_wire.quantities import Value

pytestmark = pytest.mark.slow

SEED = 1
SECONDS = 60.0
SPOILING = (LineFault.NOISE, LineFault.DROPOUT)
each_device = pytest.mark.parametrize("device", DEVICES)


def protocol_of(device: str) -> str:
    return device.partition("-")[0]


def trike(phase: Phase) -> TrikeModel:
    model = TrikeModel(TrikeParameters(), SEED, MONDAY_S + 10 * 3600.0)
    model.set_phase(phase)
    model.advance(20.0)
    return model


@pytest.fixture(scope="module")
def riding() -> State:
    state = trike(Phase.RIDING).state
    return lambda now_s: state


def heard(
    device: str, faults: Iterable[LineFault], state: State, seconds: float = SECONDS
) -> tuple[Source, list[Observation], Wire]:
    faulty = Faulty(DEVICES[device](SEED), SEED, set(faults))
    wire = Wire(faulty, state, seconds)
    source, seen = listen(protocol_of(device), wire)
    return source, seen, wire


@cache
def sound(device: str) -> tuple[Source, list[Observation]]:
    """What it says on the ride when nothing is wrong."""
    state = trike(Phase.RIDING).state
    source, seen, _ = heard(device, [], lambda now_s: state)
    return source, seen


@each_device
def test_without_a_fault_nearly_all_is_read(device: str) -> None:
    source, seen = sound(device)
    health = source.health()
    assert seen
    assert health.missed_polls == 0
    # A Bafang motor lets a question pass now and then.
    assert health.refused < health.frames / 20


@each_device
@pytest.mark.parametrize("fault", SPOILING)
def test_a_spoilt_line_costs_values_and_gives_no_false_one(
    device: str, fault: LineFault, riding: State
) -> None:
    _, clean = sound(device)
    source, seen, _ = heard(device, [fault], riding)
    health = source.health()
    assert 0 < len(seen) < len(clean) * 1.2
    assert sum(health.discarded.values()) > 0
    assert health.frames > 0
    assert falsehoods(seen, clean) == []


@each_device
def test_a_device_asleep_is_silent_and_nothing_is_made_up(device: str, riding: State) -> None:
    source, seen, wire = heard(device, [LineFault.SLEEP], riding)
    health = source.health()
    assert seen == []
    assert (health.frames, health.discarded, wire.sent) == (0, {}, 0)
    assert (health.missed_polls > 0) == (DEVICES[device](SEED).push_every_s is None)


@each_device
def test_an_echo_is_set_aside_and_the_answer_read(device: str, riding: State) -> None:
    _, clean = sound(device)
    source, seen, wire = heard(device, [LineFault.ECHO], riding)
    assert falsehoods(seen, clean) == []
    assert len(seen) == len(clean)
    assert source.health().discarded.get("echo", 0) == wire.asked


def test_an_echo_of_a_sleeping_device_is_no_answer(riding: State) -> None:
    source, seen, wire = heard("jbd", [LineFault.ECHO, LineFault.SLEEP], riding)
    assert seen == []
    assert source.health().discarded == {"echo": wire.asked}


@each_device
def test_a_frozen_device_repeats_what_was_true_when_it_froze(device: str) -> None:
    before, after = trike(Phase.RIDING).state, trike(Phase.CHARGING).state
    _, of_before = sound(device)
    _, seen, _ = heard(device, [LineFault.FROZEN], lambda now_s: before if now_s < 5.0 else after)
    assert falsehoods(seen, of_before) == []


def test_a_device_that_thaws_tells_the_present_again() -> None:
    before, after = trike(Phase.RIDING).state, trike(Phase.CHARGING).state
    active = {LineFault.FROZEN}
    faulty = Faulty(DEVICES["vedirect"](SEED), SEED, active)
    frozen = faulty.push(before)
    faulty.push(after)
    active.clear()
    assert voltage(faulty.push(after)[0].data) == pytest.approx(after.pack_voltage_v, abs=0.02)
    assert voltage(frozen[0].data) == pytest.approx(before.pack_voltage_v, abs=0.02)


def voltage(block: bytes) -> float:
    return int(block.split(b"\r\nV\t")[1].split(b"\r\n")[0]) / 1000


def test_a_cell_drifts_and_comes_back() -> None:
    model = trike(Phase.PARKED)
    afflict(model, TrikeFault.DRIFT, on=True)
    cells_v = sorted(model.state.cells_v)
    assert cells_v[1] - cells_v[0] == pytest.approx(0.25, abs=0.03)
    model.advance(3600.0)
    assert min(model.state.cells_v) < sorted(model.state.cells_v)[1] - 0.2
    afflict(model, TrikeFault.DRIFT, on=False)
    assert max(model.state.cells_v) - min(model.state.cells_v) < 0.03


def test_a_trike_out_in_the_cold_may_not_be_charged() -> None:
    model = trike(Phase.CHARGING)
    afflict(model, TrikeFault.COLD, on=True)
    model.advance(60.0)
    cold = model.state
    afflict(model, TrikeFault.COLD, on=False)
    model.advance(60.0)
    assert max(cold.battery_temps_c) < -7.0
    assert (cold.alarms, cold.charge_fet) == (CHARGE_UNDERTEMPERATURE, False)
    assert min(model.state.battery_temps_c) > 0.0
    assert (model.state.alarms, model.state.charge_fet) == (0, True)


def test_too_much_current_opens_the_board_until_less_is_asked() -> None:
    model = trike(Phase.RIDING)
    afflict(model, TrikeFault.OVERCURRENT, on=True)
    model.advance(1.0)
    tripped = model.state
    model.advance(10.0)
    opened = model.state
    afflict(model, TrikeFault.OVERCURRENT, on=False)
    model.advance(10.0)
    assert (tripped.alarms, tripped.discharge_fet) == (DISCHARGE_OVERCURRENT, False)
    assert (opened.alarms, opened.current_a) == (DISCHARGE_OVERCURRENT, 0.0)
    assert (model.state.alarms, model.state.discharge_fet) == (0, True)


def test_the_strongest_load_that_may_be_typed_is_no_overcurrent() -> None:
    model = trike(Phase.RIDING)
    model.set_load_w(1500.0)
    model.advance(60.0)
    assert model.state.discharge_fet


def test_the_board_says_the_trikes_faults_in_its_own_words() -> None:
    model = trike(Phase.RIDING)
    afflict(model, TrikeFault.OVERCURRENT, on=True)
    model.advance(1.0)
    state = model.state
    _, seen, _ = heard("jbd", [], lambda now_s: state, 3.0)
    said: Mapping[str, Value] = {k: v for one in seen for k, v in one.values.items()}
    assert said["alarms"] == ("discharge_overcurrent",)
    assert said["discharge_fet"] is False
