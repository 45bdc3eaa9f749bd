"""What is particular to Modbus: answers that mean nothing without their question, and maps."""

import itertools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_device.protocols import (
    PROTOCOLS,
    BadPayload,
    Discarded,
    Event,
    Fault,
    Fitting,
    Frame,
    Poller,
    ProtocolSpec,
    Reading,
    Register,
    RegisterMap,
)
from triporteur_device.protocols.crc import crc16_modbus
from triporteur_device.protocols.modbus_blocks import Block, BlockPoller, blocks
from triporteur_device.protocols.modbus_maps import PHASERUNNER

BARE = PROTOCOLS["modbus"]
SPEC = BARE.fitted(Fitting(registers=PHASERUNNER))
FIRST = Block(258, 20)


def sealed(body: bytes) -> bytes:
    return body + crc16_modbus(body).to_bytes(2, "little")


def answer(registers: dict[int, int], block: Block = FIRST, *, relative: bool = False) -> bytes:
    numbers = range(block.start, block.start + block.count)
    data = b"".join((registers.get(n, 0) & 0xFFFF).to_bytes(2, "big") for n in numbers)
    again = block.start.to_bytes(2, "big") if relative else b""
    return sealed(b"\x01\x03" + again + bytes((len(data),)) + data)


def events(stream: bytes, block: Block | None = FIRST) -> list[Event]:
    decoder = BARE.decoder()
    if block:
        decoder.asked(block.question(1))
    return decoder.receive(stream) + decoder.reset()


def reading(registers: dict[int, int], spec: ProtocolSpec = SPEC) -> Reading:
    (frame,) = events(answer(registers))
    assert isinstance(frame, Frame)
    return spec.reading(frame)


RIDING = {265: 48 * 32, 266: 5 * 32, 267: 64 * 32, 268: 240, 259: 31, 261: 44, 260: 15 * 256}


def test_a_question_is_built_as_captured() -> None:
    assert Block(0x30, 5).question(1).hex() == "01030030000585c6"


def test_the_phaserunner_is_read_in_three_questions() -> None:
    poller = BlockPoller(PHASERUNNER, 1)
    asked = []
    for now_s, block in ((0.0, Block(258, 20)), (0.1, Block(299, 14)), (0.2, Block(334, 7))):
        request = poller.next_request(now_s)
        asked.append(request)
        assert request == block.question(1)
        assert poller.next_request(now_s) is None
        poller.received(Frame(block.kind, b"", b""), now_s)
    assert poller.next_request(0.9) is None
    assert poller.next_request(1.0) == asked[0]


def test_registers_become_quantities() -> None:
    said = reading(RIDING)
    assert said.values == {
        "fault": "none",
        "controller_temp_c": 31,
        "speed_kmh": 15.0,
        "motor_temp_c": 44,
        "motor_current_a": 0.0,
        "input_voltage_v": 48.0,
        "current_a": -5.0,
        "power_w": -240,
    }
    assert said.fields["start"] == 258
    assert said.fields["warning_bits"] == 0
    assert said.fields["guessed_charge_pct"] == 64.0


def test_negative_registers_are_negative() -> None:
    values = reading(RIDING | {266: -160, 259: -7}).values
    assert (values["current_a"], values["controller_temp_c"]) == (5.0, -7)


@pytest.mark.parametrize(
    ("bits", "word"),
    [
        (0, "none"),
        (1 << 6, "controller_under_voltage"),
        (1 << 10 | 1 << 15, "motor_over_temperature"),
    ],
)
def test_a_fault_is_a_word(bits: int, word: str) -> None:
    assert reading(RIDING | {258: bits}).values["fault"] == word


def test_no_voltage_from_a_battery_that_feeds_the_device_is_refused() -> None:
    with pytest.raises(BadPayload):
        reading({})


def test_the_answer_that_repeats_its_first_register_is_read_alike() -> None:
    (relative,) = events(answer(RIDING, relative=True))
    (ordinary,) = events(answer(RIDING))
    assert isinstance(relative, Frame)
    assert isinstance(ordinary, Frame)
    assert SPEC.reading(relative) == SPEC.reading(ordinary)


def test_an_answer_of_another_length_answers_another_question() -> None:
    other = answer({}, Block(299, 14))
    assert not any(isinstance(event, Frame) for event in events(other))


def test_an_answer_of_another_device_on_the_line_is_noise() -> None:
    other = sealed(b"\x02" + answer(RIDING)[1:-2])
    assert not any(isinstance(event, Frame) for event in events(other))


