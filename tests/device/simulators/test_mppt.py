"""The simulated charger speaks as Victron's document says, read here by plain arithmetic."""

from dataclasses import replace

import pytest

from triporteur_device.protocols import PROTOCOLS, Frame
from triporteur_device.simulators.mppt import MpptDevice
from triporteur_device.simulators.parameters import MONDAY_S
from triporteur_device.simulators.trike import TrikeModel, TrikeParameters, TrikeState

LABELS = ["PID", "FW", "SER#", "V", "I", "VPV", "PPV", "CS", "MPPT", "OR", "ERR", "LOAD", "IL"]
DAYS = ["H19", "H20", "H21", "H22", "H23", "HSDS"]


def state(hour: float) -> TrikeState:
    model = TrikeModel(TrikeParameters(), 1, MONDAY_S + hour * 3600)
    model.advance(60.0)
    return model.state


def fields(block: bytes) -> dict[str, str]:
    assert sum(block) % 256 == 0
    pairs = (line.split("\t") for line in block[:-1].decode("ascii").split("\r\n")[1:])
    return dict(pairs)


def test_at_noon_it_charges_with_all_the_sun_gives() -> None:
    trike = state(13.0)
    said = fields(MpptDevice(1).block(trike))
    assert list(said) == [*LABELS, *DAYS, "Checksum"]
    assert (said["CS"], said["MPPT"], said["OR"], said["ERR"]) == ("3", "2", "0x00000000", "0")
    given_w = int(said["I"]) / 1000 * trike.pack_voltage_v
    assert given_w == pytest.approx(0.96 * int(said["PPV"]), abs=1.0)
    assert 20 < int(said["PPV"]) <= 100


def test_at_night_it_is_off_for_want_of_sun() -> None:
    said = fields(MpptDevice(1).block(state(2.0)))
    assert (said["CS"], said["MPPT"], said["OR"]) == ("0", "0", "0x00000001")
    assert (said["PPV"], said["VPV"], said["I"], said["H20"]) == ("0", "0", "0", "0")


def test_a_full_battery_is_only_held() -> None:
    trike = state(13.0)
    full = replace(trike, cells_v=tuple(4.17 for _ in trike.cells_v))
    said = fields(MpptDevice(1).block(full))
    assert (said["CS"], said["MPPT"], said["PPV"]) == ("5", "1", "1")


def test_a_day_adds_up() -> None:
    charger = MpptDevice(1)
    morning, evening = (fields(charger.block(state(hour))) for hour in (8.0, 20.0))
    assert int(morning["H20"]) < int(evening["H20"])
    gained = int(evening["H20"]) - int(morning["H20"])
    assert int(evening["H19"]) - int(morning["H19"]) == pytest.approx(gained, abs=1)
    assert int(morning["H21"]) < int(evening["H21"])


def test_the_products_decoder_reads_it() -> None:
    trike = state(13.0)
    (burst,) = MpptDevice(1).push(trike)
    (frame,) = PROTOCOLS["vedirect"].decoder().receive(burst.data)
    assert isinstance(frame, Frame)
    said = PROTOCOLS["vedirect"].reading(frame)
    assert said.values["pack_voltage_v"] == pytest.approx(trike.pack_voltage_v, abs=0.001)
    assert said.values["panel_power_w"] == int(fields(burst.data)["PPV"])
    assert said.values["alarms"] == ()
    assert said.fields["charge_state"] == "bulk"


def test_it_is_deaf() -> None:
    assert MpptDevice(1).receive(b":154\n", state(13.0)) == []
