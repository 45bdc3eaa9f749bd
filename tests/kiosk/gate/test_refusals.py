"""What phones reach, and how the rest ends: refused at once, and nothing of it gets out."""

import json
import socket
import struct
from pathlib import Path

import pytest

from tests.kiosk.gate.planned import planned
from tests.kiosk.gate.street import EXTERNAL, OPEN, Street, connects, listening, up
from tests.network.capture import Capture
from tests.network.namespace import Namespace

pytestmark = pytest.mark.slow

OUTSIDE = ["192.0.2.1", "192.0.2.77", "1.1.1.1", "10.77.0.21", "10.1.2.3", "198.51.100.1"]
PORTS = [22, 25, 443, 853, 993, 1883, 5228, 8883]


@pytest.mark.parametrize("access", ["local", "open"])
def test_a_phone_that_was_not_let_in_is_refused_at_once_and_nothing_of_it_gets_out(
    street: Street, tmp_path: Path, access: str
) -> None:
    up(street, planned(tmp_path, f'{EXTERNAL}access = "{access}"'))
    # Another phone, asked for through the unit.
    street.phone.ip(f"neighbour add 10.77.0.21 lladdr {mac_of(street.unit)} dev wlan0")
    with Capture(street.beyond, "wwan0") as seen:
        for address in OUTSIDE:
            for port in PORTS:
                assert connects(street, address, port) == "Connection refused", (address, port)
        spray(street)
        assert [frame for frame in seen.frames() if "10.77." in frame.source] == []


def mac_of(unit: Namespace) -> str:
    (link,) = json.loads(unit.run("ip", "-j", "link", "show", "dev", "wlan0"))
    return str(link["address"])


def spray(street: Street) -> None:
    """UDP, ICMP and protocols nobody knows, to where others answer."""
    with street.phone.entered():
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        raws = [socket.socket(socket.AF_INET, socket.SOCK_RAW, n) for n in (1, 41, 47, 50, 132)]
    with datagrams:
        for port in (53, 123, 443, 500, 853, 4500, 51820):
            datagrams.sendto(b"\0" * 32, ("1.1.1.1", port))
    for raw in raws:
        with raw:
            raw.sendto(b"\x08\0" + b"\0" * 30, ("192.0.2.1", 0))


@pytest.mark.parametrize("target", ["1.1.1.1", "198.51.100.1", "10.77.0.1"])
def test_a_forged_sender_is_not_answered(street: Street, tmp_path: Path, target: str) -> None:
    """A refusal would carry the stranger's bytes to whom he named."""
    up(street, planned(tmp_path, OPEN))
    datagram = struct.pack("!HHHH", 4000, 4000, 8 + 32, 0) + b"\0" * 32
    ends = socket.inet_aton("192.0.2.1") + socket.inet_aton(target)
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(datagram), 1, 0, 64, 17, 0) + ends
    with Capture(street.beyond, "wwan0") as seen, street.phone.entered():
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
            raw.sendto(header + datagram, (target, 0))
        assert connects(street, "1.1.1.1", 443) == "Connection refused"  # it was looked at by now
        assert [frame for frame in seen.frames() if frame.target == "192.0.2.1"] == []


def test_ipv6_beyond_the_unit_is_refused_at_once(street: Street, tmp_path: Path) -> None:
    plan = planned(tmp_path, OPEN)
    up(street, plan)
    own = plan.network.ipv6[0x20]
    street.phone.ip(
        f"address add {own}/64 dev wlan0 nodad", f"route add default via {plan.network.unit6}"
    )
    for port in PORTS:
        assert connects(street, "2001:db8::1", port) == "Connection refused"


def test_of_the_unit_phones_reach_the_console_and_nothing_that_merely_listens(
    street: Street, tmp_path: Path
) -> None:
    plan = planned(tmp_path, OPEN)
    up(street, plan)
    for port in (22, 1883, 5301, 5303, 8080, 8444):
        with listening(street, port):
            for address in ("10.77.0.1", "192.0.2.2"):
                assert connects(street, address, port) == "Connection refused", port
    with listening(street, 8443):
        for address in ("10.77.0.1", "198.51.100.1", "198.51.100.2"):
            assert connects(street, address, 8443) == "connected"


@pytest.mark.parametrize("address", ["10.77.0.1", "198.51.100.1", "198.51.100.2", "1.1.1.1"])
def test_port_80_of_everywhere_is_the_portal(street: Street, tmp_path: Path, address: str) -> None:
    up(street, planned(tmp_path, OPEN))
    with listening(street, 8080):
        assert connects(street, address, 80) == "connected"


def test_only_the_portal_s_own_address_has_a_secured_port(street: Street, tmp_path: Path) -> None:
    rest = '[portal]\naddress = "trike.example"\ncertificate = "/c.pem"\nkey = "/k.pem"\n'
    up(street, planned(tmp_path, OPEN, rest))
    with listening(street, 8444):
        assert connects(street, "198.51.100.2", 443) == "connected"
        assert connects(street, "198.51.100.1", 443) == "Connection refused"
        assert connects(street, "1.1.1.1", 443) == "Connection refused"


def test_who_is_beyond_does_not_reach_the_portal_nor_the_phones(
    street: Street, tmp_path: Path
) -> None:
    up(street, planned(tmp_path, OPEN))
    street.beyond.ip("route add 10.77.0.0/22 via 192.0.2.2")
    with listening(street, 8080), street.beyond.entered(), socket.socket() as line:
        line.settimeout(60)
        with pytest.raises(ConnectionRefusedError):
            line.connect(("192.0.2.2", 8080))
    with Capture(street.phone, "wlan0") as seen:
        with street.beyond.entered(), socket.socket(type=socket.SOCK_DGRAM) as line:
            line.sendto(b"hello", ("10.77.0.20", 7))
            line.sendto(b"hello", ("10.77.0.20", 7))
        assert [frame for frame in seen.frames() if frame.source == "192.0.2.1"] == []
