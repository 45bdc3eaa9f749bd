"""What is particular to ANT boards of both generations: a sign, two switches, absent probes."""

import pytest

from tests.device.protocols.recorded import recorded
from triporteur_device.protocols import (
    PROTOCOLS,
    BadPayload,
    Discarded,
    Event,
    Fault,
    Fitting,
    Frame,
    Reading,
)
from triporteur_device.protocols.crc import crc16_modbus

NEW, OLD = PROTOCOLS["ant_new"], PROTOCOLS["ant_old"]
FULL, WINTER = (entry.stream for entry in recorded("ant_new"))
CHARGED, RIDE, STILL = (entry.stream for entry in recorded("ant_old"))
generations = pytest.mark.parametrize("name", ["ant_new", "ant_old"])


def new(stream: bytes, changes: dict[int, int] | None = None) -> bytes:
    """The same frame with other bytes at some offsets, and a checksum that holds."""
    raw = bytearray(stream)
    for at, byte in (changes or {}).items():
        raw[at] = byte
    return bytes(raw[:-4]) + crc16_modbus(bytes(raw[1:-4])).to_bytes(2, "little") + b"\xaa\x55"


def old(stream: bytes, changes: dict[int, int]) -> bytes:
    raw = bytearray(stream)
    for at, byte in changes.items():
        raw[at] = byte
    return bytes(raw[:-2]) + (sum(raw[4:-2]) & 0xFFFF).to_bytes(2, "big")


def events(name: str, stream: bytes) -> list[Event]:
    decoder = PROTOCOLS[name].decoder()
    return decoder.receive(stream) + decoder.reset()


def reading(name: str, stream: bytes, charge_sign: int | None = None) -> Reading:
    (frame,) = events(name, stream)
    assert isinstance(frame, Frame)
    return PROTOCOLS[name].fitted(Fitting(charge_sign=charge_sign)).reading(frame)


def test_questions_are_the_documented_ones() -> None:
    assert {request.hex() for request in NEW.requests} == {"7ea1010000be1855aa55"}
    assert {request.hex() for request in OLD.requests} == {"dbdb00000000"}


@pytest.mark.parametrize(("name", "stream"), [("ant_new", WINTER), ("ant_old", RIDE)])
def test_nobody_told_the_sign_so_the_current_is_no_measure(name: str, stream: bytes) -> None:
    told = reading(name, stream)
    assert not {"current_a", "power_w"} & set(told.values)
    assert {"current_raw_a", "power_w"} <= set(told.fields)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_sign_that_was_looked_at_makes_current_and_power(sign: int) -> None:
    winter = reading("ant_new", WINTER, sign).values
    ride = reading("ant_old", RIDE, sign).values
    assert (winter["current_a"], winter["power_w"]) == (sign * 0.3, sign * 15)
    assert (ride["current_a"], ride["power_w"]) == (sign * 7.9, sign * 385)
    assert str(reading("ant_new", FULL, sign).values["current_a"]) == "0.0"


@generations
def test_only_the_sign_is_taken_of_a_fitting(name: str) -> None:
    spec = PROTOCOLS[name]
    assert spec.takes == {"charge_sign"}
    assert spec.fitted(Fitting(charge_sign=1)).requests == spec.requests


def test_a_new_board_is_read() -> None:
    values = dict(reading("ant_new", WINTER).values)
    assert len(str(values.pop("cells_v")).split()) == 16
    assert values == {
        "pack_voltage_v": 52.84,
        "soc_pct": 91,
        "soh_pct": 100,
        "remaining_ah": 252.602,
        "nominal_ah": 280.0,
        "battery_temps_c": (1, 2),
        "bms_temp_c": 2,
        "charge_fet": True,
        "discharge_fet": True,
        "alarms": (),
    }


def test_an_old_board_is_read() -> None:
    values = dict(reading("ant_old", RIDE).values)
    assert len(str(values.pop("cells_v")).split()) == 14
    assert values == {
        "pack_voltage_v": 48.8,
        "soc_pct": 41,
        "remaining_ah": 68.763,
        "nominal_ah": 170.0,
        "battery_temps_c": (22, 21, 21, 21, 21, 21),
        "charge_fet": True,
        "discharge_fet": True,
        "alarms": (),
    }