def test_a_refusal_is_an_event_without_values() -> None:
    (frame,) = events(sealed(b"\x01\x83\x02"))
    assert isinstance(frame, Frame)
    assert SPEC.reading(frame) == Reading(
        {"address": 1, "function": 3, "refused": 2, "reason": "illegal register"}, {}
    )


def test_the_question_heard_back_says_nothing_and_costs_no_answer() -> None:
    echo, frame = events(FIRST.question(1) + answer(RIDING))
    assert echo.raw == FIRST.question(1)
    assert isinstance(echo, Frame)
    assert isinstance(frame, Frame)
    assert SPEC.reading(echo).values == {}
    assert SPEC.reading(frame).values["input_voltage_v"] == 48.0


def test_an_answer_without_its_question_gives_its_bytes_only() -> None:
    (frame,) = events(answer(RIDING), None)
    assert isinstance(frame, Frame)
    for spec in (BARE, SPEC):
        assert spec.reading(frame).values == {}
        assert spec.reading(frame).fields["data_hex"] == answer(RIDING)[3:-2].hex()


def test_a_question_for_nothing_is_as_none() -> None:
    for request in (b"", b"\x01\x03", Block(258, 0).question(1), Block(0, 999).question(1)):
        decoder = BARE.decoder()
        decoder.asked(request)
        (frame,) = decoder.receive(answer(RIDING))
        assert isinstance(frame, Frame)
        assert frame.kind == "unasked"


def test_a_broken_answer_is_told_as_such() -> None:
    broken = bytearray(answer(RIDING))
    broken[20] ^= 1
    fault = events(bytes(broken))[0]
    assert isinstance(fault, Discarded)
    assert fault.fault is Fault.CHECKSUM


@given(
    before=st.binary(max_size=60),
    places=st.lists(st.integers(0, 200), max_size=6),
    relative=st.booleans(),
)
def test_an_awaited_answer_is_found_behind_any_noise_in_any_pieces(
    before: bytes, places: list[int], relative: bool
) -> None:
    stream = before + answer(RIDING, relative=relative)
    whole = events(stream)
    assert whole[-1].raw == answer(RIDING, relative=relative)
    decoder = BARE.decoder()
    decoder.asked(FIRST.question(1))
    bounds = [0, *sorted(place % len(stream) for place in places), len(stream)]
    pieces = [stream[a:b] for a, b in itertools.pairwise(bounds)]
    assert [e for piece in pieces for e in decoder.receive(piece)] + decoder.reset() == whole


def test_the_state_of_a_hobbywing_controller_is_told_in_full() -> None:
    #: Published by Ennar1991/ZydDash, Display_Telemetry_Analyzing.md.
    stream = "011700261801a0000018000c0100000000000013eb11e86bc0000100646f2d"
    frame = next(e for e in events(bytes.fromhex(stream), None) if isinstance(e, Frame))
    said = BARE.reading(frame)
    assert said.values == {
        "input_voltage_v": 41.6,
        "current_a": 0.0,
        "speed_kmh": 0.0,
        "distance_m": pytest.approx(93_120),
        "controller_temp_c": 24,
    }
    assert (said.fields["gear"], said.fields["trip_km"]) == (1, 45.84)


def test_the_charge_that_a_display_guesses_is_shown_and_no_quantity() -> None:
    #: Published by Ennar1991/ZydDash, BLE_Telemetry.md.
    report = bytes.fromhex("af00190102300000000001700000180001100001100c02060c")
    frame = next(e for e in events(report, None) if isinstance(e, Frame))
    said = BARE.reading(frame)
    assert said.fields["soc_pct"] == 48
    assert "soc_pct" not in said.values
    assert said.values["input_voltage_v"] == 36.8


def test_a_hobbywing_controller_that_starts_says_nothing() -> None:
    (frame,) = events(sealed(b"\x01\x17\x00\x26\x18" + bytes(24)), None)
    assert isinstance(frame, Frame)
    with pytest.raises(BadPayload):
        BARE.reading(frame)


def test_close_registers_are_read_together_and_far_ones_apart() -> None:
    assert blocks([7, 5, 6, 5], 1) == [Block(5, 3)]
    assert blocks([5, 7], 1) == [Block(5, 1), Block(7, 1)]
    assert blocks([5, 7], 2) == [Block(5, 3)]
    assert blocks([5, 6], 0) == [Block(5, 1), Block(6, 1)]
    assert blocks([], 16) == []


