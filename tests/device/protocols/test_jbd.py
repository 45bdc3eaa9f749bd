"""What is particular to JBD boards."""

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
    Frame,
    Reading,
)
from triporteur_device.protocols.hunting import MAX_RUN
from triporteur_device.protocols.jbd import encode
from triporteur_wire.alarms import Alarm

SPEC = PROTOCOLS["jbd"]
GOOD = [entry.stream for entry in recorded("jbd") if not entry.refused]
CELLS = bytes.fromhex("dd0400080f450f3d0f370f3dfec677")


def answer(register: int, payload: bytes, status: int = 0) -> bytes:
    checksum = (0x10000 - status - len(payload) - sum(payload)) % 0x10000
    head = bytes((0xDD, register, status, len(payload)))
    return head + payload + checksum.to_bytes(2, "big") + b"\x77"


def state(
    *, current: int = 0, protection: int = 0, switches: int = 3, temps: tuple[int, ...] = ()
) -> bytes:
    return (
        b"".join(
            number.to_bytes(2, "big", signed=number < 0)
            for number in (2696, current, 3622, 5000, 165, 0x2989, 0, 0, protection)
        )
        + bytes((0x28, 72, switches, 8, len(temps)))
        + b"".join(temp.to_bytes(2, "big") for temp in temps)
    )


def events(stream: bytes) -> list[Event]:
    decoder = SPEC.decoder()
    return decoder.receive(stream) + decoder.reset()


def reading(stream: bytes) -> Reading:
    (frame,) = events(stream)
    assert isinstance(frame, Frame)
    return SPEC.interpret(frame)


def test_questions_are_the_documented_ones() -> None:
    assert encode(0x03).hex() == "dda50300fffd77"
    assert encode(0x04).hex() == "dda50400fffc77"
    assert encode(0x05).hex() == "dda50500fffb77"
    assert SPEC.requests == {encode(0x03), encode(0x04), encode(0x05)}


@given(stream=st.lists(st.sampled_from(GOOD) | st.binary(max_size=30)).map(b"".join))
def test_the_bytes_of_the_events_in_order_are_the_input(stream: bytes) -> None:
    assert b"".join(event.raw for event in events(stream)) == stream


@given(noise=st.binary(max_size=300))
def test_one_good_frame_behind_any_noise_is_found(noise: bytes) -> None:
    assert CELLS in [event.raw for event in events(noise + CELLS) if isinstance(event, Frame)]


@given(stream=st.lists(st.sampled_from(GOOD) | st.binary(max_size=30)).map(b"".join))
def test_a_frame_always_carries_a_checksum_that_holds(stream: bytes) -> None:
    for event in events(stream):
        if isinstance(event, Frame):
            assert event.raw == answer(event.raw[1], event.payload, event.raw[2])


def test_a_question_heard_back_is_noise() -> None:
    assert events(encode(0x03)) == [Discarded(Fault.NOISE, encode(0x03))]


def test_a_false_header_does_not_swallow_the_frame_behind_it() -> None:
    false = b"\xdd\x03\x00\xff"
    assert events(false + CELLS) == [
        Discarded(Fault.TRUNCATED, false),
        Frame("0x04", CELLS[4:-3], CELLS),
    ]


def test_faults_are_told_apart() -> None:
    wrong_sum = CELLS[:-2] + bytes((CELLS[-2] ^ 1,)) + CELLS[-1:]
    wrong_end = CELLS[:-1] + b"\x78"
    assert events(wrong_sum) == [Discarded(Fault.CHECKSUM, wrong_sum)]
    assert events(wrong_end) == [Discarded(Fault.STOP, wrong_end)]
    assert events(CELLS[:-1]) == [Discarded(Fault.TRUNCATED, CELLS[:-1])]
    assert events(b"hello") == [Discarded(Fault.NOISE, b"hello")]


def test_endless_noise_is_told_in_runs() -> None:
    decoder = SPEC.decoder()
    assert decoder.receive(bytes(MAX_RUN + 3)) == [Discarded(Fault.NOISE, bytes(MAX_RUN))]
    assert decoder.pending == 3