@pytest.mark.parametrize(
    ("name", "stream", "temps_c"),
    [
        ("ant_new", FULL, (28, 28, 28)),
        ("ant_old", STILL, (23, 25, 21, 22)),
        ("ant_old", old(RIDE, {91: 0xFF, 92: 0xFB}), (-5, 21, 21, 21, 21, 21)),
    ],
)
def test_a_probe_that_is_not_connected_leaves_the_others(
    name: str, stream: bytes, temps_c: tuple[int, ...]
) -> None:
    assert reading(name, stream).values["battery_temps_c"] == temps_c


def test_the_fields_show_every_probe() -> None:
    assert reading("ant_new", FULL).fields["temps_c"] == (28, 28, -40, 28)


def test_a_full_pack_holds_its_charge_switch_open_and_says_why() -> None:
    values = reading("ant_new", FULL).values
    assert (values["charge_fet"], values["discharge_fet"]) == (False, True)
    assert values["alarms"] == ("cell_overvoltage",)


@pytest.mark.parametrize(
    ("charge", "discharge", "alarms"),
    [
        (0x01, 0x01, ()),
        (0x04, 0x0F, ()),
        (0x0E, 0x0B, ()),
        (0x03, 0x04, ("charge_overcurrent", "discharge_overcurrent")),
        (0x11, 0x11, ("charge_undertemperature", "discharge_undertemperature")),
        (0x07, 0x0A, ("high_temperature",)),
        (0x09, 0x0C, ("other", "short_circuit")),
        (0x77, 0x99, ("other",)),
    ],
)
def test_the_state_of_a_switch_is_an_alarm_or_none(
    charge: int, discharge: int, alarms: tuple[str, ...]
) -> None:
    older = reading("ant_old", old(RIDE, {103: charge, 104: discharge})).values
    newer = reading("ant_new", new(FULL, {82: discharge, 83: charge})).values
    for values in (older, newer):
        assert values["alarms"] == alarms
        assert values["charge_fet"] == (charge == 1)
        assert values["discharge_fet"] == (discharge == 1)


def test_a_board_that_was_told_no_capacity_has_none() -> None:
    told = reading("ant_old", CHARGED)
    assert "nominal_ah" not in told.values
    assert told.fields["capacity_ah"] == 0.0


def test_another_answer_of_a_new_board_gives_its_bytes() -> None:
    told = reading("ant_new", bytes.fromhex("7ea161040002010 0f22baa55".replace(" ", "")))
    assert (told.fields, told.values) == ({"data_hex": "0100"}, {})


@generations
def test_a_question_heard_back_is_noise(name: str) -> None:
    (question,) = PROTOCOLS[name].requests
    assert events(name, question) == [Discarded(Fault.NOISE, question)]


def test_faults_are_told_apart() -> None:
    wrong_crc = FULL[:-4] + bytes((FULL[-4] ^ 1,)) + FULL[-3:]
    wrong_end = FULL[:-1] + b"\x56"
    wrong_sum = RIDE[:-1] + bytes((RIDE[-1] ^ 1,))
    assert events("ant_new", wrong_crc) == [Discarded(Fault.CHECKSUM, wrong_crc)]
    assert events("ant_new", wrong_end) == [Discarded(Fault.STOP, wrong_end)]
    assert events("ant_new", FULL[:-1]) == [Discarded(Fault.TRUNCATED, FULL[:-1])]
    assert events("ant_old", wrong_sum) == [Discarded(Fault.CHECKSUM, wrong_sum)]
    assert events("ant_old", RIDE[:-1]) == [Discarded(Fault.TRUNCATED, RIDE[:-1])]


@pytest.mark.parametrize(
    ("name", "stream"),
    [
        pytest.param("ant_new", new(FULL, {9: 40}), id="more cells than bytes"),
        pytest.param("ant_new", new(FULL, {8: 255}), id="more probes than bytes"),
        pytest.param(
            "ant_new", new(FULL, {74: 0, 75: 0, 78: 0, 79: 0}), id="neither voltage nor charge"
        ),
        pytest.param("ant_new", bytes.fromhex("7ea1110000009ce5aa55"), id="no status"),
        pytest.param("ant_old", old(RIDE, {123: 33}), id="more cells than places"),
        pytest.param("ant_old", b"\xaaU\xaa\xff" + bytes(136), id="zeros"),
    ],
)
def test_an_impossible_status_is_refused(name: str, stream: bytes) -> None:
    with pytest.raises(BadPayload):
        reading(name, stream)
