"""What is particular to Daly boards read by registers, at 0xD2 and at 0x81."""

import struct
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.device.protocols.recorded import recorded
from triporteur_device.protocols import (
    PROTOCOLS,
    BadPayload,
    Discarded,
    Event,
    Fault,
    Fitting,
    Frame,
    ProtocolSpec,
    Reading,
)
from triporteur_device.protocols.crc import crc16_modbus
from triporteur_device.protocols.daly_registers import encode
from triporteur_wire.alarms import Alarm

D2, DL = PROTOCOLS["daly_d2"], PROTOCOLS["daly_81"]
GOOD = [entry.stream for entry in recorded("daly_d2") if not entry.refused]
VERSION = bytes.fromhex("d20340" + "343031303132" + "00" * 26 + "424d53" + "00" * 29 + "6513")
both = pytest.mark.parametrize("spec", [D2, DL], ids=["d2", "81"])


def answer(address: int, registers: list[int]) -> bytes:
    body = struct.pack(f">BBB{len(registers)}H", address, 3, 2 * len(registers), *registers)
    return body + crc16_modbus(body).to_bytes(2, "little")


def d2(**told: int) -> bytes:
    """A board of four cells and two sensors; `r3A=1` puts 1 into register 3A."""
    registers = [3700, 3701, 3702, 3703] + [0] * 58
    registers[0x20:0x22] = [61, 60]
    registers[0x28:0x2B] = [148, 30000, 500]
    registers[0x31:0x33] = [4, 2]
    for name, value in told.items():
        registers[int(name[1:], 16)] = value
    return answer(0xD2, registers)


def dl(**told: int) -> bytes:
    registers = [3700, 3701, 3702, 3703] + [0] * 60
    registers[0x30:0x32] = [61, 60]
    registers[0x38:0x3B] = [148, 30000, 500]
    registers[0x3C:0x3E] = [4, 2]
    for name, value in told.items():
        registers[int(name[1:], 16)] = value
    return answer(0x51, registers)


def events(spec: ProtocolSpec, stream: bytes, asked: bytes = b"") -> list[Event]:
    decoder = spec.decoder()
    decoder.asked(asked)
    return decoder.receive(stream) + decoder.reset()


def reading(spec: ProtocolSpec, stream: bytes, asked: bytes = b"") -> Reading:
    (frame,) = events(spec, stream, asked)
    assert isinstance(frame, Frame)
    return spec.reading(frame)


def test_questions_are_the_documented_ones() -> None:
    assert {request.hex() for request in D2.requests} == {"d2030000003ed7b9"}
    assert {request.hex() for request in DL.requests} == {"8103000000405bfa", "81030041003e8bce"}


@both
def test_a_question_come_back_is_noise(spec: ProtocolSpec) -> None:
    for request in spec.requests:
        assert events(spec, request, request) == [Discarded(Fault.NOISE, request)]


@pytest.mark.parametrize(
    ("spec", "stream"),
    [(D2, d2(r29=29969)), (DL, dl(r39=29969))],
    ids=["d2", "81"],
)
def test_less_than_30000_is_discharge(spec: ProtocolSpec, stream: bytes) -> None:
    assert reading(spec, stream).values["current_a"] == -3.1


def test_cells_and_sensors_are_as_many_as_counted() -> None:
    values = reading(D2, d2(r05=3999, r31=4, r32=1)).values
    assert values["cells_v"] == (3.7, 3.701, 3.702, 3.703)
    assert values["battery_temps_c"] == (21,)


@pytest.mark.parametrize("raw", [0, 0xFF])
@pytest.mark.parametrize(
    ("spec", "board", "first"), [(D2, d2, 0x20), (DL, dl, 0x30)], ids=["d2", "81"]
)
def test_a_sensor_that_is_not_there_has_no_temperature(
    spec: ProtocolSpec, board: Callable[..., bytes], first: int, raw: int
) -> None:
    none = reading(spec, board(**{f"r{first:X}": raw, f"r{first + 1:X}": raw}))
    assert "battery_temps_c" not in none.values
    one = reading(spec, board(**{f"r{first:X}": raw}))
    assert one.values["battery_temps_c"] == (20,)


def test_frost_stays_below_zero() -> None:
    assert reading(D2, d2(r20=33)).values["battery_temps_c"] == (-7, 20)


