"""What is particular to JK boards: tags in a row, and a current that the last of them explains."""

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
from triporteur_device.protocols.jk_tags import TAGS, walk

SPEC = PROTOCOLS["jk"]
QUESTION = bytes.fromhex("4e5700130000000006030000000000006800000129")
CHARGING = next(entry.stream for entry in recorded("jk") if entry.expected.get("current_a") == 2.08)
VERSION_0, VERSION_1 = b"\xc0\x00", b"\xc0\x01"
ALIVE = bytes.fromhex("8314ef850f")


def answer(tags: bytes, kind: int = 1) -> bytes:
    body = bytes.fromhex("0000000006") + bytes((0, kind)) + tags + bytes.fromhex("00000000680000")
    frame = b"NW" + (len(body) + 4).to_bytes(2, "big") + body
    return frame + (sum(frame) & 0xFFFF).to_bytes(2, "big")


def events(stream: bytes) -> list[Event]:
    decoder = SPEC.decoder()
    return decoder.receive(stream) + decoder.reset()


def reading(tags: bytes) -> Reading:
    (frame,) = events(answer(tags))
    assert isinstance(frame, Frame)
    return SPEC.reading(frame)


def test_the_question_is_the_documented_one() -> None:
    assert SPEC.requests == {QUESTION}


def test_a_charging_pack_is_read() -> None:
    (frame,) = events(CHARGING)
    assert isinstance(frame, Frame)
    values = dict(SPEC.reading(frame).values)
    assert len(str(values.pop("cells_v")).split()) == 14
    assert values == {
        "pack_voltage_v": 53.59,
        "current_a": 2.08,
        "soc_pct": 15,
        "cycles": 4,
        "nominal_ah": 14,
        "charge_fet": True,
        "discharge_fet": True,
        "alarms": (),
        "bms_temp_c": 29,
        "battery_temps_c": (30, 28),
    }


def test_the_cold_limit_of_charging_is_told() -> None:
    assert reading(b"\xa5\xff\xec").fields["charge_low_temp_protect_c"] == -20


@pytest.mark.parametrize(
    ("raw", "version", "current_a"),
    [
        ("07d0", VERSION_1, -20.0),
        ("87d0", VERSION_1, 20.0),
        ("0000", VERSION_1, 0.0),
        ("8000", VERSION_1, 0.0),
        ("2af8", VERSION_0, -10.0),
        ("251c", VERSION_0, 5.0),
        ("2710", VERSION_0, 0.0),
    ],
)
def test_the_last_tag_says_what_the_current_means(
    raw: str, version: bytes, current_a: float
) -> None:
    told = reading(b"\x84" + bytes.fromhex(raw) + version).values["current_a"]
    assert told == current_a
    assert str(told) == str(current_a)


@pytest.mark.parametrize("version", [b"", b"\xc0\x02", b"\xff" + VERSION_1])
def test_a_current_that_nobody_explains_is_absent(version: bytes) -> None:
    told = reading(ALIVE + b"\x84\x07\xd0" + version)
    assert "current_a" not in told.values
    assert "current_a" not in told.fields
    assert told.fields["current_raw"] == 2000
    assert told.values["pack_voltage_v"] == 53.59


def test_an_unknown_tag_ends_the_reading_and_is_told() -> None:
    told = reading(ALIVE + b"\x10\x02\x03" + b"\x87\x00\x04")
    assert (told.values["pack_voltage_v"], told.values["soc_pct"]) == (53.59, 15)
    assert "cycles" not in told.values
    assert told.fields["unread_hex"] == "100203870004"


@pytest.mark.parametrize("cut", ["83", "8314", "79", "790301", "aa0000"])
def test_a_tag_without_its_whole_value_ends_the_reading(cut: str) -> None:
    told = reading(b"\x85\x0f" + bytes.fromhex(cut))
    assert told.values == {"soc_pct": 15}
    assert told.fields["unread_hex"] == cut


