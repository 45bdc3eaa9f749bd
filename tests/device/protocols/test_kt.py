"""What is particular to a KT line: two sides, one weak check, a wheel that says its period."""

import random

import pytest

from tests.device.protocols.recorded import recorded
from triporteur_device.protocols import PROTOCOLS, Discarded, Event, Fault, Fitting, Frame, Reading

SPEC = PROTOCOLS["kt"]
RIDING, DISPLAY = (entry.stream for entry in recorded("kt") if not entry.refused)
MEGABYTE = 1_000_000


def events(*chunks: bytes) -> list[Event]:
    decoder = SPEC.decoder()
    return [event for chunk in chunks for event in decoder.receive(chunk)] + decoder.reset()


def controller(**changed: int) -> bytes:
    """The captured frame with other bytes, named b1 to b11, and the check that goes with them."""
    raw = bytearray(RIDING)
    for name, byte in changed.items():
        raw[int(name[1:])] = byte
    raw[6] = 0
    for byte in bytes(raw[1:6] + raw[7:]):
        raw[6] ^= byte
    return bytes(raw)


def reading(raw: bytes, fitting: Fitting | None = None) -> Reading:
    (frame,) = events(raw)
    assert isinstance(frame, Frame)
    return SPEC.fitted(fitting or Fitting()).reading(frame)


def test_it_is_only_ever_listened_to() -> None:
    assert SPEC.poller is None
    assert SPEC.requests == frozenset()


def test_a_current_leaves_the_battery() -> None:
    assert reading(RIDING).values == {"current_a": -3.25, "fault": "none"}
    assert str(reading(controller(b8=0)).values["current_a"]) == "0.0"


def test_both_sides_are_told_apart_on_one_line() -> None:
    line = (DISPLAY + RIDING) * 3
    assert [e.kind for e in events(line) if isinstance(e, Frame)] == ["display", "controller"] * 3
    assert b"".join(event.raw for event in events(line)) == line


def test_the_display_tells_its_settings_and_no_value() -> None:
    said = reading(DISPLAY)
    assert said.values == {}
    assert (said.fields["max_speed_kmh"], said.fields["light"]) == (60, False)


@pytest.mark.parametrize("constant", [2, 9, 10, 11])
def test_every_documented_version_of_a_display_is_known(constant: int) -> None:
    other = bytearray(DISPLAY)
    other[5] ^= 2 ^ constant
    assert reading(bytes(other)).fields["difference"] == constant


def test_a_display_of_another_constant_is_refused() -> None:
    other = bytearray(DISPLAY)
    other[5] ^= 2 ^ 3
    assert not any(isinstance(event, Frame) for event in events(bytes(other)))


@pytest.mark.parametrize(
    ("code", "word"),
    [(0x21, "short_circuit"), (0x22, "throttle"), (0x24, "hall_sensor"), (0x91, "under_voltage")],
)
def test_an_error_is_a_fault_word(code: int, word: str) -> None:
    assert reading(controller(b5=code)).values["fault"] == word


def test_an_error_that_no_document_names_is_another_fault() -> None:
    assert reading(controller(b5=0x23)).values["fault"] == "other"


@pytest.mark.parametrize(("byte", "temp_c"), [(25, 40), (0xF6, 5), (0x80, None)])
def test_a_motor_temperature_is_fifteen_degrees_above_its_byte(
    byte: int, temp_c: int | None
) -> None:
    assert reading(controller(b9=byte)).values.get("motor_temp_c") == temp_c


def test_a_motor_without_a_sensor_has_no_temperature() -> None:
    assert "motor_temp_c" not in reading(RIDING).values


@pytest.mark.parametrize(
    ("period_ms", "speed_kmh"), [(500, 15.12), (4499, 1.68), (4500, 0.0), (6000, 0.0), (0, None)]
)
def test_the_speed_comes_from_the_turn_of_a_known_wheel(
    period_ms: int, speed_kmh: float | None
) -> None:
    raw = controller(b3=period_ms >> 8, b4=period_ms & 0xFF)
    speed = reading(raw, Fitting(wheel_circumference_m=2.1)).values.get("speed_kmh")
    assert speed == (None if speed_kmh is None else pytest.approx(speed_kmh, abs=0.01))
    assert "speed_kmh" not in reading(raw).values


def test_a_speed_no_trike_reaches_is_left_out() -> None:
    said = reading(controller(b3=0, b4=40), Fitting(wheel_circumference_m=2.1))
    assert "speed_kmh" not in said.values
    assert said.fields["wheel_period_ms"] == 40


@pytest.mark.parametrize(
    "impossible",
    [controller(b1=5), controller(b2=5), controller(b10=1), controller(b11=0x80)],
)
def test_a_right_check_over_what_no_controller_sends_is_refused(impossible: bytes) -> None:
    told = events(impossible + RIDING)
    assert [event.raw for event in told if isinstance(event, Frame)] == [RIDING]


@pytest.mark.parametrize("count", range(1, 14))
def test_noise_before_a_frame_costs_nothing_but_itself(count: int) -> None:
    noise = bytes(range(200, 200 + count))
    told = events(noise + RIDING)
    assert isinstance(told[-1], Frame)
    assert b"".join(event.raw for event in told[:-1]) == noise
    assert {e.fault for e in told if isinstance(e, Discarded)} == {Fault.NOISE}


def test_what_silence_leaves_is_told_once() -> None:
    assert events(RIDING[:9]) == [Discarded(Fault.TRUNCATED, RIDING[:9])]
    assert events(b"\xff" * 9) == [Discarded(Fault.NOISE, b"\xff" * 9)]


def test_a_megabyte_of_noise_gives_no_value() -> None:
    told = events(random.Random(1).randbytes(MEGABYTE))
    assert not [e for e in told if isinstance(e, Frame) and SPEC.reading(e).values]
    assert sum(len(event.raw) for event in told) == MEGABYTE
