"""Phones are kept from one another, and from everything aboard that is not for them."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.network.lab import Lab
from tests.network.namespace import Namespace
from tests.network.phone import PATIENCE_S, WIFI, Phone
from tests.network.settings import PORTAL
from tests.network.unit import Unit
from tests.rig import wait_for

pytestmark = pytest.mark.slow

#: Who listens aboard besides: ssh, a printer, MQTT, the depot's pages, views of names.
DOORS = (22, 25, 139, 443, 631, 1883, 5301, 5302, 5303, 8000, 8080, 8443, 8444, 9100, 60_000)
AT_ALL_V4, AT_ALL_V6 = "0.0.0.0", "::"


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unit]:
    with Lab(tmp_path_factory.mktemp("isolation")) as lab, Unit(lab) as made, ExitStack() as stack:
        made.start()
        for port in DOORS:
            open_door(lab, stack, port)
        yield made


def open_door(lab: Lab, stack: ExitStack, port: int) -> None:
    """Somebody careless listens to all the world, unless one of the unit's own does."""
    for family, address in ((socket.AF_INET, AT_ALL_V4), (socket.AF_INET6, AT_ALL_V6)):
        with lab.unit.entered():
            door = stack.enter_context(socket.socket(family))
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            door.bind((address, port))
        except OSError:
            continue
        door.listen()


def joined(unit: Unit) -> Phone:
    phone = unit.lab.add_phone()
    asyncio.run(phone.join())
    return phone


def speaks_ipv6(phone: Phone) -> bool:
    usable = phone.namespace.run("ip", "-6", "address", "show", "dev", WIFI, "-tentative")
    return " fd" in usable and " fe80" in usable


async def answering(phone: Phone, address: str, ports: tuple[int, ...]) -> list[int]:
    """Ports at which somebody takes a connection."""

    async def asked(port: int) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_S):
                _, writer = await phone.connect(address, port)
        except ConnectionRefusedError:
            return False
        writer.transport.abort()
        return True

    answers = await asyncio.gather(*(asked(port) for port in ports))
    return [port for port, answer in zip(ports, answers, strict=True) if answer]


def test_of_all_that_listens_aboard_phones_reach_the_portal_and_the_console(unit: Unit) -> None:
    phone = joined(unit)
    gate = unit.config.gate
    assert gate
    meant = [80, gate.doors.console_port]
    for address in (str(gate.network.unit4), "198.51.100.1", "198.51.100.2", "192.0.2.2"):
        assert asyncio.run(answering(phone, address, (80, *DOORS))) == meant, address
    wait_for(lambda: speaks_ipv6(phone), "it has been told the prefix, and may use it")
    for address in (str(gate.network.unit6), f"{unit.wifi_6}%{WIFI}"):
        assert asyncio.run(answering(phone, address, (80, *DOORS))) == meant, address


@pytest.mark.parametrize("address", ["192.0.2.2", "2001:db8:a::2"])
def test_the_pages_answer_phones_and_the_unit_itself_and_nobody_beyond(
    unit: Unit, address: str
) -> None:
    """Somebody listens to all the world at each of these ports."""
    gate = unit.config.gate
    assert gate
    for port in (unit.config.portal.port, gate.doors.console_port, 8444):
        assert port
        assert connects(unit.lab.internet.namespace, address, port) == (port == 8444)
        assert connects(unit.lab.unit, address, port)


def connects(where: Namespace, address: str, port: int) -> bool:
    """Whether it is taken, from there; nobody is left waiting."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with where.entered(), socket.socket(family) as line:
        line.settimeout(PATIENCE_S)
        try:
            line.connect((address, port))
        except ConnectionRefusedError:
            return False
    return True


def test_a_phone_does_not_reach_another_through_the_unit(unit: Unit) -> None:
    """An access point that isolates keeps them apart in the air; nor does the unit lead around."""
    one, other = joined(unit), joined(unit)
    for phone in (one, other):
        asyncio.run(phone.accept(PORTAL))
    with other.namespace.entered():
        listening = socket.create_server(("", 7000))
    # Around: not to the neighbour itself, but by the unit.
    one.namespace.ip(f"route add {other.address}/32 via 10.77.0.1 dev {WIFI}")
    with listening:
        assert asyncio.run(answering(one, other.address, (7000,))) == []
        listening.setblocking(False)
        with pytest.raises(BlockingIOError):
            listening.accept()
