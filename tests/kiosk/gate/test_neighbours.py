"""Who has an address: what a phone says of itself counts for less than what was lent to another."""

from pathlib import Path

import pytest

from tests.kiosk.gate.street import Street
from triporteur_kiosk.gate.keeper.leases import lent
from triporteur_kiosk.gate.keeper.neighbours import Neighbours
from triporteur_kiosk.gate.keeper.passes import Phone

ONE, TWO = "02:00:00:00:00:01", "02:00:00:00:00:02"


def known(street: Street, path: Path, address: str) -> Phone | None:
    with street.unit.entered():
        return Neighbours("wlan0", path).phone(address)


@pytest.mark.slow
def test_an_address_that_is_lent_to_another_phone_is_not_its_own(
    street: Street, tmp_path: Path
) -> None:
    leases = tmp_path / "leases"
    leases.touch()
    street.unit.ip(
        *(f"neighbour replace {ip} lladdr {ONE} dev wlan0" for ip in ("10.77.0.20", "10.77.0.21")),
        f"neighbour replace fe80::1 lladdr {ONE} dev wlan0",
    )
    assert known(street, leases, "10.77.0.20") == Phone(ONE, "10.77.0.20")
    leases.write_text(f"1795000000 {TWO} 10.77.0.20 * *\n1795000000 {ONE} 10.77.0.21 * *\n")
    assert known(street, leases, "10.77.0.20") is None
    assert known(street, leases, "10.77.0.21") == Phone(ONE, "10.77.0.21")
    assert known(street, leases, "fe80::1%wlan0") == Phone(ONE, "10.77.0.21")
    assert known(street, leases, "10.77.0.22") is None


@pytest.mark.slow
def test_a_phone_that_was_lent_an_address_has_no_other_whoever_says_so(
    street: Street, tmp_path: Path
) -> None:
    """Any phone can say by ARP that a free address is at a neighbour's MAC, and ask from there."""
    leases, lent_one, free = tmp_path / "leases", "10.77.0.21", "10.77.3.200"
    leases.write_text(f"1795000000 {ONE} {lent_one} * *\n")
    street.unit.ip(
        f"neighbour replace {free} lladdr {ONE} dev wlan0",
        f"neighbour replace {lent_one} lladdr {ONE} dev wlan0",
        f"neighbour replace fe80::1 lladdr {ONE} dev wlan0",
    )
    assert known(street, leases, free) is None
    assert known(street, leases, lent_one) == Phone(ONE, lent_one)
    assert known(street, leases, "fe80::1%wlan0") == Phone(ONE, lent_one)


def test_a_file_that_is_just_being_written_lends_what_can_be_read_of_it(tmp_path: Path) -> None:
    path = tmp_path / "leases"
    path.write_text(f"1795000000 {ONE} 10.77.0.20 * *\n1795000000 {TWO}")
    assert lent(path) == {"10.77.0.20": ONE}