@given(numbers=st.sets(st.integers(0, 65535), max_size=60), reach=st.integers(0, 20))
def test_every_register_is_in_one_block_that_an_answer_can_hold(
    numbers: set[int], reach: int
) -> None:
    found = blocks(numbers, reach)
    assert all(1 <= block.count <= 125 for block in found)
    covered = [n for block in found for n in range(block.start, block.start + block.count)]
    assert numbers <= set(covered)
    assert len(covered) == len(set(covered))


HOLES = RegisterMap(
    "holes", tuple(Register(number, f"field_{number}") for number in (10, 11, 13)), address=9
)


def conversation(refusing: set[int], poller: Poller, rounds: int) -> list[bytes]:
    """What is asked of a device that refuses any block with these registers in it."""
    asked, now_s = [], 0.0
    while now_s < rounds:
        request = poller.next_request(now_s)
        if request is None:
            now_s += 0.25
            continue
        asked.append(request)
        start, count = struct.unpack(">HH", request[2:6])
        kind = Block(start, count).kind
        if refusing & set(range(start, start + count)):
            poller.received(Frame(f"{kind} refused", b"\x02", b""), now_s)
        else:
            poller.received(Frame(kind, b"", b""), now_s)
    return asked


def test_a_block_that_is_refused_is_asked_for_in_parts() -> None:
    spec = BARE.fitted(Fitting(registers=HOLES))
    assert spec.poller
    asked = conversation({12}, spec.poller(), 3)
    assert asked[0] == Block(10, 4).question(9)
    assert asked[1:] == [Block(10, 2).question(9), Block(13, 1).question(9)] * 2
    assert set(asked) <= spec.requests


def test_a_register_that_is_missing_costs_no_other() -> None:
    spec = BARE.fitted(Fitting(registers=HOLES))
    assert spec.poller
    asked = conversation({11}, spec.poller(), 4)
    assert asked[-3:] == [Block(number, 1).question(9) for number in (10, 11, 13)]
    assert set(asked) <= spec.requests


def test_a_device_that_is_busy_is_asked_the_same_again() -> None:
    poller = BlockPoller(HOLES, 9)
    first = poller.next_request(0.0)
    poller.received(Frame("10+4 refused", b"\x06", b""), 0.1)
    assert poller.next_request(1.0) == first


def test_silence_is_waited_out_before_the_next_question() -> None:
    poller = BlockPoller(PHASERUNNER, 1)
    assert poller.next_request(0.0) == Block(258, 20).question(1)
    assert poller.next_request(0.9) is None
    assert poller.next_request(1.0) == Block(299, 14).question(1)


def test_every_question_only_reads() -> None:
    for table in (PHASERUNNER, HOLES):
        requests = BARE.fitted(Fitting(registers=table)).requests
        assert requests
        assert {(len(request), request[1]) for request in requests} == {(8, 3)}


def test_the_line_and_the_address_are_those_of_the_map_unless_said_otherwise() -> None:
    slow = RegisterMap("slow", (Register(1, "soc_pct"),), baud=9600, address=17)
    assert BARE.fitted(Fitting(registers=slow)).baud == 9600
    assert BARE.fitted(Fitting(registers=slow)).requests == {Block(1, 1).question(17)}
    assert BARE.fitted(Fitting(registers=slow, address=3)).requests == {Block(1, 1).question(3)}


def test_without_a_map_nothing_is_asked() -> None:
    assert BARE.fitted(Fitting(address=3)) is BARE
    assert BARE.poller is None


def test_lists_flags_and_alarms_come_out_of_registers() -> None:
    table = RegisterMap(
        "pack",
        (
            Register(0, "cells_v", divisor=1000),
            Register(1, "cells_v", divisor=1000),
            Register(2, "charge_fet"),
            Register(3, "alarms", words=("cell_overvoltage", "short_circuit")),
            Register(4, "pack_voltage_v", divisor=10),
        ),
    )
    block = Block(0, 5)
    (frame,) = events(answer({0: 3300, 1: 3310, 2: 1, 3: 0b101, 4: 66}, block), block)
    assert isinstance(frame, Frame)
    assert BARE.fitted(Fitting(registers=table)).reading(frame).values == {
        "cells_v": (3.3, 3.31),
        "charge_fet": True,
        "alarms": ("cell_overvoltage", "other"),
        "pack_voltage_v": 6.6,
    }
