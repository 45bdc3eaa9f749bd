"""Every way out that a phone could try without having been let in, all at once.

Each carries a word of its own, and none waits for an answer: what got through is at the other end.
"""

import asyncio
import itertools
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress

from tests.network import dns
from tests.network.internet import (
    NAME_SERVER,
    OTHERS,
    PARTNERS,
    RESOLVERS,
    UNIT_UPLINK,
    address_6_of,
    address_of,
)
from tests.network.phone import WIFI, Phone

_STRANGE = OTHERS[0]
_TCP_PORTS = (21, 22, 25, 53, 80, 110, 143, 443, 587, 853, 993, 1194, 1883, 5222, 8080, 8443, 8883)
_UDP_PORTS = (53, 123, 161, 443, 500, 1194, 1701, 3478, 4500, 5353, 51820)
#: ICMP, IPv6 in IPv4, GRE, ESP, AH, OSPF, SCTP, UDP-Lite.
_PROTOCOLS = (1, 41, 47, 50, 51, 89, 132, 136)
#: What every try says.
SAID = b"a word that must not get out"
_FIN, _SYN, _RST, _ACK = 1, 2, 4, 16
_UNIT = UNIT_UPLINK[0].partition("/")[0]


async def try_everything(phone: Phone, router_6: str) -> None:
    """From a phone that has joined; `router_6` is the unit's own address on the Wi-Fi."""
    doors = itertools.product(_sites(), _TCP_PORTS)
    await asyncio.gather(
        *(_knock(phone, address, port) for address, port in doors),
        *(_question(phone, name, kind) for name, kind in _questions()),
    )
    _datagrams(phone)
    _raw(phone)
    _ipv6(phone, router_6)
    # What was said before has been heard once this is answered.
    await phone.resolve("captive.apple.com")


def _sites() -> tuple[str, ...]:
    return (address_of(_STRANGE), address_of(PARTNERS[0]), NAME_SERVER, *RESOLVERS)


async def _knock(phone: Phone, address: str, port: int) -> None:
    """A connection, and what says itself to whoever takes it."""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(5):
            _, writer = await phone.connect(address, port)
            writer.write(b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n" % SAID.replace(b" ", b"-"))
            await writer.drain()
            writer.close()


def _questions() -> Iterator[tuple[str, str]]:
    """A tunnel through DNS asks for names that hold what it says."""
    tunnel, backwards = f"{SAID.hex()}.{_STRANGE}", "1.0.18.198.in-addr.arpa"
    for name in (_STRANGE, tunnel, "depot.example", backwards):
        yield from itertools.product((name,), dns.KINDS)


async def _question(phone: Phone, name: str, kind: str) -> None:
    for server in ("", *RESOLVERS):
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(2):
                await phone.resolve(name, kind, server)


def _datagrams(phone: Phone) -> None:
    with phone.namespace.entered():
        line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        others = ("192.0.2.255", "255.255.255.255", "224.0.0.251", "239.255.255.250", _UNIT)
        for address, port in itertools.product((*_sites(), *others), _UDP_PORTS):
            with suppress(OSError):
                line.sendto(SAID, (address, port))


def _raw(phone: Phone) -> None:
    """Packets of no flow, of other protocols, in pieces, and in others' names."""
    with phone.namespace.entered():
        line = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    sources = (phone.address, _UNIT, NAME_SERVER, "198.51.100.1", "0.0.0.0", "10.77.0.1")
    with line:
        for source, target in itertools.product(sources, _sites()):
            for packet in _packets(source, target):
                with suppress(OSError):
                    line.sendto(packet, (target, 0))


def _packets(source: str, target: str) -> Iterator[bytes]:
    for protocol in _PROTOCOLS:
        yield _ip(source, target, protocol, SAID)
    for flags in (_SYN, _ACK, _RST, _FIN | _ACK, _SYN | _ACK, 0):
        yield _ip(source, target, socket.IPPROTO_TCP, _tcp(40_000, 443, flags))
    more, offset = 0x2000, 3
    yield _ip(source, target, socket.IPPROTO_UDP, struct.pack("!4H", 4000, 443, 60, 0), more)
    yield _ip(source, target, socket.IPPROTO_UDP, SAID, offset)
    # As if it had asked us: an answer to an echo, and a complaint about a packet of ours.
    yield _ip(source, target, socket.IPPROTO_ICMP, struct.pack("!BBHHH", 0, 0, 0, 1, 1) + SAID)
    ours = _ip(target, source, socket.IPPROTO_UDP, struct.pack("!4H", 53, 53, 8, 0))
    yield _ip(source, target, socket.IPPROTO_ICMP, struct.pack("!BBHHH", 3, 3, 0, 0, 0) + ours)


def _ip(source: str, target: str, protocol: int, said: bytes, piece: int = 0) -> bytes:
    """The kernel fills in lengths and the sum of the header, not that of what is in it."""
    head = struct.pack(
        "!BBHHHBBH4s4s",
        0x45, 0, 0, 7, piece, 64, protocol, 0, socket.inet_aton(source), socket.inet_aton(target),
    )  # fmt: skip
    return head + said


def _tcp(source: int, target: int, flags: int) -> bytes:
    return struct.pack("!HHIIBBHHH", source, target, 1, 1, 5 << 4, flags, 1024, 0, 0) + SAID


def _ipv6(phone: Phone, router_6: str) -> None:
    """With an address of the Internet, and as if the unit had said that it leads there."""
    phone.namespace.ip(
        f"address replace 2001:db8:c::7/64 dev {WIFI}",
        f"route replace ::/0 via {router_6} dev {WIFI}",
    )
    with phone.namespace.entered():
        line = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        knocks = [socket.socket(socket.AF_INET6, socket.SOCK_STREAM) for _ in _TCP_PORTS]
    with line:
        targets = (address_6_of(_STRANGE), "2001:db8:a::1", "ff02::1%" + WIFI, "ff0e::1")
        for address, port in itertools.product(targets, _UDP_PORTS):
            with suppress(OSError):
                line.sendto(SAID, (address, port))
    for knock, port in zip(knocks, _TCP_PORTS, strict=True):
        with knock, suppress(OSError):
            knock.setblocking(False)
            knock.connect((address_6_of(_STRANGE), port))
