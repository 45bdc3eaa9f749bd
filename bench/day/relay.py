"""A TCP relay before the broker that counts what passes, by what kind of MQTT packet it is."""

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

_NAMES = {
    1: "connect",
    2: "connack",
    4: "puback",
    8: "subscribe",
    9: "suback",
    12: "pingreq",
    13: "pingresp",
    14: "disconnect",
}
_PUBLISH = 3
_CHANNEL_LEVEL = 3  # triporteur/v1/<unit>/<channel>
_LENGTH_BITS, _MORE = 7, 0x80


@dataclass(frozen=True, slots=True)
class Counts:
    """TCP payload and packets by kind; `up` is towards the broker.

    A publish is named after the channel of its topic.
    """

    up: dict[str, int]
    down: dict[str, int]
    packets_up: dict[str, int]
    packets_down: dict[str, int]

    def both(self, *kinds: str) -> int:
        """Bytes of these kinds, both ways."""
        return sum(self.up.get(kind, 0) + self.down.get(kind, 0) for kind in kinds)


class Carried:
    """What a relay has carried so far, over all its connections."""

    def __init__(self) -> None:
        self.up, self.down = _Packets(), _Packets()

    def counts(self) -> Counts:
        up, down = self.up, self.down
        return Counts(*map(dict, (up.sizes, down.sizes, up.packets, down.packets)))


class _Packets:
    """Cuts the bytes of one connection after another into MQTT packets and counts them."""

    def __init__(self) -> None:
        self.sizes, self.packets = Counter[str](), Counter[str]()
        self._held = b""

    def take(self, data: bytes) -> None:
        held, at = self._held + data, 0
        while (end := _end(held, at)) is not None and end <= len(held):
            kind = _kind(held, at)
            self.sizes[kind] += end - at
            self.packets[kind] += 1
            at = end
        self._held = held[at:]


def _end(held: bytes, at: int) -> int | None:
    """Where the packet that starts at `at` ends; None while its length is not all there."""
    length = shift = 0
    for place in range(at + 1, len(held)):
        length |= (held[place] & ~_MORE) << shift
        if not held[place] & _MORE:
            return place + 1 + length
        shift += _LENGTH_BITS
    return None


def _kind(held: bytes, at: int) -> str:
    number = held[at] >> 4
    if number != _PUBLISH:
        return _NAMES.get(number, f"type {number}")
    body = at + 1
    while held[body] & _MORE:
        body += 1
    size = int.from_bytes(held[body + 1 : body + 3], "big")
    levels = held[body + 3 : body + 3 + size].decode().split("/")
    return levels[_CHANNEL_LEVEL] if len(levels) > _CHANNEL_LEVEL else levels[-1]


@contextmanager
def relay(port: int, *, hurried: bool = False) -> Iterator[tuple[int, Carried]]:
    """Listens, passes every connection on to the broker at `port`, and counts; gives its port.

    `hurried` acknowledges every segment at once: a sender of small packets would otherwise wait
    40 ms now and then (Nagle's algorithm against delayed acknowledgement).
    """
    carried = Carried()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(
            target=_accept, args=(listener, port, carried, hurried), daemon=True
        ).start()
        yield int(listener.getsockname()[1]), carried


def _accept(listener: socket.socket, port: int, carried: Carried, hurried: bool) -> None:
    with suppress(OSError):  # the listener is closed: all is over
        while True:
            inner, _ = listener.accept()
            outer = socket.create_connection(("127.0.0.1", port))
            for pump in (
                (inner, outer, carried.up, hurried),
                (outer, inner, carried.down, hurried),
            ):
                threading.Thread(target=_pump, args=pump, daemon=True).start()


def _pump(source: socket.socket, target: socket.socket, packets: _Packets, hurried: bool) -> None:
    for end in (source, target):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with suppress(OSError):
        while data := source.recv(65_536):
            if hurried:
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            packets.take(data)
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
