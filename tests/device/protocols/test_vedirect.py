"""What is particular to VE.Direct: checksum bytes of any value, messages inside blocks."""

import pytest

from tests.device.protocols.recorded import recorded
from triporteur_device.protocols import PROTOCOLS, Discarded, Event, Fault, Frame, Reading
from triporteur_device.protocols.vedirect import MAX_BLOCK, MAX_HEX

SPEC = PROTOCOLS["vedirect"]
MESSAGE = b":70010007800C6\n"


def block(lines: str = "V\t12065 I\t-7626", checksum: int | None = None) -> bytes:
    """A block; when its checksum byte is given, a last line is chosen that makes it so."""
    text = b"".join(b"\r\n" + line.encode() for line in lines.split(" ")) + b"\r\nFILL\t"
    # An odd byte, repeated, reaches every sum.
    for length in range(1, 257):
        head = text + b"5" * length + b"\r\nChecksum\t"
        due = -sum(head) % 256
        if checksum in (None, due):
            return head + bytes((due,))
    raise ValueError(f"{checksum} is no byte")


def events(*chunks: bytes) -> list[Event]:
    decoder = SPEC.decoder()
    return [event for chunk in chunks for event in decoder.receive(chunk)] + decoder.reset()


def frames(*chunks: bytes) -> list[bytes]:
    return [event.raw for event in events(*chunks) if isinstance(event, Frame)]


def reading(lines: str) -> Reading:
    (frame,) = events(block(lines))
    assert isinstance(frame, Frame)
    return SPEC.interpret(frame)


NEXT = block("V\t12066")


@pytest.mark.parametrize("checksum", [0x0D, 0x0A, 0x3A, 0x09, 0x00, 0x43])
def test_the_checksum_may_be_any_byte(checksum: int) -> None:
    first = block(checksum=checksum)
    assert first[-1] == checksum
    assert frames(first + NEXT) == [first, NEXT]
    assert frames(*(bytes((byte,)) for byte in first + NEXT)) == [first, NEXT]


def test_a_message_may_stand_anywhere_in_a_block() -> None:
    for first in (block(), block(checksum=0x0D), block(checksum=0x0A)):
        for at in range(len(first) + 1):
            assert frames(first[:at] + MESSAGE + first[at:] + NEXT) in (
                [MESSAGE, first, NEXT],
                [first, MESSAGE, NEXT],
            )


def test_messages_may_follow_each_other_inside_a_block() -> None:
    first = block()
    assert frames(first[:9] + MESSAGE * 3 + first[9:]) == [MESSAGE, MESSAGE, MESSAGE, first]


@pytest.mark.parametrize("checksum", [None, 0x3A])
def test_a_byte_left_over_of_the_block_before_does_not_cost_the_block(
    checksum: int | None,
) -> None:
    first = block(checksum=checksum)
    assert events(b"\xb4" + first) == [
        Discarded(Fault.NOISE, b"\xb4"),
        Frame("text", first[2:-12], first),
    ]


@pytest.mark.parametrize("start", [2, 3, 9, 12, 20])
def test_a_block_that_began_before_we_listened_is_refused(start: int) -> None:
    cut = block()[start:]
    assert events(cut + NEXT)[0] == Discarded(Fault.CHECKSUM, cut)
    assert frames(cut + NEXT) == [NEXT]


@pytest.mark.parametrize("checksum", [None, 0x3A])
def test_noise_between_blocks_costs_no_block(checksum: int | None) -> None:
    noise, second = b"\xff\xfe#!", block(checksum=checksum)
    assert events(NEXT + noise + second)[1:] == [
        Discarded(Fault.NOISE, noise),
        Frame("text", second[2:-12], second),
    ]


def test_a_block_cut_short_by_silence_does_not_cost_the_next() -> None:
    decoder = SPEC.decoder()
    first = block()
    decoder.receive(first + first[:20])
    assert decoder.reset() == [Discarded(Fault.TRUNCATED, first[:20])]
    assert [event.raw for event in decoder.receive(NEXT)] == [NEXT]


def test_silence_after_a_block_leaves_nothing_to_give_up() -> None:
    decoder = SPEC.decoder()
    decoder.receive(block() + MESSAGE)
    assert decoder.reset() == []