@given(st.binary(max_size=400))
def test_what_is_read_and_what_is_not_are_the_whole(tags: bytes) -> None:
    said, unread = walk(tags)
    assert tags.endswith(unread)
    assert walk(tags[: len(tags) - len(unread)]) == (said, b"")


@given(st.lists(st.sampled_from(sorted(TAGS)), min_size=1, max_size=30))
def test_known_tags_in_any_order_leave_nothing_unread(tags: list[int]) -> None:
    data = b"".join(
        bytes((tag,)) + (b"\x03\x01\x0e\xed" if tag == 0x79 else b"\x01" * TAGS[tag].size)
        for tag in tags
    )
    assert "unread_hex" not in reading(data).fields


@pytest.mark.parametrize(
    ("raw", "temp_c"), [(0, 0), (100, 100), (101, -2), (110, -11), (137, -38), (28, 28)]
)
def test_above_a_hundred_a_temperature_is_negative_and_the_colder_one(
    raw: int, temp_c: int
) -> None:
    told = reading(b"\x80" + raw.to_bytes(2, "big") + b"\x81" + raw.to_bytes(2, "big"))
    assert told.values == {"bms_temp_c": temp_c, "battery_temps_c": (temp_c,)}


def test_a_sensor_that_is_not_there_leaves_the_others() -> None:
    told = reading(bytes.fromhex("80008c81008b82001c"))
    assert told.values == {"battery_temps_c": (28,)}


def test_every_warning_bit_has_its_word() -> None:
    words = (
        "low_soc high_temperature pack_overvoltage pack_undervoltage high_temperature"
        " charge_overcurrent discharge_overcurrent cell_imbalance high_temperature low_temperature"
        " cell_overvoltage cell_undervoltage other"
    )
    for bit, word in enumerate(words.split()):
        raw = b"\x8b" + (1 << bit).to_bytes(2, "big")
        assert reading(raw).values["alarms"] == (word,)
    assert reading(b"\x8b\x00\x12").values["alarms"] == ("high_temperature",)
    assert reading(b"\x8b\x00\x00").values["alarms"] == ()


def test_a_board_that_was_told_no_capacity_has_none() -> None:
    assert reading(bytes.fromhex("aa00000000")).values == {}


def test_the_password_of_the_settings_is_told_to_nobody() -> None:
    told = str(reading(b"\xb2123456\0\0\0\0" + b"\x85\x0f").fields)
    assert told == "{'soc_pct': 15}"


def test_a_question_heard_back_is_noise() -> None:
    assert events(QUESTION) == [Discarded(Fault.NOISE, QUESTION)]


def test_what_a_board_sends_unasked_is_read_too() -> None:
    (frame,) = events(answer(ALIVE, kind=2))
    assert isinstance(frame, Frame)


def test_a_line_break_in_the_data_is_data() -> None:
    assert reading(b"\x87\x0a\x0d").values == {"cycles": 0x0A0D}


def test_faults_are_told_apart() -> None:
    good = answer(ALIVE)
    wrong_sum = good[:-1] + bytes((good[-1] ^ 1,))
    wrong_end = good[:-5] + b"\x69" + good[-4:]
    short = good[:3] + b"\x05" + good[4:20]
    assert events(wrong_sum) == [Discarded(Fault.CHECKSUM, wrong_sum)]
    assert events(wrong_end) == [Discarded(Fault.STOP, wrong_end)]
    assert events(short) == [Discarded(Fault.LENGTH, short)]
    assert events(good[:-1]) == [Discarded(Fault.TRUNCATED, good[:-1])]


def test_a_false_header_does_not_swallow_the_frame_behind_it() -> None:
    false = bytes.fromhex("4e5701f000000000060001")
    assert [event.raw for event in events(false + CHARGING)] == [false, CHARGING]


def test_a_board_without_voltage_and_charge_is_no_reading() -> None:
    with pytest.raises(BadPayload, match="a battery feeds"):
        reading(bytes.fromhex("8300008500"))
