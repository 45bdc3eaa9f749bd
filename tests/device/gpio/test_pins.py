"""A unit's pins on gpiozero's mock board."""

import logging
import sys
import threading
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.device.gpio.wired import WIRED, Unit
from triporteur_device.gpio import Pins, open_board, pins
from triporteur_device.gpio.lamp import GO
from triporteur_device.gpio.table import GpioTable
from triporteur_device.live import Happened, Observation
from triporteur_wire.messages import Doubt


def test_a_contact_to_ground_is_told_once_it_has_settled(unit: Unit) -> None:
    unit.look()
    assert unit.value("charger_plugged") is False
    unit.pin(17).drive_low()
    unit.look(2)
    assert unit.value("charger_plugged") is True


def test_a_contact_that_bounces_between_two_looks_is_not_believed(unit: Unit) -> None:
    unit.look(2)
    unit.pin(27).drive_low()
    unit.look()
    unit.pin(27).drive_high()
    unit.look(2)
    assert unit.value("key_on") is False
    assert unit.happened == []


def test_an_inverted_contact_acts_when_it_is_high() -> None:
    unit = Unit(replace(WIRED, inverted=("charger",))).wire()
    unit.look()
    assert unit.value("charger_plugged") is False
    unit.pin(17).drive_high()
    unit.look(2)
    assert unit.value("charger_plugged") is True
    unit.board.close()


def test_each_turn_of_the_key_is_an_event_told_after_the_reading(unit: Unit) -> None:
    unit.pin(27).drive_low()
    unit.look()
    assert unit.happened == []  # it was on when the agent came
    unit.pin(27).drive_high()
    unit.look(2)
    assert unit.value("key_on") is False
    assert unit.happened == ["key_off"]
    unit.pin(27).drive_low()
    unit.look(2)
    assert unit.happened == ["key_off", "key_on"]
    assert unit.told[-2].mono_ms == unit.told[-1].mono_ms == unit.now_ms


def test_what_does_not_change_is_told_every_two_seconds(unit: Unit) -> None:
    unit.look(81)
    assert len(unit.told) == 3
    assert unit.pins.health().frames == 3
    assert unit.pins.health().heard_age_s == 0


def test_a_press_is_handed_on_however_short_and_once(unit: Unit) -> None:
    unit.pin(22).drive_low()
    unit.pin(22).drive_high()
    unit.look(3)
    assert unit.presses == 1


def test_a_turning_wheel_gives_distance_and_speed(unit: Unit) -> None:
    for _ in range(10):
        unit.now_ms += 360
        unit.pin(23).drive_low()
        unit.pin(23).drive_high()
    unit.pins.look()
    assert unit.value("distance_m") == 20
    assert unit.value("speed_kmh") == pytest.approx(20)


def test_phones_are_supplied_by_the_charge_and_off_until_it_is_known(unit: Unit) -> None:
    unit.look()
    assert unit.value("phone_charging") is False
    unit.charge(60)
    unit.look()
    assert unit.value("phone_charging") is True
    assert unit.pin(25).state
    unit.charge(29)
    unit.look()
    assert unit.value("phone_charging") is False
    assert not unit.pin(25).state


def test_an_inverted_relay_is_off_while_its_pin_is_high() -> None:
    unit = Unit(replace(WIRED, inverted=("phones",))).wire()
    unit.look()
    assert unit.pin(25).state
    unit.charge(60)
    unit.look()
    assert not unit.pin(25).state
    unit.board.close()


def test_the_lamp_blinks_for_as_long_as_go_is_said(unit: Unit) -> None:
    lit = []
    for tick in range(80):
        if tick % 20 == 0:  # once a second
            unit.pins.light(GO)
        unit.look()
        lit.append(bool(unit.pin(24).state))
    changes = sum(a != b for a, b in pairwise(lit))
    assert changes == 8  # one each half second
    unit.look(80)
    assert not unit.pin(24).state


