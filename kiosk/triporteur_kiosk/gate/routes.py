"""The networks that this machine is in, as the kernel's main table of routes has them."""

import struct
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import msgspec

#: As who reads it has them.
ROUTES = Path("/proc/thread-self/net/route")
# <linux/route.h>
_BY_GATEWAY, _TO_NOWHERE = 0x0002, 0x0200
#: A route that holds more than any network of one's own does is a way to everywhere.
_WIDEST = 8
#: One of each private block (RFC 1918), the usual one first.
_CHOICE = tuple(map(IPv4Network, ("10.77.0.0/22", "172.20.0.0/22", "192.168.64.0/22")))


class Route(msgspec.Struct, frozen=True):
    """`own` where whoever is meant is at the interface itself; `gateway` is who else leads on."""

    interface: str
    network: IPv4Network
    own: bool
    gateway: IPv4Address | None


def routes(table: Path = ROUTES) -> list[Route]:
    """Raises OSError."""
    _, *lines = table.read_text(encoding="utf-8", errors="replace").splitlines()
    return [_route(line.split()) for line in lines]


def default_interface(table: Path = ROUTES) -> str | None:
    """By which the Internet is reached. Raises OSError."""
    return next((one.interface for one in routes(table) if one.network.prefixlen == 0), None)


def overlap(
    interface: str, wanted: IPv4Network, table: Path = ROUTES, servers: Iterable[str] = ()
) -> str | None:
    """The sentence that says whose ways this network would take; None when it takes nobody's.

    Those of another interface that is in it, or in a part of it; of a gateway there, and of the
    name `servers`. A wider network keeps its ways, but those of `beside`. What `interface` itself
    has does not count. Raises OSError.
    """
    others = _others(interface, table)
    who = next(_met(others, wanted, servers), None)
    return who and f"{who}: let [gate] network name another one{_such_as(others)}"


def beside(interface: str, wanted: IPv4Network, table: Path = ROUTES) -> str | None:
    """The sentence that says of which wider network this one hides a part; None where of none.

    Of a modem that is in all of 10.0.0.0/8 the Internet is reached all the same. Raises OSError.
    """
    others = _others(interface, table)
    wide = next((one for one in _networks(others, wanted) if not _is_within(one, wanted)), None)
    if wide is None:
        return None
    return (
        f"{wide.interface} is in the network {wide.network}, of which the phones' {wanted} hides a "
        "part: if somebody there is not reached, let [gate] network name another one"
        f"{_such_as(others)}"
    )


def _met(others: list[Route], wanted: IPv4Network, servers: Iterable[str]) -> Iterator[str]:
    phones = f"the phones' {wanted}"
    for one in _networks(others, wanted):
        if _is_within(one, wanted):
            yield f"{one.interface} is in the network {one.network}, which {phones} overlaps"
    for one in others:
        if one.gateway and one.gateway in wanted:
            yield f"{one.interface} is led on by {one.gateway}, which {phones} would hide"
    for server in servers:
        if _names_one_of(server, wanted):
            yield f"names are asked of {server}, which {phones} would hide"


def _others(interface: str, table: Path) -> list[Route]:
    return [one for one in routes(table) if one.interface != interface]


def _networks(others: list[Route], wanted: IPv4Network) -> list[Route]:
    return [one for one in others if _is_network(one) and one.network.overlaps(wanted)]


def _is_network(route: Route) -> bool:
    return route.own and route.network.prefixlen >= _WIDEST


def _is_within(route: Route, wanted: IPv4Network) -> bool:
    """Of two ways the kernel takes the narrower."""
    return route.network.prefixlen >= wanted.prefixlen


def _names_one_of(server: str, wanted: IPv4Network) -> bool:
    try:
        return IPv4Address(server) in wanted
    except ValueError:
        return False


def _such_as(others: list[Route]) -> str:
    free = [one for one in _CHOICE if not _networks(others, one)]
    return f", such as {free[0]}" if free else ""


def _route(words: list[str]) -> Route:
    address, gateway, mask = (struct.pack("=I", int(words[place], 16)) for place in (1, 2, 7))
    flags, prefix = int(words[3], 16), int.from_bytes(mask).bit_count()
    return Route(
        words[0],
        IPv4Network((address, prefix)),
        not flags & (_BY_GATEWAY | _TO_NOWHERE),
        IPv4Address(gateway) if flags & _BY_GATEWAY else None,
    )
