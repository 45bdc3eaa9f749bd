"""A name server under test: a real UDP socket that answers as it is told to."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: The start of the root zone as a name server tells it: names, then seven numbers.
_SOA = b"\x01a\x00\x01b\x00" + bytes(20)


def good(asked: bytes) -> bytes:
    """What the uplink's name server answers."""
    return _answer(asked, records=1) + b"\x00" + struct.pack("!HHIH", 6, 1, 60, len(_SOA)) + _SOA


def pointing(asked: bytes) -> bytes:
    """The same, with the root named by where the question names it."""
    return good(asked)[: len(asked)] + b"\xc0\x0c" + good(asked)[len(asked) + 1 :]


def failed(asked: bytes) -> bytes:
    """What a router says whose own uplink is gone."""
    return _answer(asked, records=0, code=2)


def empty(asked: bytes) -> bytes:
    return _answer(asked, records=0)


def invented(asked: bytes) -> bytes:
    """What a modem says that leads every name to itself."""
    address = socket.inet_aton("192.168.8.1")
    return _answer(asked, records=1) + b"\x00" + struct.pack("!HHIH", 1, 1, 0, 4) + address


def other_number(asked: bytes) -> bytes:
    return bytes([asked[0] ^ 1]) + good(asked)[1:]


def _answer(asked: bytes, *, records: int, code: int = 0) -> bytes:
    (number,) = struct.unpack_from("!H", asked)
    return struct.pack("!6H", number, 0x8180 | code, 1, records, 0, 0) + asked[12:]


class Resolver:
    """`answer` gives the bytes to answer with, None for silence."""

    def __init__(self, answer: Callable[[bytes], bytes | None]) -> None:
        self.answer = answer
        self.asked: list[bytes] = []

    def serve(self, at: socket.socket) -> None:
        while True:
            asked, who = at.recvfrom(512)
            if not asked:
                return
            self.asked.append(asked)
            told = self.answer(asked)
            if told is not None:
                at.sendto(told, who)


@contextmanager
def answering(resolver: Resolver, host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """The port it answers at."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as at:
        at.bind((host, port))
        thread = threading.Thread(target=resolver.serve, args=(at,))
        thread.start()
        try:
            yield at.getsockname()[1]
        finally:
            at.sendto(b"", at.getsockname())
            thread.join()
