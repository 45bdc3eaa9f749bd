"""What is particular to a Bafang line: answers that mean nothing without their question."""

import random

import pytest

from triporteur_device.protocols import PROTOCOLS, Discarded, Event, Fault, Fitting, Frame, Reading

SPEC = PROTOCOLS["bafang"]
MEGABYTE = 1_000_000


def events(stream: str, asked: str = "") -> list[Event]:
    decoder = SPEC.decoder()
    decoder.asked(bytes.fromhex(asked))
    return decoder.receive(bytes.fromhex(stream)) + decoder.reset()


def reading(stream: str, asked: str = "") -> Reading:
    (frame,) = events(stream, asked)
    assert isinstance(frame, Frame)
    return SPEC.reading(frame)


def kinds(stream: str) -> list[str]:
    return [event.kind for event in events(stream) if isinstance(event, Frame)]


def test_it_is_only_ever_listened_to() -> None:
    assert SPEC.poller is None
    assert SPEC.requests == frozenset()


def test_a_current_leaves_the_battery() -> None:
    assert reading("110a1919").values == {"current_a": -12.5}
    assert str(reading("110a0000").values["current_a"]) == "0.0"


def test_both_directions_on_one_line_are_told_apart() -> None:
    line = "110801110a020211114b4b160b0c2d112000b4d411313030"
    assert kinds(line) == ["status", "current", "battery", "assistance", "speed", "moving"]
    assert all(isinstance(event, Frame) for event in events(line))


def test_answers_without_their_questions_are_noise() -> None:
    answers = "014b4b0a0a00b4d43030"
    assert events(answers) == [Discarded(Fault.NOISE, bytes.fromhex(answers))]


def test_a_question_heard_elsewhere_gives_its_answer_a_meaning_once() -> None:
    assert reading("0a0a", asked="110a").values == {"current_a": -5.0}
    assert events("0a0a0a0a", asked="110a")[1:] == [Discarded(Fault.NOISE, b"\x0a\x0a")]


def test_a_question_that_is_not_known_says_nothing_of_the_answer() -> None:
    assert events("0a0a", asked="117f") == [Discarded(Fault.NOISE, b"\x0a\x0a")]


def test_another_question_gives_up_the_half_answer_to_the_first() -> None:
    decoder = SPEC.decoder()
    decoder.asked(b"\x11\x0a")
    assert decoder.receive(b"\x0a") == []
    decoder.asked(b"\x11\x11")
    assert decoder.pending == 1
    assert decoder.receive(b"\x4b\x4b") == [
        Discarded(Fault.TRUNCATED, b"\x0a"),
        Frame("battery", b"\x4b\x4b", b"\x4b\x4b"),
    ]


@pytest.mark.parametrize("silent", ["1108", "110a", "1111", "1120", "1131"])
@pytest.mark.parametrize("following", ["1108", "110a", "1111", "1120", "112233", "160b0c2d"])
def test_a_silent_motor_gives_no_value_of_the_next_question(silent: str, following: str) -> None:
    told = events(silent + following)
    assert not any(isinstance(event, Frame) and event.kind != "assistance" for event in told)
    assert isinstance(told[0], Discarded)
    assert told[0].fault is Fault.TRUNCATED


@pytest.mark.parametrize("other", ["11114242", "11313030"])
def test_an_answer_whose_question_was_lost_is_no_current(other: str) -> None:
    stray = "110a" + other[4:]
    line = "110a1919" + other + stray + "11313131" + "110a1919"
    told = events(line)
    read = [SPEC.reading(e).values.get("current_a") for e in told if isinstance(e, Frame)]
    assert [amperes for amperes in read if amperes is not None] == [-12.5, -12.5]
    assert Discarded(Fault.PAYLOAD, bytes.fromhex(stray)) in told


def test_a_current_that_stays_is_believed_in_the_end() -> None:
    assert kinds("11313030" + "110a3030" * 2) == ["moving", "current"]


@pytest.mark.parametrize(
    ("stream", "fault"),
    [
        ("110a0a0b", Fault.CHECKSUM),
        ("11114b4c", Fault.CHECKSUM),
        ("112000b4d5", Fault.CHECKSUM),
        ("11313233", Fault.PAYLOAD),
        ("110ac8c8", Fault.PAYLOAD),
        ("11116565", Fault.PAYLOAD),
        ("1120044d71", Fault.PAYLOAD),
        ("1152" + "00" * 27, Fault.NOISE),
    ],
)
def test_what_is_not_said_twice_or_could_not_be_is_refused(stream: str, fault: Fault) -> None:
    assert [event.raw.hex() for event in events(stream)] == [stream]
    assert events(stream)[0] == Discarded(fault, bytes.fromhex(stream))


@pytest.mark.parametrize("code", range(256))
def test_no_status_is_ever_a_fault(code: int) -> None:
    said = reading(f"{code:02x}", asked="1108")
    assert said.values == {}
    assert said.fields["status_code"] == code


@pytest.mark.parametrize(
    ("code", "word"),
    [("00", "normal"), ("03", "braking"), ("21", "speed_sensor"), ("05", "unknown")],
)
def test_a_status_is_named_where_the_documents_agree(code: str, word: str) -> None:
    assert reading("1108" + code).fields["status"] == word


def test_the_speed_is_told_only_where_the_wheel_is_known() -> None:
    (frame,) = events("112000b4d4")
    assert isinstance(frame, Frame)
    assert SPEC.reading(frame).values == {}
    wheel = SPEC.fitted(Fitting(wheel_circumference_m=2.315))
    assert wheel.reading(frame).values == {"speed_kmh": pytest.approx(25.0, abs=0.01)}
    assert SPEC.fitted(Fitting()).reading(frame).values == {}
    assert SPEC.takes == {"wheel_circumference_m"}


def test_the_charge_that_follows_the_voltage_is_shown_and_not_measured() -> None:
    assert reading("11114b4b") == Reading({"battery_pct": 75}, {})


@pytest.mark.parametrize(
    ("command", "level"),
    [("160b0021", 0), ("160b0324", 9), ("160b0627", "walking"), ("160b0425", "0x04")],
)
def test_what_the_display_sets_is_shown(command: str, level: int | str) -> None:
    assert reading(command).fields == {"assist_level": level}


def test_a_workshop_answer_tells_whether_its_sum_is_right_and_gives_no_value() -> None:
    good = "530b03ffff6406140a1908141427"
    assert reading("1153" + good).fields == {
        "data_hex": good[4:-2],
        "checksum_ok": sum(bytes.fromhex(good[:-2])) & 0xFF == 0x27,
    }
    assert reading("1153" + good).values == {}


def test_a_megabyte_of_noise_gives_no_value() -> None:
    decoder = SPEC.decoder()
    told = decoder.receive(random.Random(1).randbytes(MEGABYTE)) + decoder.reset()
    assert not [e for e in told if isinstance(e, Frame) and SPEC.reading(e).values]
    assert sum(len(event.raw) for event in told) == MEGABYTE
