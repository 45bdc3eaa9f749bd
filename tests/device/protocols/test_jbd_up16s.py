"""What is particular to JBD's UP boards: an address, and two masks of alarms."""

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
from triporteur_device.protocols.jbd_up16s import encode

SPEC = PROTOCOLS["jbd_up16s"]
FIRST, SECOND = (entry.stream for entry in recorded("jbd_up16s") if "pack_status" in entry.name)
PROTECTIONS_AT, WARNINGS_AT, SWITCHES_AT = 8 + 24, 8 + 28, 8 + 32


def changed(changes: dict[int, bytes], stream: bytes = FIRST) -> bytes:
    """The same answer with other bytes at some offsets, and a checksum that holds."""
    raw = bytearray(stream[:-2])
    for at, new in changes.items():
        raw[at : at + len(new)] = new
    return bytes(raw) + crc16_modbus(bytes(raw)).to_bytes(2, "little")


def events(stream: bytes) -> list[Event]:
    decoder = SPEC.decoder()
    return decoder.receive(stream) + decoder.reset()


def reading(stream: bytes, address: int | None = None) -> Reading:
    (frame,) = events(stream)
    assert isinstance(frame, Frame)
    return SPEC.fitted(Fitting(address=address)).reading(frame)


def test_the_question_is_the_captured_one_for_each_address() -> None:
    assert encode(1).hex() == "0178100010a000007fb2"
    assert encode(2).hex() == "0278100010a000003fa7"
    assert SPEC.requests == {encode(1)}
    assert SPEC.fitted(Fitting(address=2)).requests == {encode(2)}
    assert SPEC.takes == {"address"}


def test_a_pack_is_read() -> None:
    values = dict(reading(FIRST).values)
    cells_v = values.pop("cells_v")
    assert isinstance(cells_v, tuple)
    assert sum(cell for cell in cells_v if isinstance(cell, float)) == pytest.approx(
        53.17, abs=0.01
    )
    assert values == {
        "pack_voltage_v": 53.17,
        "current_a": 0.0,
        "soc_pct": 60.95,
        "soh_pct": 100,
        "remaining_ah": 60.95,
        "nominal_ah": 100.0,
        "cycles": 12,
        "charge_fet": True,
        "discharge_fet": True,
        "alarms": (),
        "bms_temp_c": 21.0,
        "battery_temps_c": (20.9, 20.4, 21.0, 21.2),
    }


@pytest.mark.parametrize(("raw", "current_a"), [(300_000, 0.0), (300_450, 4.5), (298_000, -20.0)])
def test_current_is_positive_into_the_battery(raw: int, current_a: float) -> None:
    assert reading(changed({12: raw.to_bytes(4, "big")})).values["current_a"] == current_a


def test_only_the_board_that_was_fitted_is_believed() -> None:
    assert reading(SECOND, address=2).values["soc_pct"] == 73.0
    for address in (1, None):
        other = reading(SECOND, address)
        assert (other.values, other.fields["soc_pct"]) == ({}, 73.0)


def test_switches_are_read_apart() -> None:
    values = reading(changed({SWITCHES_AT: b"\x00\x01"})).values
    assert (values["charge_fet"], values["discharge_fet"]) == (False, True)


def test_every_protection_bit_has_its_word() -> None:
    words = (
        "cell_overvoltage cell_undervoltage pack_overvoltage pack_undervoltage"
        " charge_overcurrent charge_overcurrent discharge_overcurrent discharge_overcurrent"
        " charge_overtemperature charge_undertemperature discharge_overtemperature"
        " discharge_undertemperature high_temperature high_temperature low_temperature"
        " cell_imbalance temperature_imbalance low_soc short_circuit other"
    )
    for bit, word in enumerate(words.split()):
        raw = changed({PROTECTIONS_AT: (1 << bit).to_bytes(4, "big")})
        assert reading(raw).values["alarms"] == (word,)


def test_every_warning_bit_has_its_word() -> None:
    words = (
        "cell_overvoltage cell_undervoltage pack_overvoltage pack_undervoltage"
        " charge_overcurrent discharge_overcurrent charge_overtemperature charge_undertemperature"
        " discharge_overtemperature discharge_undertemperature high_temperature high_temperature"
        " low_temperature cell_imbalance temperature_imbalance low_soc other"
    )
    for bit, word in enumerate(words.split()):
        raw = changed({WARNINGS_AT: (1 << bit).to_bytes(4, "big")})
        assert reading(raw).values["alarms"] == (word,)


def test_a_word_is_said_once_and_a_full_pack_is_no_alarm() -> None:
    both = changed({PROTECTIONS_AT: b"\0\0\0\2", WARNINGS_AT: b"\0\0\0\2"})
    full = changed({PROTECTIONS_AT: b"\2\0\0\0", WARNINGS_AT: b"\2\4\0\0"})
    assert reading(both).values["alarms"] == ("cell_undervoltage",)
    assert reading(full).values["alarms"] == ()


def test_a_probe_that_is_not_there_leaves_the_others() -> None:
    first_probe = FIRST.index(bytes.fromhex("02c502c0"))
    values = reading(changed({first_probe: b"\0\0", 8 + 16: b"\0\0"})).values
    assert values["battery_temps_c"] == (20.4, 21.0, 21.2)
    assert "bms_temp_c" not in values


def test_a_question_heard_back_is_noise() -> None:
    assert events(encode(1)) == [Discarded(Fault.NOISE, encode(1))]


def test_a_wrong_checksum_and_a_cut_answer_are_refused() -> None:
    wrong = FIRST[:-1] + bytes((FIRST[-1] ^ 1,))
    assert {event.fault for event in events(wrong) if isinstance(event, Discarded)} == {
        Fault.CHECKSUM
    }
    cut = FIRST[:-1]
    assert events(cut)[0].raw == cut


def payload(data: bytes) -> bytes:
    body = FIRST[:6] + len(data).to_bytes(2, "big") + data
    return body + crc16_modbus(body).to_bytes(2, "little")


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(payload(FIRST[8:60]), id="cut before the cells"),
        pytest.param(payload(FIRST[8:90]), id="cut within the cells"),
        pytest.param(payload(FIRST[8:112]), id="cut within the probes"),
        pytest.param(changed({8: b"\0\0", 16: b"\0\0"}), id="neither voltage nor charge"),
        pytest.param(payload(bytes(158)), id="zeros"),
    ],
)
def test_an_impossible_state_is_refused(stream: bytes) -> None:
    with pytest.raises(BadPayload):
        reading(stream)
