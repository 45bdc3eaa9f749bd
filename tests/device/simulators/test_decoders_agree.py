"""The product's decoders read the simulated instruments; neither imports the other."""

import pytest

from triporteur_device.protocols import PROTOCOLS, Discarded, Event, Fitting, Frame
from triporteur_device.protocols.modbus_maps import PHASERUNNER
from triporteur_device.simulators.devices import DEVICES
from triporteur_device.simulators.history import frames
from triporteur_device.simulators.instrument import Instrument
from triporteur_device.simulators.jbd import JbdDevice
from triporteur_device.simulators.parameters import DAY_S, MONDAY_S, Phase
from triporteur_device.simulators.trike import TrikeModel, TrikeParameters, TrikeState
from triporteur_device.simulators.vedirect import VeDirectDevice

REQUESTS = b"".join(bytes.fromhex(f"dda5{r:02x}00ff{0x100 - r:02x}77") for r in (3, 4, 5))


@pytest.fixture
def trike() -> TrikeState:
    model = TrikeModel(TrikeParameters(), 1, MONDAY_S + 9.3 * 3600)
    model.advance(30.0)
    return model.state


def heard(name: str, data: bytes) -> list[Event]:
    return PROTOCOLS[name].decoder().receive(data)


def values(name: str, data: bytes) -> dict[str, object]:
    spec = PROTOCOLS[name]
    found: dict[str, object] = {}
    for event in heard(name, data):
        assert isinstance(event, Frame)
        found.update(spec.interpret(event).values)
    return found


def sent(instrument: Instrument, trike: TrikeState, requests: bytes = b"") -> bytes:
    bursts = instrument.receive(requests, trike) + instrument.push(trike)
    return b"".join(burst.data for burst in bursts)


def test_the_board_is_read_as_it_is(trike: TrikeState) -> None:
    read = values("jbd", sent(JbdDevice(1), trike, REQUESTS))
    assert read["pack_voltage_v"] == pytest.approx(trike.pack_voltage_v, abs=0.05)
    assert read["current_a"] == pytest.approx(trike.current_a, abs=0.1)
    assert read["remaining_ah"] == pytest.approx(trike.remaining_ah, abs=0.01)
    assert read["nominal_ah"] == trike.nominal_ah
    assert read["battery_temps_c"] == pytest.approx(trike.battery_temps_c, abs=0.4)
    assert read["cells_v"] == pytest.approx(trike.cells_v, abs=0.3)
    assert (read["charge_fet"], read["discharge_fet"]) == (True, True)


def test_the_shunt_is_read_as_it_is(trike: TrikeState) -> None:
    shunt = VeDirectDevice(1)
    read = values("vedirect", sent(shunt, trike) + sent(shunt, trike))
    assert read["pack_voltage_v"] == pytest.approx(trike.pack_voltage_v, abs=0.02)
    assert read["current_a"] == pytest.approx(trike.current_a, abs=0.03)
    assert read["consumed_ah"] == pytest.approx(trike.consumed_ah, abs=0.01)


def test_an_hour_of_blocks_with_their_hex_lines_loses_none(trike: TrikeState) -> None:
    shunt = VeDirectDevice(1)
    data = b"".join(sent(shunt, trike) for _ in range(3600))
    blocks = [e for e in heard("vedirect", data) if isinstance(e, Frame) and b"Checksum" in e.raw]
    assert data.count(b":A") > 50
    assert len(blocks) == 3600


def test_a_day_of_history_is_read_without_one_byte_set_aside() -> None:
    decoders = {name: PROTOCOLS[name].decoder() for name in ("jbd", "vedirect")}
    start_s = float(MONDAY_S)
    for _, device, data in frames(TrikeParameters(), 1, start_s, start_s + DAY_S):
        events = decoders[device].receive(data)
        assert len(events) == 1
        assert not any(isinstance(event, Discarded) for event in events)


@pytest.mark.parametrize("name", ["ant_new", "ant_old", "jbd_up16s", "jk"])
def test_a_battery_board_is_read_as_it_is(name: str, trike: TrikeState) -> None:
    spec = PROTOCOLS[name].fitted(Fitting(charge_sign=-1))
    board = DEVICES[name](1)
    (frame,) = spec.decoder().receive(sent(board, trike, b"".join(spec.requests)))
    assert isinstance(frame, Frame)
    read = spec.reading(frame).values
    assert board.baud == spec.baud
    assert read["pack_voltage_v"] == pytest.approx(trike.pack_voltage_v, abs=0.06)
    assert read["current_a"] == pytest.approx(trike.current_a, abs=0.15)
    assert read["soc_pct"] == pytest.approx(100 * trike.remaining_ah / trike.nominal_ah, abs=0.51)
    assert read["nominal_ah"] == trike.nominal_ah
    assert read["cells_v"] == pytest.approx(trike.cells_v, abs=0.003)
    temps_c = read["battery_temps_c"]
    assert isinstance(temps_c, tuple)
    assert temps_c[:2] == pytest.approx(trike.battery_temps_c, abs=0.51)
    assert (read["charge_fet"], read["discharge_fet"], read["alarms"]) == (True, True, ())


def test_the_motors_controllers_are_read_as_they_are() -> None:
    model = TrikeModel(TrikeParameters(), 1, MONDAY_S)
    model.set_phase(Phase.RIDING)
    model.advance(607.0)
    trike, motor = model.state, model.state.motor
    fitting = Fitting(wheel_circumference_m=1.6, erpm_per_turn=23, registers=PHASERUNNER)
    for name in ("vesc", "modbus"):
        spec, board = PROTOCOLS[name].fitted(fitting), DEVICES[name](1)
        assert board.baud == spec.baud
        assert spec.poller
        decoder, request = spec.decoder(), spec.poller().next_request(0.0)
        assert request
        decoder.asked(request)
        (frame,) = decoder.receive(sent(board, trike, request))
        assert isinstance(frame, Frame)
        read = spec.reading(frame).values
        assert read["current_a"] == pytest.approx(-motor.input_a, abs=0.12)
        assert read["motor_current_a"] == pytest.approx(motor.phase_a, abs=0.3)
        assert read["input_voltage_v"] == pytest.approx(trike.pack_voltage_v, abs=0.2)
        assert read["speed_kmh"] == pytest.approx(trike.speed_kmh, abs=0.03)
        assert read["controller_temp_c"] == pytest.approx(motor.controller_c, abs=0.6)
        assert read["motor_temp_c"] == pytest.approx(motor.motor_c, abs=0.6)
        assert read["fault"] == "none"
        if name == "vesc":
            assert read["distance_m"] == pytest.approx(motor.distance_m, abs=0.5)
            assert read["energy_out_wh"] == pytest.approx(motor.drawn_wh, abs=0.01)
