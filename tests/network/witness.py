"""What of all that reached the Internet was not the unit's own."""

from collections.abc import Collection

from tests.network import dns
from tests.network.capture import Frame
from tests.network.internet import NAME_SERVER, NAMES, UNIT_UPLINK, address_of
from triporteur_kiosk.public.garden import covers

_UNIT = UNIT_UPLINK[0].partition("/")[0]
_SOA = 6
_UDP_HEAD_BYTES, _ARP_TARGET = 42, slice(38, 42)


def leaked(frames: Collection[Frame], partners: Collection[str] = ()) -> list[Frame]:
    """Frames that neither the unit says for itself, nor are of these partners' sites."""
    return [frame for frame in frames if not (_is_own(frame) or _is_allowed(frame, partners))]


def _is_own(frame: Frame) -> bool:
    """Looking for its neighbour, and whether there is Internet: who has the root of names?"""
    if frame.kind == "arp":
        return frame.whole[_ARP_TARGET] == bytes(map(int, NAME_SERVER.split(".")))
    if ":" in frame.source:  # the kernel's own, about its own addresses, and only to neighbours
        return frame.target.startswith(("ff02::", "fe80:")) and frame.kind in {"icmp6", "ip 0"}
    return _asks(frame) == ("", _SOA)


def _is_allowed(frame: Frame, partners: Collection[str]) -> bool:
    if (asked := _asks(frame)) is not None:
        return covers(partners, asked[0])
    sites = [address_of(name) for name in NAMES if covers(partners, name)]
    return (frame.kind, frame.port, frame.source) == ("tcp", 443, _UNIT) and frame.target in sites


def _asks(frame: Frame) -> tuple[str, int] | None:
    if (frame.kind, frame.source, frame.target, frame.port) != ("udp", _UNIT, NAME_SERVER, 53):
        return None
    return dns.asked(frame.whole[_UDP_HEAD_BYTES:])
