"""Questions to a name server and what it says (RFC 1035), as far as a phone needs them."""

import secrets
import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

KINDS = {"A": 1, "AAAA": 28, "HTTPS": 65, "TXT": 16, "ANY": 255}
NXDOMAIN, REFUSED = 3, 5
_HEAD = struct.Struct("!6H")
_RECORD = struct.Struct("!HHIH")
_RECURSE, _INTERNET, _POINTER = 0x0100, 1, 0xC0


@dataclass(frozen=True, slots=True)
class Told:
    """`addresses` of the kind asked for; `ttl_s` is the longest time any may be kept."""

    code: int
    addresses: tuple[str, ...]
    ttl_s: int


def question(name: str, kind: str) -> bytes:
    """A query with a number of its own in its first two bytes."""
    labels = b"".join(bytes([len(one)]) + one for one in name.encode().split(b"."))
    head = _HEAD.pack(secrets.randbits(16), _RECURSE, 1, 0, 0, 0)
    return head + labels + b"\0" + struct.pack("!HH", KINDS[kind], _INTERNET)


def read(answer: bytes) -> Told:
    _, flags, questions, answers, _, _ = _HEAD.unpack_from(answer)
    place = _HEAD.size
    for _ in range(questions):
        place = _after_name(answer, place) + 4
    addresses, ttl_s = [], 0
    for _ in range(answers):
        place = _after_name(answer, place)
        kind, _, keep_s, length = _RECORD.unpack_from(answer, place)
        place += _RECORD.size
        ttl_s = max(ttl_s, keep_s)
        if kind in {KINDS["A"], KINDS["AAAA"]}:
            addresses.append(_address(answer[place : place + length]))
        place += length
    return Told(flags & 15, tuple(addresses), ttl_s)


def asked(message: bytes) -> tuple[str, int]:
    """The name and the number of the kind that a query asks for."""
    place, labels = _HEAD.size, []
    while message[place]:
        labels.append(message[place + 1 : place + 1 + message[place]].decode("latin-1"))
        place += 1 + message[place]
    (kind,) = struct.unpack_from("!H", message, place + 1)
    return ".".join(labels), kind


def _address(packed: bytes) -> str:
    return str(IPv4Address(packed) if len(packed) == 4 else IPv6Address(packed))


def _after_name(message: bytes, place: int) -> int:
    while message[place]:
        if message[place] >= _POINTER:
            return place + 2
        place += 1 + message[place]
    return place + 1
