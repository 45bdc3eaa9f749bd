"""The addresses of the phones' network: the unit's, the phones', and those that names lead to."""

import hashlib
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import msgspec

#: Every name leads a captured phone here. Of a documentation range (RFC 5737), hence nobody's; and
#: not a private address, which Android takes for a network without Internet, and shows no page.
FACE = IPv4Address("198.51.100.1")
#: The portal's own name, and the console's. With an address of its own its port 443 can be open,
#: while every other site's is refused at once.
OWN = IPv4Address("198.51.100.2")

#: An event's phones, several times over, for who leaves keeps an address until its lease ends.
MOST_PHONES = 300
#: The first ten are for who is set up by hand: an access point, a printer.
_FIRST_PHONE = 10
#: 4096 addresses, each of which may ask the kernel for a place in its tables.
_WIDEST = 20
#: RFC 4193 §3.2.2: 40 bits behind fd.
_ULA_BITS = 40


class GateNetwork(msgspec.Struct, frozen=True):
    """`unit4` and `unit6` are the unit's own addresses in it; phones get `first` to `last`."""

    ipv4: IPv4Network
    unit4: IPv4Address
    first: IPv4Address
    last: IPv4Address
    ipv6: IPv6Network
    unit6: IPv6Address

    @property
    def places(self) -> int:
        """How many phones can have an address at once."""
        return int(self.last) - int(self.first) + 1


def network(found: str, unit: str) -> GateNetwork:
    """Raises ValueError with a sentence when it is no private network with room for an event.

    The IPv6 prefix comes from the unit's name, so that it outlives every restart.
    """
    ipv4 = _private(found)
    first, last = ipv4[_FIRST_PHONE], ipv4[-2]
    ipv6 = _ula(unit)
    made = GateNetwork(ipv4, ipv4[1], first, last, ipv6, ipv6[1])
    if made.places < MOST_PHONES:
        raise ValueError(f"room for {MOST_PHONES} phones, such as 10.77.0.0/22")
    return made


def _private(found: str) -> IPv4Network:
    try:
        ipv4 = IPv4Network(found)
    except ValueError:
        raise ValueError("a network, such as 10.77.0.0/22") from None
    if not _WIDEST <= ipv4.prefixlen <= 23 or not any(map(ipv4.subnet_of, _PRIVATE)):
        raise ValueError(f"a private network from /{_WIDEST} to /23, such as 10.77.0.0/22")
    return ipv4


#: RFC 1918.
_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


def _ula(unit: str) -> IPv6Network:
    digest = hashlib.sha256(f"triporteur-gate {unit}".encode()).digest()
    bits = int.from_bytes(digest) >> (256 - _ULA_BITS)
    return IPv6Network(((0xFD << 120) | (bits << 80), 64))
