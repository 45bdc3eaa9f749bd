"""What is particular to Daly boards that speak A5."""

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
    Reading,
)
from triporteur_device.protocols.daly_a5 import encode
from triporteur_wire.alarms import Alarm

SPEC = PROTOCOLS["daly_a5"]
GOOD = [entry.stream for entry in recorded("daly_a5") if not entry.refused]
ECHO = encode(0x90)


def answer(command: int, payload: bytes, board: int = 1) -> bytes:
    body = bytes((0xA5, board, command, 8)) + payload
    return body + bytes((sum(body) % 256,))


def pack(voltage: int = 528, current: int = 30000, soc: int = 500) -> bytes:
    return answer(0x90, b"".join(n.to_bytes(2, "big") for n in (voltage, 0, current, soc)))


def counts(cells: int, sensors: int = 1) -> bytes:
    return answer(0x94, bytes((cells, sensors, 0, 0, 2, 0, 5, 0xC0)))


def part(number: int, *cells: int) -> bytes:
    values = b"".join(cell.to_bytes(2, "big") for cell in cells)
    return answer(0x95, bytes((number,)) + values + b"\x20")


#: Fourteen cells; the fifteenth place holds what was left there.
PARTS = [part(n, *(3700 + 10 * n + i for i in range(3))) for n in range(1, 6)]
CELLS_V = tuple((3700 + 10 * (n // 3 + 1) + n % 3) / 1000 for n in range(14))


def events(stream: bytes) -> list[Event]:
    decoder = SPEC.decoder()
    return decoder.receive(stream) + decoder.reset()


def frames(stream: bytes) -> list[Frame]:
    return [event for event in events(stream) if isinstance(event, Frame)]


def reading(stream: bytes) -> Reading:
    (frame,) = frames(stream)
    return SPEC.interpret(frame)


def cells(stream: bytes) -> list[object]:
    readings = [SPEC.interpret(frame) for frame in frames(stream)]
    return [said.values["cells_v"] for said in readings if "cells_v" in said.values]


def test_questions_are_the_documented_ones() -> None:
    assert encode(0x90).hex() == "a540900800000000000000007d"
    assert encode(0x95, 0x80).hex() == "a58095080000000000000000c2"
    commands = {request[2] for request in SPEC.requests}
    assert commands == {0x50, 0x90, 0x93, 0x94, 0x95, 0x96, 0x98}


def test_a_question_come_back_is_noise_for_every_question() -> None:
    for request in SPEC.requests:
        assert events(request) == [Discarded(Fault.NOISE, request)]


def test_an_answer_behind_its_echo_is_read() -> None:
    assert events(ECHO + pack()) == [Discarded(Fault.NOISE, ECHO), *events(pack())]


def test_more_than_30000_is_discharge() -> None:
    assert reading(pack(current=30256)).values["current_a"] == -25.6
    assert reading(pack(current=29000)).values["current_a"] == 100.0
    assert reading(pack()).values["current_a"] == 0.0


@given(cut=st.integers(0, 5 * 13 - 1))
def test_cells_are_told_once_the_last_part_is_whole(cut: int) -> None:
    decoder = SPEC.decoder()
    stream = b"".join(PARTS)
    early = decoder.receive(counts(14) + stream[:cut])
    late = decoder.receive(stream[cut:])
    assert all(event.kind != "0x95" for event in early if isinstance(event, Frame))
    last = late[-1]
    assert isinstance(last, Frame)
    assert SPEC.interpret(last).values == {"cells_v": CELLS_V}
    assert last.raw == PARTS[-1]
    assert decoder.reset() == []


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([0, 1, 2, 3], id="the last lost"),
        pytest.param([1, 2, 3, 4], id="the first lost"),
        pytest.param([0, 1, 3, 4], id="one lost"),
        pytest.param([0, 1, 2, 2, 3, 4], id="one twice"),
        pytest.param([0, 2, 1, 3, 4], id="out of order"),
    ],
)
def test_a_set_that_is_not_whole_gives_no_cells(parts: list[int]) -> None:
    assert cells(counts(14) + b"".join(PARTS[i] for i in parts)) == []


@pytest.mark.parametrize("place", range(5))
def test_a_set_with_a_corrupt_part_gives_no_cells(place: int) -> None:
    broken = list(PARTS)
    broken[place] = broken[place][:-1] + bytes((broken[place][-1] ^ 1,))
    assert cells(counts(14) + b"".join(broken)) == []
    assert cells(b"".join(broken)) == []


def test_silence_ends_a_set_that_two_rounds_would_mix() -> None:
    decoder = SPEC.decoder()
    decoder.receive(counts(14) + b"".join(PARTS[:3]))
    assert decoder.reset() == []
    late = decoder.receive(b"".join(PARTS[3:]))
    assert [event.kind for event in late if isinstance(event, Frame)] == ["0x95 part"] * 2


def test_another_answer_ends_a_set() -> None:
    assert cells(counts(14) + b"".join(PARTS[:3]) + pack() + b"".join(PARTS[3:])) == []


def test_noise_between_two_parts_does_not_part_them() -> None:
    assert cells(counts(14) + b"\xa5\x01\x95\x00".join(PARTS)) == [CELLS_V]


def test_a_new_set_begins_where_one_was_given_up() -> None:
    assert cells(counts(14) + b"".join(PARTS[:2]) + b"".join(PARTS)) == [CELLS_V]


def test_parts_beyond_the_last_cell_change_nothing() -> None:
    beyond = [part(n, 0, 0, 0) for n in range(6, 17)]
    assert cells(counts(14) + b"".join(PARTS + beyond)) == [CELLS_V]
    three = cells(counts(3) + b"".join(PARTS))
    assert three == [CELLS_V[:3]]


def test_before_any_count_a_set_ends_with_its_numbers() -> None:
    unknown = b"".join(PARTS)
    whole = (*CELLS_V, 3.752)
    assert cells(unknown) == [whole]
    assert cells(unknown + pack()) == [whole]
    assert cells(unknown + unknown) == [whole, whole]


@pytest.mark.parametrize("cells_told", [0, 49], ids=["none yet", "more than there can be"])
def test_counts_that_cannot_be_give_no_cells_rather_than_too_many(cells_told: int) -> None:
    told = frames(counts(cells_told) + b"".join(PARTS))
    assert any(frame.kind == "0x95" for frame in told)
    for frame in told:
        with suppress(BadPayload):
            assert "cells_v" not in SPEC.interpret(frame).values
    assert cells(counts(14) + b"".join(PARTS)) == [CELLS_V]


def test_a_sensor_that_is_not_there_has_no_temperature() -> None:
    temps = answer(0x96, bytes((1, 61, 0, 38, 0, 0, 0, 0)))
    none = SPEC.interpret(frames(counts(14, 0) + temps)[-1])
    assert none.values == {}
    said = SPEC.interpret(frames(counts(14, 3) + temps)[-1])
    assert said.values == {"battery_temps_c": (21, -2)}
    assert said.fields["temps_c_raw_minus_40"] == (21, -40, -2)


def test_charge_is_told_in_ampere_hours_and_switches_apart() -> None:
    said = reading(answer(0x93, bytes((1, 1, 0, 144)) + (157_920).to_bytes(4, "big")))
    assert said.fields["state"] == "charging"
    assert said.values == {"charge_fet": True, "discharge_fet": False, "remaining_ah": 157.92}


def test_rated_capacity_and_production_date() -> None:
    rated = reading(answer(0x50, (30_000).to_bytes(4, "big") + (3600).to_bytes(4, "big")))
    assert rated.values == {"nominal_ah": 30.0}
    assert rated.fields["cell_nominal_v"] == 3.6
    made = reading(answer(0x53, bytes((0, 0, 24, 3, 11, 0, 0, 0))))
    assert made.fields["production_date"] == "2024-03-11"


@pytest.mark.parametrize(
    ("failures", "alarms"),
    [
        ("0000000000000000", ()),
        ("0200000000000000", (Alarm.CELL_OVERVOLTAGE,)),
        ("1100000000000000", (Alarm.HIGH_VOLTAGE,)),
        ("0008000000000000", (Alarm.CHARGE_UNDERTEMPERATURE,)),
        ("00000c0000000000", (Alarm.DISCHARGE_OVERCURRENT,)),
        ("0000300000000000", ()),
        ("0000400000000000", (Alarm.LOW_SOC,)),
        ("0000000310000000", (Alarm.CELL_IMBALANCE, Alarm.FET_LOCKED)),
        ("0000000000010000", (Alarm.FRONTEND_FAULT,)),
        ("0000000000000400", (Alarm.SHORT_CIRCUIT,)),
        ("0000000000001000", (Alarm.OTHER,)),
        ("00000000000000ff", ()),
    ],
)
def test_failures_have_their_words(failures: str, alarms: tuple[Alarm, ...]) -> None:
    assert reading(answer(0x98, bytes.fromhex(failures))).values["alarms"] == alarms


def test_failures_are_also_told_in_the_words_of_the_document() -> None:
    said = reading(answer(0x98, bytes((0, 0, 0x20, 0, 1, 0, 0, 0))))
    assert said.fields["failures"] == ("charge level high 2", "charge switch hot")


@pytest.mark.parametrize("command", [0x50, 0x90, 0x91, 0x93, 0x94])
def test_zeros_under_a_good_checksum_are_no_reading(command: int) -> None:
    with pytest.raises(BadPayload):
        reading(answer(command, bytes(8)))


def test_cells_of_zeros_are_no_reading() -> None:
    whole = frames(counts(3) + part(1, 0, 0, 0))[-1]
    with pytest.raises(BadPayload):
        SPEC.interpret(whole)


def test_an_answer_not_known_here_is_shown_and_measures_nothing() -> None:
    said = reading(answer(0x57, b"\x01BT01234"))
    assert said.values == {}
    assert said.fields["data_hex"] == b"\x01BT01234".hex()


def test_a_corrupt_answer_is_told_with_its_reason() -> None:
    wrong = pack()[:-1] + bytes((pack()[-1] ^ 1,))
    assert events(wrong) == [Discarded(Fault.CHECKSUM, wrong)]
    assert events(pack()[:-1]) == [Discarded(Fault.TRUNCATED, pack()[:-1])]


@given(stream=st.lists(st.sampled_from(GOOD) | st.binary(max_size=30)).map(b"".join))
def test_the_bytes_of_the_events_in_order_are_the_input(stream: bytes) -> None:
    assert b"".join(event.raw for event in events(stream)) == stream


def test_each_round_asks_for_the_counts_and_the_cells_only_once_they_came() -> None:
    assert SPEC.poller is not None
    deaf, asked = SPEC.poller(), []
    for tenth in range(100):
        request = deaf.next_request(tenth / 10)
        asked += [request[2]] if request else []
    assert 0x95 not in asked
    assert 0x96 not in asked

    poller, now_s, round_ = SPEC.poller(), 0.0, []
    while request := poller.next_request(now_s):
        round_.append(request[2])
        poller.received(Frame(f"0x{request[2]:02X}", b"", b""), now_s)
        assert poller.next_request(now_s + 0.019) is None
        now_s += 0.021
    assert round_ == [0x94, 0x90, 0x93, 0x95, 0x96, 0x98, 0x50]


def test_the_second_board_on_a_line_is_told_from_the_first() -> None:
    second = SPEC.fitted(Fitting(address=0x41))
    assert {request[1] for request in second.requests} == {0x41}
    decoder = second.decoder()
    theirs = answer(0x90, pack()[4:-1], board=2)
    told = decoder.receive(pack() + theirs)
    assert [type(event) for event in told] == [Discarded, Frame]
    assert told[1].raw == theirs


def test_as_a_bluetooth_module_the_first_board_answers() -> None:
    module = SPEC.fitted(Fitting(address=0x80))
    assert {request[1] for request in module.requests} == {0x80}
    assert [event.raw for event in module.decoder().receive(pack())] == [pack()]


@pytest.mark.parametrize("address", [0, 1, 0x3F, 0x50, 0x81])
def test_an_address_no_board_listens_to_is_refused(address: int) -> None:
    with pytest.raises(ValueError, match="from 0x40 to 0x4F, or 0x80"):
        SPEC.fitted(Fitting(address=address))
