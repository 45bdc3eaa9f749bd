"""What one phone takes of what the unit has for all: places among neighbours, and answers."""

import json
import socket
import struct
from ipaddress import IPv6Address
from pathlib import Path

import pytest

from tests.kiosk.gate.planned import planned
from tests.kiosk.gate.street import OPEN, Street, up
from tests.network.namespace import Namespace
from triporteur_kiosk.gate.crowding import NAMES_AT_FIRST, SOLICITS_AT_FIRST
from triporteur_kiosk.gate.ruleset import CAPTIVE_PORT

pytestmark = pytest.mark.slow

_IPV6, _ICMPV6, _SOLICIT = 0x86DD, 58, 135
_FIRST = IPv6Address("fe80::1:0")
_SURELY_S = 120.0


def mac(where: Namespace) -> bytes:
    (link,) = json.loads(where.run("ip", "-j", "link", "show", "dev", "wlan0"))
    return bytes.fromhex(link["address"].replace(":", ""))


def check_sum(said: bytes) -> int:
    total: int = sum(struct.unpack(f"!{len(said) // 2}H", said))
    return ~((total >> 16) + total) & 0xFFFF


def solicitation(source: IPv6Address, of: IPv6Address, sender: bytes) -> bytes:
    """RFC 4861 §4.3, with the sender's own address of the link."""
    said = of.packed + b"\1\1" + sender
    length = 8 + len(said)
    pseudo = source.packed + of.packed + struct.pack("!II", length, _ICMPV6)
    head = struct.pack("!BBHI", _SOLICIT, 0, 0, 0)
    head = struct.pack("!BBHI", _SOLICIT, 0, check_sum(pseudo + head + said), 0)
    return struct.pack("!IHBB", 6 << 28, length, _ICMPV6, 255) + pseudo[:32] + head + said


def neighbours(street: Street) -> int:
    return street.unit.run("ip", "-6", "neighbour", "show", "dev", "wlan0").count("fe80::1:")


def answered(view: socket.socket, asking: socket.socket, patience_s: float) -> bool:
    """Whether the view heard what was asked just now; a flow that it answers is no new one."""
    asking.send(b"?")
    view.settimeout(patience_s)
    try:
        view.sendto(b"!", view.recvfrom(9)[1])
    except (BlockingIOError, TimeoutError):
        return False
    return True


def test_one_phone_takes_few_places_among_the_neighbours(street: Street, tmp_path: Path) -> None:
    """The kernel has 1024 for the whole machine, the uplink's among them."""
    plan = planned(tmp_path, OPEN)
    up(street, plan)
    unit, phone, count = mac(street.unit), mac(street.phone), 3 * SOLICITS_AT_FIRST
    with street.phone.entered():
        line = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    with line:
        line.bind(("wlan0", _IPV6))
        for number in range(count):
            said = solicitation(_FIRST + number, plan.network.unit6, phone)
            line.send(unit + phone + struct.pack("!H", _IPV6) + said)
    assert 0 < neighbours(street) < count - SOLICITS_AT_FIRST


def test_one_phone_asks_few_names_of_the_view_that_all_have(street: Street, tmp_path: Path) -> None:
    """From one port, which is one flow: the others' questions would be lost among its own."""
    up(street, planned(tmp_path, OPEN))
    with street.unit.entered():
        view = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with street.phone.entered():
        asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with view, asking:
        view.bind(("", CAPTIVE_PORT))
        asking.connect(("10.77.0.1", 53))
        # One by one: a socket holds fewer than a busy kernel may bring at once.
        for _ in range(NAMES_AT_FIRST):
            assert answered(view, asking, _SURELY_S)
        beyond = sum(answered(view, asking, 0.0) for _ in range(3 * NAMES_AT_FIRST))
    assert beyond < 2 * NAMES_AT_FIRST
