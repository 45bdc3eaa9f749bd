"""The networks that this machine is in, as the kernel's main table of routes has them."""

import struct
from ipaddress import IPv4Network
from pathlib import Path

import msgspec

#: As who reads it has them.
ROUTES = Path("/proc/thread-self/net/route")
# <linux/route.h>: by a gateway, or to nowhere.
_ELSEWHERE = 0x0002 | 0x0200
#: A route that holds more than any network of one's own does is a way to everywhere.
_WIDEST = 8
#: One of each private block (RFC 1918), the usual one first.
_CHOICE = tuple(map(IPv4Network, ("10.77.0.0/22", "172.20.0.0/22", "192.168.64.0/22")))


class Route(msgspec.Struct, frozen=True):
    """`own` where whoever is meant is at the interface itself, and nobody leads on."""

    interface: str
    network: IPv4Network
    own: bool


def routes(table: Path = ROUTES) -> list[Route]:
    """Raises OSError."""
    _, *lines = table.read_text(encoding="utf-8", errors="replace").splitlines()
    return [_route(line.split()) for line in lines]


def default_interface(table: Path = ROUTES) -> str | None:
    """By which the Internet is reached. Raises OSError."""
    return next((one.interface for one in routes(table) if one.network.prefixlen == 0), None)


def overlap(interface: str, wanted: IPv4Network, table: Path = ROUTES) -> str | None:
    """The sentence that says who has this network already, or a part of it; None when it is free.

    What `interface` itself has does not count. Raises OSError.
    """
    others = [one for one in routes(table) if one.interface != interface and _is_network(one)]
    taken = [one for one in others if one.network.overlaps(wanted)]
    if not taken:
        return None
    free = [one for one in _CHOICE if not any(other.network.overlaps(one) for other in others)]
    return (
        f"{taken[0].interface} is in the network {taken[0].network}, which the phones' "
        f"{wanted} overlaps: let [gate] network name another one"
        f"{f', such as {free[0]}' if free else ''}"
    )


def _is_network(route: Route) -> bool:
    return route.own and route.network.prefixlen >= _WIDEST


def _route(words: list[str]) -> Route:
    address, mask = (struct.pack("=I", int(words[place], 16)) for place in (1, 7))
    prefix = int.from_bytes(mask).bit_count()
    return Route(words[0], IPv4Network((address, prefix)), not int(words[3], 16) & _ELSEWHERE)
