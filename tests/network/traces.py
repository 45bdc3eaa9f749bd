"""What of a visitor could stand on a disk or a line, in every spelling, and the search for it."""

import base64
import binascii
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from pathlib import Path

_SQLITE = b"SQLite format 3\0"
_PREFIX = 3
#: RFC 1950: deflate, 32 kB window, and a check of the two bytes.
_PACKED = tuple(bytes([0x78, flags]) for flags in (0x01, 0x5E, 0x9C, 0xDA))
_BASE64_LINE = re.compile(rb"^[A-Za-z0-9+/]{24,}={0,2}$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Person:
    """What a phone says of itself without being asked: `token` is a word of its user agent."""

    mac: bytes
    address: IPv4Address
    network_6: IPv6Network
    token: str

    @property
    def addresses_6(self) -> tuple[IPv6Address, IPv6Address]:
        """Its own of the link, and of the network, made of its MAC (RFC 4291, appendix A)."""
        end = int.from_bytes(self._interface)
        return IPv6Address((0xFE80 << 112) + end), IPv6Address(int(self.network_6[0]) + end)

    @property
    def _interface(self) -> bytes:
        return bytes([self.mac[0] ^ 2]) + self.mac[1:3] + b"\xff\xfe" + self.mac[3:]

    def packed(self) -> Iterator[bytes]:
        yield from (self.mac, self._interface, self.address.packed)
        yield from (address.packed for address in self.addresses_6)

    def written(self) -> Iterator[str]:
        """In lower case."""
        yield from (self.mac.hex(separator) for separator in ":-")
        yield from (self.mac.hex(), self.mac.hex(".", 2), self._interface.hex())
        yield ":".join(f"{byte:x}" for byte in self.mac)
        yield from (str(self.address), self.address.packed.hex(), self.address.packed.hex(":"))
        yield str(IPv6Address(0xFFFF00000000 + int(self.address)))
        for address in self.addresses_6:
            yield from (str(address), address.exploded, address.packed.hex())
        yield self.token.lower()


class Traces:
    """Everything that is looked for: of these people, whatever of theirs and however spelled."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._packed: dict[bytes, set[bytes]] = {}
        self._written: dict[bytes, set[bytes]] = {}
        for person in people:
            for one in person.packed():
                self._packed.setdefault(one[:_PREFIX], set()).add(one)
            for text in person.written():
                self._written.setdefault(text.encode()[:_PREFIX], set()).add(text.encode())

    def on_disk(self, *folders: Path) -> dict[Path, set[bytes]]:
        """By file, what is in its name, in its bytes, or in a row of its database."""
        files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        found = {path: self._of_file(path) for path in files}
        return {path: traces for path, traces in found.items() if traces}

    def within(self, data: bytes) -> set[bytes]:
        """What is in these bytes, as they are and unpacked."""
        plain, unpacked = _without_packed(data)
        found = self._in_plain(plain)
        for line in _BASE64_LINE.findall(plain):
            found |= self._in_plain(_decoded(line))
        return found.union(*map(self.within, unpacked))

    def _of_file(self, path: Path) -> set[bytes]:
        whole = path.read_bytes()
        found = self.within(str(path).encode()) | self.within(whole)
        if whole.startswith(_SQLITE):
            found = found.union(*map(self.within, _values(path)))
        return found

    def _in_plain(self, data: bytes) -> set[bytes]:
        return _look(data, self._packed) | _look(data.lower(), self._written)


def _look(data: bytes, wanted: dict[bytes, set[bytes]]) -> set[bytes]:
    found = set()
    for prefix, whole in wanted.items():
        for place in re.finditer(b"(?=%s)" % re.escape(prefix), data):
            found |= {one for one in whole if _stands(one, data, place.start())}
    return found


def _stands(one: bytes, data: bytes, start: int) -> bool:
    """An address that goes on is another's."""
    end = start + len(one)
    goes_on = one.count(b".") == 3 and data[end : end + 1].isdigit()
    return data.startswith(one, start) and not goes_on


def readable(data: bytes) -> bytes:
    """Everything that is in these bytes, packed or not."""
    plain, packed = _without_packed(data)
    return b"".join([plain, *map(readable, packed)])


def _without_packed(data: bytes) -> tuple[bytes, list[bytes]]:
    """What is not packed with zlib, and what was: packed bytes look like anything by chance."""
    rest, unpacked, after = b"", [], 0
    for place in re.finditer(b"|".join(map(re.escape, _PACKED)), data):
        if place.start() < after:
            continue
        inflater = zlib.decompressobj()
        try:
            inner = inflater.decompress(data[place.start() :])
        except zlib.error:
            continue
        if inflater.eof:
            rest += data[after : place.start()] + b"\n"
            unpacked.append(inner)
            after = len(data) - len(inflater.unused_data)
    return rest + data[after:], unpacked


def _decoded(line: bytes) -> bytes:
    try:
        return base64.b64decode(line)
    except binascii.Error:
        return b""


def _values(path: Path) -> Iterator[bytes]:
    """Each value as it was written: in the file a long one is cut at the end of a page."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        database.text_factory = bytes
        names = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        for (name,) in names:
            for row in database.execute(f'SELECT * FROM "{name.decode()}"'):
                yield from (value for value in row if isinstance(value, bytes))