def test_every_protection_bit_has_its_word() -> None:
    words = [
        "cell_overvoltage cell_undervoltage pack_overvoltage pack_undervoltage",
        "charge_overtemperature charge_undertemperature",
        "discharge_overtemperature discharge_undertemperature",
        "charge_overcurrent discharge_overcurrent short_circuit frontend_fault fet_locked",
    ]
    for bit, word in enumerate(" ".join(words).split()):
        assert reading(answer(3, state(protection=1 << bit))).values["alarms"] == (word,)
    assert reading(answer(3, state())).values["alarms"] == ()
    both = reading(answer(3, state(protection=0x8001))).values["alarms"]
    assert both == (Alarm.CELL_OVERVOLTAGE, Alarm.OTHER)


def test_current_is_positive_into_the_battery() -> None:
    assert reading(answer(3, state(current=828))).values["current_a"] == 8.28
    assert reading(answer(3, state(current=-747))).values["current_a"] == -7.47


def test_a_board_without_sensors_says_no_temperature() -> None:
    assert "battery_temps_c" not in reading(answer(3, state())).values
    assert reading(answer(3, state(temps=(2731, 2631)))).values["battery_temps_c"] == (0.0, -10.0)


def test_power_is_left_to_those_who_measure_it() -> None:
    assert "power_w" not in reading(answer(3, state(current=828))).values


def test_switches_are_read_apart() -> None:
    values = reading(answer(3, state(switches=2))).values
    assert (values["charge_fet"], values["discharge_fet"]) == (False, True)


@pytest.mark.parametrize(
    ("register", "payload"),
    [
        pytest.param(0x03, bytes(23), id="zeros for a state"),
        pytest.param(0x04, bytes(26), id="zeros for cells"),
        pytest.param(0x04, b"", id="no cells"),
        pytest.param(0x04, b"\x0f\x45\x0f", id="half a cell"),
        pytest.param(0x03, state()[:-1], id="short state"),
        pytest.param(0x03, state()[:-1] + b"\x02\x0b\xb5", id="fewer temperatures than announced"),
        pytest.param(0xAA, bytes(20), id="too few counters"),
    ],
)
def test_an_impossible_payload_is_theirs(register: int, payload: bytes) -> None:
    with pytest.raises(BadPayload):
        reading(answer(register, payload))


@pytest.mark.parametrize("register", [0x03, 0x04, 0x05, 0xAA, 0xE1])
def test_a_refusal_gives_its_fields_only(register: int) -> None:
    refusal = reading(answer(register, b"", status=0x80))
    assert refusal.fields == {"register": f"0x{register:02X}", "status": 0x80}
    assert refusal.values == {}


def test_an_unknown_register_gives_its_bytes_only() -> None:
    unknown = reading(answer(0x10, b"\x12\x34"))
    assert unknown.fields == {"register": "0x10", "status": 0, "data_hex": "1234"}
    assert unknown.values == {}


def _with_state(**changes: int) -> list[Event]:
    """The captured state of an 8S pack with some of its 16-bit words changed, checksum mended."""
    frame = bytearray.fromhex(
        "dd03001b0a88033c0e26138800a5298900080000000028480308020bb50bb4faea77"
    )
    for name, value in changes.items():
        at, size = {"voltage": (4, 2), "soc": (23, 1), "sensor_1": (27, 2)}[name]
        frame[at : at + size] = value.to_bytes(size, "big")
    frame[-3:-1] = (-sum(frame[2:-3]) & 0xFFFF).to_bytes(2, "big")
    return PROTOCOLS["jbd"].decoder().receive(bytes(frame))


def test_a_battery_without_voltage_and_charge_is_no_reading() -> None:
    (frame,) = _with_state(voltage=0, soc=0)
    assert isinstance(frame, Frame)
    with pytest.raises(BadPayload):
        PROTOCOLS["jbd"].interpret(frame)


@pytest.mark.parametrize("raw", [0, 2731 - 400])
def test_a_sensor_that_is_not_there_leaves_the_others(raw: int) -> None:
    (frame,) = _with_state(sensor_1=raw)
    assert isinstance(frame, Frame)
    assert PROTOCOLS["jbd"].interpret(frame).values["battery_temps_c"] == (26.5,)
