"""The team's word on the phones' supply; and the charge's, which goes before it."""

from tests.device.gpio.wired import Unit
from triporteur_device.gpio.table import GpioTable


def test_who_switches_it_off_has_it_off_until_somebody_switches_it_on(unit: Unit) -> None:
    unit.charge(80)
    unit.look()
    assert unit.pins.supply_phones(on=False) is False
    unit.look()
    assert not unit.pin(25).state
    assert unit.value("phone_charging") is False
    assert unit.pins.supply_phones(on=True) is True
    unit.look()
    assert unit.pin(25).state


def test_a_low_charge_keeps_it_off_whoever_asks_and_gives_it_back(unit: Unit) -> None:
    unit.charge(20)
    unit.look()
    assert unit.pins.supply_phones(on=True) is False
    unit.look()
    assert not unit.pin(25).state
    unit.charge(80)
    unit.look()
    assert unit.pin(25).state


def test_where_nothing_is_wired_nobody_can_switch_it() -> None:
    unit = Unit(GpioTable(button=22)).wire()
    assert unit.pins.supply_phones(on=True) is None
    unit.board.close()
