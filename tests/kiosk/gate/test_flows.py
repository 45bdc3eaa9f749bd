"""Flows that are ended, among a crowd's which end by themselves just then."""

import pytest

from tests.kiosk.gate.street import Street
from triporteur_kiosk.gate.keeper import flows

pytestmark = pytest.mark.slow

FLEETING, LASTING = 12_000, 200


def named(phone: str, number: int, timeout_s: int) -> str:
    """A phone's flow of names, as the gate leads it."""
    port = 1024 + number
    return (
        f"-I -p udp -s {phone} -d 1.1.1.1 --sport {port} --dport 53 "
        f"--dst-nat 10.77.0.1:5301 -t {timeout_s}\n"
    )


def held(street: Street, *, lasting: bool) -> int:
    source = {True: "10.77.0.21", False: "10.77.0.20"}[lasting]
    return street.unit.run("conntrack", "-L", "-s", source).count(f"src={source} ")


def test_all_are_ended_though_others_end_by_themselves_meanwhile(street: Street) -> None:
    """The program that ends them leaves off at one that is gone since it was listed."""
    flows_of_all = [named("10.77.0.20", number, 1) for number in range(FLEETING)]
    flows_of_all += [named("10.77.0.21", number, 600) for number in range(LASTING)]
    street.unit.run("conntrack", "-R", "-", said="".join(flows_of_all))
    while held(street, lasting=False) == FLEETING:
        assert held(street, lasting=True) == LASTING
    with street.unit.entered():
        flows.end_everybodys_questions()
    assert held(street, lasting=True) == 0
