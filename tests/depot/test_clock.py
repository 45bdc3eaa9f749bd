"""Which machine's clock units are told."""

import logging

import pytest

from triporteur_depot.clock import DepotClock, Machine, is_believed, this_machine, utc_ms

HELD = Machine(is_held=True, is_steered=True, keeps_time=False)
ADRIFT = Machine(is_held=False, is_steered=True, keeps_time=True)
SERVER = Machine(is_held=False, is_steered=False, keeps_time=True)
BOARD = Machine(is_held=False, is_steered=False, keeps_time=False)
MUTE_CONTAINER = Machine(is_held=None, is_steered=False, keeps_time=True)


@pytest.mark.parametrize(
    ("machine", "believed"),
    [(HELD, True), (ADRIFT, False), (SERVER, True), (BOARD, False), (MUTE_CONTAINER, True)],
)
def test_a_clock_is_believed_while_held_or_where_nothing_but_a_battery_or_a_host_made_it(
    machine: Machine, believed: bool
) -> None:
    assert is_believed(machine) is believed


def test_this_machine_says_something() -> None:
    assert isinstance(this_machine().keeps_time, bool)


def test_a_clock_that_is_not_held_is_not_told_and_that_is_said_once_each_way(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    now = [ADRIFT]
    clock = DepotClock("auto", lambda: now[0])
    assert (clock(), clock()) == (None, None)
    now[0] = HELD
    before_ms = utc_ms()
    told = [clock(), clock()]
    assert all(at is not None and before_ms <= at <= utc_ms() for at in told)
    assert [line.levelname for line in caplog.records] == ["WARNING", "INFO"]


def test_a_clock_that_people_vouch_for_is_told_whatever_the_kernel_says() -> None:
    assert DepotClock("system", lambda: ADRIFT)() is not None
