"""What is particular to VESC controllers: layouts by length, masks, sensors that are not there."""

import struct

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
from triporteur_device.protocols.crc import crc16_xmodem
from triporteur_device.protocols.vesc import MAX_PAYLOAD, encode

SPEC = PROTOCOLS["vesc"]
ASK = bytes.fromhex("020104408403")
#: Published by ikalnytskyi/vesc-rs, tests/command_reply.rs, decode_get_values_forward_rpm.
FORWARD = bytes.fromhex(
    "024a040114000000000025000000030000000000000020006e000003fb017d000000110000000000"
    "00028900000000ffff6f4b00029fc700046a7c28010115fc4cfc0d000000e5000008d6003a9703"
)


def framed(payload: bytes, start: int = 2) -> bytes:
    length = len(payload).to_bytes(start - 1, "big")
    return bytes((start,)) + length + payload + crc16_xmodem(payload).to_bytes(2, "big") + b"\x03"


def values(
    *, fet: int = 276, motor: int = 0, amperes: int = 0, erpm: int = 0, volts: int = 375
) -> bytes:
    head = struct.pack(">BhhiiiihihII", 4, fet, motor, 0, amperes, 0, 0, 0, erpm, volts, 9, 0)
    return head + struct.pack(
        ">IIiiBiBhhhiiB", 372, 0, -600, 1380, 0, 0, 20, 277, -808, -822, 8, 12, 0
    )


def events(*chunks: bytes) -> list[Event]:
    decoder = SPEC.decoder()
    return [event for chunk in chunks for event in decoder.receive(chunk)] + decoder.reset()


def reading(payload: bytes, fitting: Fitting | None = None) -> Reading:
    (frame,) = events(framed(payload))
    assert isinstance(frame, Frame)
    return (SPEC.fitted(fitting) if fitting else SPEC).reading(frame)


def test_the_only_question_is_the_documented_one() -> None:
    assert SPEC.requests == {ASK}
    assert encode(b"\x04") == ASK
    assert SPEC.poller is not None
    assert SPEC.poller().next_request(0.0) == ASK


def test_a_frame_published_elsewhere_gives_what_its_source_says() -> None:
    (frame,) = events(FORWARD)
    assert isinstance(frame, Frame)
    said = SPEC.reading(frame)
    assert said.values == pytest.approx(
        {
            "controller_temp_c": 27.6,
            "motor_temp_c": 0.0,
            "motor_current_a": 0.37,
            "current_a": -0.03,
            "duty_ratio": 0.11,
            "erpm": 1019,
            "input_voltage_v": 38.1,
            "energy_out_wh": 0.0649,
            "energy_in_wh": 0.0,
            "tacho_counts": 171975,
            "fault": "none",
        }
    )
    assert said.fields["vq"] == 2.262
    assert said.fields["controller_id"] == 1


@pytest.mark.parametrize("start", [2, 3, 4])
def test_every_form_of_header_is_read(start: int) -> None:
    (frame,) = events(framed(values(), start))
    assert isinstance(frame, Frame)
    assert frame.payload == values()


@given(payload=st.binary(min_size=1, max_size=MAX_PAYLOAD), start=st.sampled_from((2, 3, 4)))
def test_any_payload_that_fits_is_framed_once(payload: bytes, start: int) -> None:
    stream = framed(payload, start)
    assert events(stream) == [Frame(f"0x{payload[0]:02X}", payload, stream)]


def test_a_frame_longer_than_any_answer_is_not_waited_for() -> None:
    decoder = SPEC.decoder()
    decoder.receive(b"\x03\x01\x00")
    decoder.receive(b"\x04\x01\x00\x00")
    assert decoder.pending <= 7
    assert [event.raw for event in decoder.receive(FORWARD) if isinstance(event, Frame)] == [
        FORWARD
    ]


def first_fault(stream: bytes) -> Fault:
    event = events(stream)[0]
    assert isinstance(event, Discarded)
    return event.fault


def test_faults_are_told_apart() -> None:
    wrong_sum = FORWARD[:-2] + bytes((FORWARD[-2] ^ 1,)) + FORWARD[-1:]
    assert first_fault(wrong_sum) is Fault.CHECKSUM
    assert first_fault(FORWARD[:-1] + b"\x02") is Fault.STOP
    assert first_fault(FORWARD[:-1]) is Fault.TRUNCATED
    assert events(b"hello") == [Discarded(Fault.NOISE, b"hello")]


def test_a_question_that_comes_back_says_nothing() -> None:
    for question in (ASK, bytes.fromhex("0205320002a18a388003")):
        (frame,) = events(question)
        assert isinstance(frame, Frame)
        assert SPEC.reading(frame).values == {}


