"""The messages of a phone that asks for an address (RFC 2131), as far as a phone needs them."""

import secrets
import socket
import struct
from dataclasses import dataclass
from ipaddress import IPv4Address

CLIENT_PORT, SERVER_PORT = 68, 67
OFFER, ACK = 2, 5
_DISCOVER, _REQUEST = 1, 3
_MAGIC = b"\x63\x82\x53\x63"
_HEAD = struct.Struct("!BBBBIHH4s4s4s4s16s64s128s")
_NOWHERE = bytes(4)
_BROADCAST = 0x8000
_MASK, _ROUTER, _DNS, _WANTED, _LEASE_S, _KIND, _SERVER, _LIST = 1, 3, 6, 50, 51, 53, 54, 55
CAPTIVE_PORTAL = 114  # RFC 8910


@dataclass(frozen=True, slots=True)
class Told:
    """What a server said: `kind` is OFFER or ACK; `options` by their number, as bytes."""

    kind: int
    transaction: int
    address: str
    options: dict[int, bytes]

    @property
    def server(self) -> bytes:
        return self.options[_SERVER]

    @property
    def mask(self) -> str:
        return str(IPv4Address(self.options[_MASK]))

    @property
    def router(self) -> str:
        return str(IPv4Address(self.options[_ROUTER][:4]))

    @property
    def name_server(self) -> str:
        return str(IPv4Address(self.options[_DNS][:4]))

    @property
    def lease_s(self) -> int:
        return int.from_bytes(self.options[_LEASE_S], "big")

    @property
    def portal_url(self) -> str | None:
        """RFC 8910; None where the server says nothing."""
        return self.options[CAPTIVE_PORTAL].decode() if CAPTIVE_PORTAL in self.options else None


def discover(mac: bytes, transaction: int) -> bytes:
    return _message(mac, transaction, {_KIND: bytes([_DISCOVER])})


def request(mac: bytes, offer: Told) -> bytes:
    chosen = {
        _KIND: bytes([_REQUEST]),
        _WANTED: socket.inet_aton(offer.address),
        _SERVER: offer.server,
    }
    return _message(mac, offer.transaction, chosen)


def new_transaction() -> int:
    return secrets.randbits(32)


def read(message: bytes) -> Told | None:
    """None when it is no answer of a server."""
    if len(message) < _HEAD.size + 4 or message[0] != 2 or message[236:240] != _MAGIC:
        return None
    head = _HEAD.unpack_from(message)
    options = _options(message[240:])
    if _KIND not in options:
        return None
    return Told(options[_KIND][0], head[4], str(IPv4Address(head[8])), options)


def _message(mac: bytes, transaction: int, options: dict[int, bytes]) -> bytes:
    head = _HEAD.pack(
        1, 1, 6, 0, transaction, 0, _BROADCAST, *[_NOWHERE] * 4, mac.ljust(16, b"\0"), b"", b""
    )  # fmt: skip
    wanted = bytes([_MASK, _ROUTER, _DNS, _LEASE_S, CAPTIVE_PORTAL])
    parts = (
        bytes([code, len(value)]) + value for code, value in (options | {_LIST: wanted}).items()
    )
    return head + _MAGIC + b"".join(parts) + b"\xff"


def _options(area: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    place = 0
    while place + 1 < len(area) and area[place] != 255:
        length = area[place + 1] if area[place] else -1  # a pad is one byte
        found[area[place]] = area[place + 2 : place + 2 + length]
        place += 2 + length
    return found
