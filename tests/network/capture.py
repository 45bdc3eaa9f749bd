"""Every frame that comes in at an interface, kept by the kernel until somebody looks."""

import socket
import struct
from dataclasses import dataclass
from typing import Self

from tests.network.namespace import Namespace

_ALL = 0x0003  # ETH_P_ALL
_IP, _IP6, _ARP = 0x0800, 0x86DD, 0x0806
_TCP, _UDP, _ICMP, _ICMP6 = 6, 17, 1, 58
_NAMES = {_TCP: "tcp", _UDP: "udp", _ICMP: "icmp", _ICMP6: "icmp6"}
_OUTGOING = 4  # PACKET_OUTGOING
_ROOM_FORCED = 33  # SO_RCVBUFFORCE
_ROOM_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class Frame:
    """`port` is where to, None where there is none; `whole` is all of it, from the address on."""

    kind: str
    source: str
    target: str
    port: int | None
    whole: bytes


class Capture:
    """Use as a context."""

    def __init__(self, namespace: Namespace, interface: str) -> None:
        with namespace.entered():
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL))
        self._socket.setsockopt(socket.SOL_SOCKET, _ROOM_FORCED, _ROOM_BYTES)
        self._socket.bind((interface, _ALL))
        self._socket.setblocking(False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def frames(self) -> list[Frame]:
        """What came since one last looked."""
        found: list[Frame] = []
        while True:
            try:
                whole, (_, _, direction, *_) = self._socket.recvfrom(65_536)
            except BlockingIOError:
                return found
            if direction != _OUTGOING:
                found.append(_read(whole))


def _read(whole: bytes) -> Frame:
    ethernet = int.from_bytes(whole[12:14])
    if ethernet == _IP:
        start = 14 + 4 * (whole[14] & 15)
        return _frame(whole, whole[23], socket.AF_INET, whole[26:30], whole[30:34], start)
    if ethernet == _IP6:
        return _frame(whole, whole[20], socket.AF_INET6, whole[22:38], whole[38:54], 54)
    return Frame("arp" if ethernet == _ARP else f"{ethernet:#06x}", "", "", None, whole)


def _frame(
    whole: bytes, protocol: int, family: int, source: bytes, target: bytes, start: int
) -> Frame:
    ports = whole[start : start + 4]
    port = struct.unpack("!HH", ports)[1] if protocol in {_TCP, _UDP} and len(ports) == 4 else None
    return Frame(
        _NAMES.get(protocol, f"ip {protocol}"),
        socket.inet_ntop(family, source),
        socket.inet_ntop(family, target),
        port,
        whole,
    )
