"""When the supply for phones is cut, and given again."""

from triporteur_device.gpio.phones import PhoneSupply


def test_between_the_two_charges_it_stays_as_it_was() -> None:
    supply = PhoneSupply(30, 40)
    charges = [35, 40, 35, 30, 29.9, 35, 39.9, 40]
    told = [supply.decide(charge, second * 1_000) for second, charge in enumerate(charges)]
    assert told == [False, True, True, True, False, False, False, True]


def test_one_charge_for_both_is_a_plain_threshold() -> None:
    supply = PhoneSupply(30, 30)
    assert [supply.decide(charge, 0) for charge in (30, 29, 30)] == [True, False, True]


def test_an_unknown_charge_leaves_it_for_ten_minutes_and_then_cuts_it() -> None:
    supply = PhoneSupply(30, 40)
    assert supply.decide(80, 0)
    assert supply.decide(None, 600_000)
    assert not supply.decide(None, 600_001)
    assert not supply.decide(35, 600_002)
    assert supply.decide(40, 600_003)


def test_it_is_off_until_a_charge_was_ever_known() -> None:
    assert not PhoneSupply(30, 40).decide(None, 0)