def test_an_endless_block_is_given_up_and_the_stream_found_again() -> None:
    endless = b"\r\nX\t" + b"9" * 3 * MAX_BLOCK
    told = events(endless, NEXT, NEXT)
    assert told[0] == Discarded(Fault.LENGTH, endless[:MAX_BLOCK])
    assert told[-1] == Frame("text", NEXT[2:-12], NEXT)


def test_an_endless_message_is_given_up() -> None:
    told = events(b":" + b"A" * 2 * MAX_HEX)
    assert told[0] == Discarded(Fault.LENGTH, b":" + b"A" * (MAX_HEX - 1))


def test_a_message_that_turns_out_not_to_be_one_leaves_the_text_alone() -> None:
    first = block()
    at = first.index(b"\r\nI\t")
    assert events(first[:at] + b":70" + first[at:]) == [
        Discarded(Fault.NOISE, b":70"),
        Frame("text", first[2:-12], first),
    ]


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (b":70010007800C7\n", Fault.CHECKSUM),
        (b":700100078000C6\n", Fault.LENGTH),
        (b":7\n", Fault.LENGTH),
        (b":\n", Fault.LENGTH),
        (b":70010007800C6", Fault.TRUNCATED),
    ],
)
def test_a_bad_message_is_refused(message: bytes, fault: Fault) -> None:
    assert events(message) == [Discarded(fault, message)]


def test_the_battery_capacity_register_is_the_nominal_charge() -> None:
    (frame,) = events(MESSAGE)
    assert isinstance(frame, Frame)
    assert SPEC.interpret(frame).values == {"nominal_ah": 120}


def test_a_register_that_the_device_does_not_know_gives_no_value() -> None:
    (frame,) = events(b":70010017800C5\n")
    assert isinstance(frame, Frame)
    assert SPEC.interpret(frame).fields["flags"] == 1
    assert SPEC.interpret(frame).values == {}


def test_a_command_without_register_gives_its_bytes() -> None:
    (frame,) = events(b":51641F9\n")
    assert isinstance(frame, Frame)
    assert SPEC.interpret(frame).fields == {"command": 5, "data_hex": "1641"}


def test_what_is_not_a_number_is_absent_and_the_rest_stays() -> None:
    values = reading("V\t12065 SOC\t--- T\t--- P\t1e3 I\t- CE\t12345678901").values
    assert values == {"pack_voltage_v": 12.065}


def test_an_endless_time_to_go_is_absent() -> None:
    assert "time_to_go_min" not in reading("TTG\t-1").values
    assert reading("TTG\t0").values == {"time_to_go_min": 0}


def test_a_temperature_is_a_battery_temperature() -> None:
    assert reading("T\t-3").values == {"battery_temps_c": (-3.0,)}


def test_history_gives_energies_in_watt_hours() -> None:
    history = reading("H17\t6843 H18\t8527")
    assert history.values == {"energy_out_wh": 68430, "energy_in_wh": 85270}
    assert history.fields["discharged_kwh"] == 68.43


@pytest.mark.parametrize(
    ("lines", "alarms"),
    [
        ("Alarm\tOFF AR\t0", ()),
        ("Alarm\tON AR\t5", ("low_voltage", "low_soc")),
        ("Alarm\tON AR\t0", ("other",)),
        ("Alarm\tON", ("other",)),
        ("Alarm\tOFF", ()),
        ("AR\t16384", ("other",)),
        ("AR\t96", ("low_temperature", "high_temperature")),
        ("AR\t128", ("midpoint",)),
    ],
)
def test_alarm_reasons_become_words(lines: str, alarms: tuple[str, ...]) -> None:
    assert reading(lines).values["alarms"] == alarms


def test_a_block_without_alarm_labels_says_nothing_of_alarms() -> None:
    assert "alarms" not in reading("V\t12065").values


def test_unknown_labels_are_kept_as_they_came() -> None:
    assert reading("NEW#\tA-1").fields["NEW#"] == "A-1"


def test_a_stream_of_captured_blocks_loses_none() -> None:
    blocks = [
        entry.stream
        for entry in recorded("vedirect")
        if not entry.refused and "with_messages" not in entry.name and entry.stream[:1] != b":"
    ]
    assert frames(b"".join(blocks)) == blocks