def test_current_is_positive_into_the_battery() -> None:
    assert reading(values(amperes=1250)).values["current_a"] == -12.5
    assert reading(values(amperes=-300)).values["current_a"] == 3.0
    assert str(reading(values()).values["current_a"]) == "0.0"


@pytest.mark.parametrize("raw", [-800, -909, -1010])
def test_a_sensor_that_is_not_there_says_no_temperature(raw: int) -> None:
    said = reading(values(fet=raw, motor=raw))
    assert "controller_temp_c" not in said.values
    assert "motor_temp_c" not in said.values
    assert said.fields["temp_motor_c"] == raw / 10


def test_frost_is_a_temperature() -> None:
    assert reading(values(motor=-50)).values["motor_temp_c"] == -5.0
    assert reading(values(motor=0)).values["motor_temp_c"] == 0.0


@pytest.mark.parametrize(
    ("length", "last"), [(54, "fault"), (58, "pid_pos"), (59, "controller_id")]
)
def test_older_firmwares_say_less(length: int, last: str) -> None:
    said = reading(values()[:length])
    assert list(said.fields)[-2] == last
    assert said.values["input_voltage_v"] == 37.5


@pytest.mark.parametrize("length", [60, 61, 62])
def test_what_stands_behind_the_last_whole_field_is_kept_as_it_came(length: int) -> None:
    said = reading(values()[:length])
    assert said.fields["controller_id"] == 20
    assert said.fields["extra_tail_hex"] == values()[59:length].hex()


def test_fields_of_firmwares_to_come_change_nothing() -> None:
    said = reading(values() + b"\x01\x02\x03")
    assert said.values == reading(values()).values
    assert said.fields["extra_tail_hex"] == "010203"


def test_firmware_2_tells_the_hottest_of_its_transistors() -> None:
    old = bytearray(next(entry for entry in recorded("vesc") if "fw2" in entry.name).stream[2:-3])
    old[5:7] = (401).to_bytes(2, "big")
    assert reading(bytes(old)).values["controller_temp_c"] == 40.1


@pytest.mark.parametrize("payload", [b"\x04" + bytes(73), values()[:28], b"\x2f\x01"])
def test_an_impossible_payload_is_refused(payload: bytes) -> None:
    with pytest.raises(BadPayload):
        reading(payload)


def test_a_mask_chooses_its_fields() -> None:
    said = reading(struct.pack(">BIihB", 0x32, 1 << 7 | 1 << 8 | 1 << 15, -2347, 374, 4))
    assert said.fields == {
        "command": 0x32,
        "mask": "0x00008180",
        "erpm": -2347,
        "v_in": 37.4,
        "fault": 4,
        "fault_name": "ABS_OVER_CURRENT",
    }
    assert said.values == {"erpm": -2347, "input_voltage_v": 37.4, "fault": "abs_over_current"}


@pytest.mark.parametrize(
    ("number", "word"), [(0, "none"), (6, "over_temp_motor"), (11, "fault_11")]
)
def test_a_fault_is_a_word(number: int, word: str) -> None:
    said = reading(struct.pack(">BIB", 0x32, 1 << 15, number))
    assert said.values == {"fault": word}


SETUP = struct.pack(
    ">BhhiihiihhiiiiiiiBBBiII",
    *(0x2F, 301, 412, 1534, 820, 415, 3900, -4167, 481, 640),
    *(12_000, 0, 560_000, 0, 12_345_000, 12_400_000, 0, 0, 20, 1, 700_000, 512_000, 60_000),
)


def test_the_setup_answer_gives_the_controllers_own_speed_and_distance() -> None:
    said = reading(SETUP)
    assert said.values["speed_kmh"] == pytest.approx(15.0012)
    assert said.values["distance_m"] == 512_000
    assert said.values["current_a"] == -8.2
    assert said.fields["battery_level"] == 0.64
    assert "soc_pct" not in said.values


def test_a_shorter_setup_answer_has_no_odometer() -> None:
    assert reading(SETUP[:62]).values["distance_m"] == 12_400
    assert "distance_m" not in reading(SETUP[:43]).values


def test_speed_and_distance_come_from_a_wheel_that_is_known() -> None:
    fitting = Fitting(wheel_circumference_m=1.6, erpm_per_turn=23)
    said = reading(values(erpm=-2300), fitting)
    assert said.values["speed_kmh"] == pytest.approx(9.6)
    assert said.values["distance_m"] == pytest.approx(16.0)


@pytest.mark.parametrize(
    "fitting", [Fitting(), Fitting(erpm_per_turn=23), Fitting(wheel_circumference_m=1.6)]
)
def test_without_a_known_wheel_there_is_no_speed(fitting: Fitting) -> None:
    said = reading(values(erpm=2300), fitting)
    assert "speed_kmh" not in said.values
    assert "distance_m" not in said.values
