"""The simulated A5 board speaks as the vendor's document says, read here by its offsets."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_device.protocols import PROTOCOLS, Discarded, Frame
from triporteur_device.simulators.daly_a5 import DalyA5Device
from triporteur_device.simulators.parameters import MONDAY_S, Phase
from triporteur_device.simulators.trike import TrikeModel, TrikeParameters, TrikeState

SET_CHARGE_FULL = bytes.fromhex("a5402108180b0a0a0a0a03e84b")


def state() -> TrikeState:
    model = TrikeModel(TrikeParameters(), 1, MONDAY_S + 9.3 * 3600)
    model.advance(30.0)
    return model.state


def question(command: int, asker: int = 0x40) -> bytes:
    head = bytes((0xA5, asker, command, 8)) + bytes(8)
    return head + bytes((sum(head) % 256,))


def answered(board: DalyA5Device, data: bytes, trike: TrikeState) -> bytes:
    return b"".join(burst.data for burst in board.receive(data, trike))


def contents(heard: bytes, command: int) -> list[bytes]:
    frames = [heard[i : i + 13] for i in range(0, len(heard), 13)]
    for frame in frames:
        assert frame[:4] == bytes((0xA5, 0x01, command, 8))
        assert sum(frame[:12]) % 256 == frame[12]
    return [frame[4:12] for frame in frames]


def asked(command: int, trike: TrikeState, asker: int = 0x40) -> list[bytes]:
    return contents(answered(DalyA5Device(1), question(command, asker), trike), command)


def test_the_pack_is_told_with_discharge_above_thirty_thousand() -> None:
    trike = replace(state(), current_a=-7.44)
    (data,) = asked(0x90, trike)
    voltage, gathered, current, soc = (int.from_bytes(data[i : i + 2], "big") for i in (0, 2, 4, 6))
    assert voltage / 10 == pytest.approx(trike.pack_voltage_v, abs=0.051)
    assert (gathered, current) == (0, 30074)
    assert soc / 10 == pytest.approx(100 * trike.remaining_ah / trike.nominal_ah, abs=0.051)
    charging = asked(0x90, replace(trike, current_a=4.2))[0]
    assert int.from_bytes(charging[4:6], "big") == 29958


def test_switches_and_remaining_charge() -> None:
    trike = replace(state(), current_a=-7.0, charge_fet=False, remaining_ah=18.25)
    (data,) = asked(0x93, trike)
    assert data[:3] == b"\x02\x00\x01"
    assert int.from_bytes(data[4:8], "big") == 18_250


def test_thirteen_cells_come_in_five_frames_whose_last_keeps_what_was_there() -> None:
    trike = state()
    frames = asked(0x95, trike)
    assert [frame[0] for frame in frames] == [1, 2, 3, 4, 5]
    millivolts = [int.from_bytes(frame[i : i + 2], "big") for frame in frames for i in (1, 3, 5)]
    assert [mv / 1000 for mv in millivolts[:13]] == pytest.approx(trike.cells_v, abs=0.003)
    assert millivolts[13:] == millivolts[10:12]


def test_two_sensors_are_told_and_the_others_are_zero() -> None:
    trike = replace(state(), battery_temps_c=(-7.0, 21.4))
    (data,) = asked(0x96, trike)
    assert data == bytes((1, 33, 61, 0, 0, 0, 0, 0))


def test_counts_and_the_charger() -> None:
    riding = asked(0x94, replace(state(), phase=Phase.RIDING, cycles=0x0123))[0]
    plugged = asked(0x94, replace(state(), phase=Phase.CHARGING))[0]
    assert (riding[:4], riding[5:7]) == (b"\x0d\x02\x00\x00", b"\x01\x23")
    assert plugged[2] == 1


def test_a_bluetooth_module_is_told_of_cells_and_sensors_that_are_not_there() -> None:
    trike = state()
    cells = asked(0x95, trike, asker=0x80)
    assert len(cells) == 16
    assert cells[-1][1:7] == bytes(6)
    assert len(asked(0x96, trike, asker=0x80)) == 3


def test_what_an_answer_does_not_use_holds_the_answer_before() -> None:
    board, trike = DalyA5Device(1), state()
    pack = contents(answered(board, question(0x90), trike), 0x90)[0]
    extremes = contents(answered(board, question(0x91), trike), 0x91)[0]
    assert extremes[6:] == pack[6:]


def test_an_alarm_is_told_at_its_second_level() -> None:
    (data,) = asked(0x98, replace(state(), alarms=1 << 1 | 1 << 5))
    assert data == bytes((0b1000, 0b1000, 0, 0, 0, 0, 0, 0))


@pytest.mark.parametrize(
    "request_hex",
    [
        "a5400800000000000000000000",
        "a540900800000000000000007e",
        "a5019008000000000000000052",
        SET_CHARGE_FULL.hex(),
        "a540d90801000000000000000087",
    ],
)
def test_it_keeps_silent_on_anything_else(request_hex: str) -> None:
    assert DalyA5Device(1).receive(bytes.fromhex(request_hex), state()) == []


@given(st.binary(max_size=60), st.integers(1, 7))
def test_noise_before_a_question_never_deafens_it(noise: bytes, cut: int) -> None:
    board, trike = DalyA5Device(1), state()
    data = noise + question(0x94)
    heard = b"".join(answered(board, data[i : i + cut], trike) for i in range(0, len(data), cut))
    assert contents(heard[-13:], 0x94)[0][0] == 13


def test_it_thinks_before_it_answers_and_never_speaks_unasked() -> None:
    board, trike = DalyA5Device(1), state()
    pauses = [board.receive(question(0x90), trike)[0].after_s for _ in range(50)]
    assert min(pauses) >= 0.05
    assert max(pauses) <= 0.08
    assert board.push_every_s is None
    assert board.push(trike) == []


@pytest.mark.parametrize("asker", [0x40, 0x80])
def test_the_product_reads_it_as_it_is(asker: int) -> None:
    trike, spec, board = state(), PROTOCOLS["daly_a5"], DalyA5Device(1)
    commands = (0x94, 0x90, 0x91, 0x92, 0x93, 0x95, 0x96, 0x97, 0x98, 0x50)
    stream = b"".join(answered(board, question(command, asker), trike) for command in commands)
    events = spec.decoder().receive(stream)
    assert not any(isinstance(event, Discarded) for event in events)
    read: dict[str, object] = {}
    for event in events:
        if isinstance(event, Frame):
            read.update(spec.reading(event).values)
    assert read.pop("cells_v") == pytest.approx(trike.cells_v, abs=0.003)
    assert read.pop("battery_temps_c") == pytest.approx(trike.battery_temps_c, abs=0.51)
    assert read.pop("current_a") == pytest.approx(trike.current_a, abs=0.31)
    assert read.pop("pack_voltage_v") == pytest.approx(trike.pack_voltage_v, abs=0.051)
    soc = 100 * trike.remaining_ah / trike.nominal_ah
    assert read.pop("soc_pct") == pytest.approx(soc, abs=0.051)
    assert read.pop("remaining_ah") == pytest.approx(trike.remaining_ah, abs=0.001)
    assert read.pop("max_cell_v") == pytest.approx(max(trike.cells_v), abs=0.003)
    assert read.pop("min_cell_v") == pytest.approx(min(trike.cells_v), abs=0.003)
    assert read == {
        "nominal_ah": 30.0,
        "cycles": trike.cycles,
        "charge_fet": True,
        "discharge_fet": True,
        "alarms": (),
    }