@pytest.mark.parametrize(
    ("told", "alarms"),
    [
        ({}, ()),
        ({"r3A": 0x0100}, (Alarm.CHARGE_OVERTEMPERATURE,)),
        ({"r3A": 0x0011}, (Alarm.HIGH_VOLTAGE,)),
        ({"r3A": 0x0002}, (Alarm.CELL_OVERVOLTAGE,)),
        ({"r3B": 0x0008}, (Alarm.DISCHARGE_OVERCURRENT,)),
        ({"r3B": 0x0C00}, (Alarm.TEMPERATURE_IMBALANCE,)),
        ({"r3C": 0x0100}, (Alarm.FRONTEND_FAULT,)),
        ({"r3C": 0x0001}, (Alarm.HIGH_TEMPERATURE,)),
        ({"r3D": 0x0004}, (Alarm.SHORT_CIRCUIT,)),
        ({"r3D": 0x8000}, (Alarm.OTHER,)),
    ],
)
def test_failures_have_their_words(told: dict[str, int], alarms: tuple[Alarm, ...]) -> None:
    assert reading(D2, d2(**told)).values["alarms"] == alarms


def test_the_other_variant_says_nothing_of_alarms_whose_meaning_nobody_knows() -> None:
    assert "alarms" not in reading(DL, dl()).values


@pytest.mark.parametrize(
    ("spec", "stream"),
    [
        pytest.param(D2, answer(0xD2, [0] * 62), id="zeros"),
        pytest.param(DL, answer(0x51, [0] * 64), id="zeros at 81"),
        pytest.param(D2, d2(r28=0, r2A=0), id="no voltage and no charge"),
        pytest.param(D2, d2(r31=33), id="more cells than places"),
        pytest.param(D2, d2(r32=9), id="more sensors than places"),
        pytest.param(DL, dl(r3C=49), id="more cells than places at 81"),
    ],
)
def test_an_impossible_block_is_theirs(spec: ProtocolSpec, stream: bytes) -> None:
    with pytest.raises(BadPayload):
        reading(spec, stream)


def test_the_second_block_begins_where_the_question_said() -> None:
    block = [0] * 62
    block[0x48 - 0x41], block[0x4B - 0x41], block[0x53 - 0x41] = 1, 300, 1
    said = reading(DL, answer(0x51, block), encode(0x81, 0x41, 62))
    assert said.fields["status"] == "charging"
    assert said.values["remaining_ah"] == 30.0
    assert (said.values["charge_fet"], said.values["discharge_fet"]) == (False, True)
    assert "cells_v" not in said.values


def test_an_answer_to_another_question_says_nothing() -> None:
    late = reading(DL, dl(), encode(0x81, 0x41, 62))
    assert late.values == {}
    assert reading(D2, VERSION, encode(0xD2, 0, 62)).values == {}
    assert reading(D2, VERSION, encode(0xD2, 0xA9, 32)).values == {}


def test_a_block_that_ends_early_gives_what_it_holds() -> None:
    said = reading(D2, answer(0xD2, [3700] * 0x20 + [61] * 8 + [148, 30000, 500]))
    assert said.values == {"pack_voltage_v": 14.8, "current_a": 0.0, "soc_pct": 50.0}
    short = d2()[3 : 3 + 2 * 0x3C]
    words = list(struct.unpack(">60H", short))
    assert "alarms" not in reading(D2, answer(0xD2, words)).values


def test_a_wrong_checksum_is_told() -> None:
    wrong = d2()[:-1] + bytes((d2()[-1] ^ 1,))
    assert events(D2, wrong)[0] == Discarded(Fault.CHECKSUM, wrong)


@given(stream=st.lists(st.sampled_from(GOOD) | st.binary(max_size=30)).map(b"".join))
def test_the_bytes_of_the_events_in_order_are_the_input(stream: bytes) -> None:
    assert b"".join(event.raw for event in events(D2, stream)) == stream


@given(st.integers(0, 0x7F), st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=125))
def test_any_registers_are_read_or_refused(start: int, registers: list[int]) -> None:
    for spec, address in ((D2, 0xD2), (DL, 0x51)):
        with suppress(BadPayload):
            said = reading(spec, answer(address, registers), encode(address, start, len(registers)))
            assert said.fields["register"] == f"0x{start:04X}"


def test_the_second_board_on_a_line_is_told_from_the_first() -> None:
    second = DL.fitted(Fitting(address=0x82))
    assert {request[0] for request in second.requests} == {0x82}
    theirs = answer(0x52, [3700] * 64)
    told = second.decoder().receive(dl() + theirs)
    assert [event.raw for event in told if isinstance(event, Frame)] == [theirs]


@pytest.mark.parametrize("address", [0x80, 0x91, 0x51, 1])
def test_an_address_no_board_listens_to_is_refused(address: int) -> None:
    with pytest.raises(ValueError, match="from 0x81 to 0x90"):
        DL.fitted(Fitting(address=address))
