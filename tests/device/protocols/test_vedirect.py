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


HISTORY = (
    "H1\t-149322 H2\t-82854 H3\t-20000 H4\t12 H5\t1 H6\t-5526294 H7\t11733 H8\t16161 H9\t368003"
    " H10\t26 H11\t2 H12\t3 H13\t4 H14\t5 H15\t-22 H16\t13800 H17\t6843 H18\t8527"
)


def test_every_label_of_the_history_has_a_name() -> None:
    said = reading(HISTORY)
    names = {
        "deepest_discharge_ah": -149.322,
        "last_discharge_ah": -82.854,
        "average_discharge_ah": -20.0,
        "charge_cycles": 12,
        "full_discharges": 1,
        "total_drawn_ah": -5526.294,
        "min_v": 11.733,
        "max_v": 16.161,
        "since_full_s": 368003,
        "synchronisations": 26,
        "low_voltage_alarms": 2,
        "high_voltage_alarms": 3,
        "low_aux_voltage_alarms": 4,
        "high_aux_voltage_alarms": 5,
        "min_aux_v": -0.022,
        "max_aux_v": 13.8,
        "discharged_kwh": 68.43,
        "charged_kwh": 85.27,
    }
    assert {name: said.fields[name] for name in names} == names
    assert {f"H{number}" for number in range(1, 19)} <= set(said.fields)


def test_a_charger_tells_its_days_its_state_and_its_tracker() -> None:
    said = reading(
        "PID\t0xA042 CS\t3 MPPT\t2 ERR\t0 OR\t0x00000000 LOAD\tON"
        " H19\t8272 H20\t12 H21\t110 H22\t25 H23\t119 HSDS\t274"
    )
    assert said.values == {"alarms": ()}
    names = {
        "charge_state": "bulk",
        "tracker": "active",
        "error_name": "none",
        "off_reasons": (),
        "yield_total_kwh": 82.72,
        "yield_today_kwh": 0.12,
        "max_power_today_w": 110,
        "yield_yesterday_kwh": 0.25,
        "max_power_yesterday_w": 119,
        "day_number": 274,
    }
    assert {name: said.fields[name] for name in names} == names
    assert (said.fields["LOAD"], said.fields["CS"]) == ("ON", "3")


@pytest.mark.parametrize(
    ("lines", "name", "alarms"),
    [
        ("ERR\t0", "none", ()),
        ("ERR\t2", "battery_voltage_high", ("high_voltage",)),
        ("ERR\t17", "charger_temperature_high", ("high_temperature",)),
        ("ERR\t18", "charger_overcurrent", ("charge_overcurrent",)),
        ("ERR\t67", "lost_bms", ("other",)),
        ("ERR\t116", "calibration_lost", ("other",)),
        ("ERR\t99", "unknown", ("other",)),
        ("Alarm\tON AR\t2 ERR\t2", "battery_voltage_high", ("high_voltage",)),
        ("Alarm\tON AR\t4 ERR\t17", "charger_temperature_high", ("low_soc", "high_temperature")),
    ],
)
def test_an_error_of_a_charger_is_an_alarm(lines: str, name: str, alarms: tuple[str, ...]) -> None:
    said = reading(lines)
    assert said.fields["error_name"] == name
    assert said.values["alarms"] == alarms


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("0x00000001", ("no_input_power",)),
        ("0x00000110", ("protection", "analysing_input")),
        ("0x00000000", ()),
        ("00000001", None),
        ("0x1", None),
        ("0xNOTAHEX1", None),
    ],
)
def test_why_a_charger_is_off_is_told_in_words(text: str, reasons: tuple[str, ...] | None) -> None:
    assert reading(f"OR\t{text}").fields.get("off_reasons") == reasons


def test_a_state_that_no_document_names_is_unknown() -> None:
    assert reading("CS\t77").fields["charge_state"] == "unknown"