def test_a_pin_that_cannot_be_had_leaves_the_others(caplog: pytest.LogCaptureFixture) -> None:
    unit = Unit()
    taken = unit.board.contact("charger")
    assert taken
    unit.wire()  # finds that one in use
    unit.look()
    assert unit.value("charger_plugged") is None
    assert unit.value("key_on") is False
    (line,) = [r for r in caplog.records if r.levelno == logging.WARNING]
    assert line.getMessage().startswith("gpio: charger on pin 17 cannot be used (")
    unit.board.close()


def test_without_a_board_the_unit_goes_on_and_the_source_is_offline() -> None:
    boardless = Pins(WIRED, None, lambda: 0, lambda _: None)
    boardless.run(threading.Event())
    boardless.light(GO)
    assert boardless.health().heard_age_s is None
    assert boardless.health().doubts == (Doubt.OFFLINE,)


def test_a_missing_library_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "lgpio", None)
    stands = Path.cwd()
    assert open_board(WIRED, tmp_path / "run") is None
    assert Path.cwd() == stands
    (line,) = caplog.records
    assert "are gpiozero and lgpio installed?" in line.getMessage()


def test_the_thread_lets_the_pins_go_when_it_ends() -> None:
    unit = Unit()
    stop = threading.Event()
    unit.pins._tell = lambda _: stop.set()
    unit.pins.run(stop)
    assert unit.board.contact("charger")
    unit.board.close()


def test_pins_that_are_lost_end_no_more_than_their_own_source(
    caplog: pytest.LogCaptureFixture,
) -> None:
    unit = Unit()
    looks = 0

    def lose(_: object) -> None:
        nonlocal looks
        looks += 1
        unit.factory.gone = True

    unit.pins._tell = lose
    unit.pins._work(unit.board, threading.Event())
    assert looks == 1
    assert unit.pins.health().doubts == (Doubt.OFFLINE,)
    assert unit.pins.supply_phones(on=True) is None
    (line,) = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert line.getMessage() == "gpio: the pins are lost (gone); going on without"
    unit.factory.gone = False
    unit.board.close()


def test_pins_that_were_lost_come_back_and_the_wheel_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pins, "_OPEN_AGAIN_S", 0.001)
    caplog.set_level(logging.INFO)
    unit, stop = Unit(), threading.Event()

    def turn() -> None:
        unit.now_ms += 3_000
        unit.pin(23).drive_low()
        unit.pin(23).drive_high()
        if len(unit.told) == 1:
            unit.lost, unit.refusals = unit.factory, 3
            unit.lost.gone = True
        elif len(unit.told) == 3:
            stop.set()

    def tell(told: Observation | Happened) -> None:
        unit.told.append(told)
        turn()

    unit.pins._tell = tell
    unit.pins.run(stop)
    told = [each.values["distance_m"] for each in unit.told if isinstance(each, Observation)]
    assert told == [0, 2, 4]
    assert [r.getMessage() for r in caplog.records] == [
        "gpio: the pins are lost (gone); going on without",
        "gpio: the pins are there again",
    ]
    unit.lost.gone = False
    unit.board.close()


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (GpioTable(charger=4, key=4), "[gpio] pin 4 found for charger, key"),
        (GpioTable(wheel=4), "[gpio] wheel_circumference_m is missing"),
        (GpioTable(phones_on_above_pct=20), "[gpio] phones_on_above_pct found 20; expected"),
    ],
)
def test_a_table_that_cannot_be_is_told(table: GpioTable, fault: str) -> None:
    (found,) = table.faults()
    assert found.startswith(fault)


def test_a_whole_table_has_no_fault() -> None:
    assert list(WIRED.faults()) == []
    assert WIRED.is_source
    assert not GpioTable(button=4, lamp=5).is_source
    assert GpioTable(button=4).is_wired
    assert not GpioTable().is_wired
