"""Whether the Internet answers, asked of the uplink's own name servers and of nobody else.

The operator that carries every byte is asked for the start of the root zone: a record that home
routers do not keep, so that the answer comes from beyond the radio link, and that a modem without
one, which leads every name to itself, does not invent. 17 bytes go out, about 100 come back.
"""

import asyncio
import secrets
import socket
import struct
from collections.abc import Callable, Iterable

_PORT = 53
_PATIENCE_S = 3.0
#: RFC 1035 §4.1.1: recursion desired in the question; response, and the last four bits its code.
_WANTED, _RESPONSE, _CODE = 0x0100, 0x8000, 0x000F
_SOA, _INTERNET = 6, 1
_HEADER = struct.Struct("!6H")
#: The root, its type and its class.
_QUESTION = struct.pack("!BHH", 0, _SOA, _INTERNET)
#: How an answer names the root: as it is, or as the name that the question has.
_ROOT = (b"\0", b"\xc0\x0c")
_MOST_BYTES = 4096
#: While it answers, while one answer is missing, and while none comes.
_SURE_S, _DOUBT_S, _LOST_S = 10.0, 1.0, 5.0
#: So many questions in a row without an answer are a loss; one lost packet is not.
_MISSES = 2
#: So much, while an answer is waited for in vain, comes only from beyond: the link is full. What a
#: modem that lost its network says by itself is less.
_LIFE_BYTES = 20_000


async def answers(server: str, port: int = _PORT, patience_s: float = _PATIENCE_S) -> bool:
    """Whether the name server tells where the root zone starts."""
    number = secrets.randbelow(0x10000)
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    loop = asyncio.get_running_loop()
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        asking.setblocking(False)
        try:
            asking.connect((server, port))
            await loop.sock_sendall(asking, _HEADER.pack(number, _WANTED, 1, 0, 0, 0) + _QUESTION)
            async with asyncio.timeout(patience_s):
                return is_answer(await loop.sock_recv(asking, _MOST_BYTES), number)
        except (OSError, TimeoutError):
            return False


def is_answer(heard: bytes, number: int) -> bool:
    """Whether it answers the question so numbered with a record of the kind that was asked for."""
    start = _HEADER.size + len(_QUESTION)
    if len(heard) < start:
        return False
    told, flags, _, records, _, _ = _HEADER.unpack_from(heard)
    good = told == number and flags & _RESPONSE and not flags & _CODE and records
    record = heard[start:]
    named = next((name for name in _ROOT if record.startswith(name)), None)
    return bool(
        good
        and heard[_HEADER.size : start] == _QUESTION
        and named
        and record[len(named) :].startswith(_QUESTION[1:])
    )


class UplinkWatch:
    """`up` is None until the first answer, or the lack of it.

    `received` is how many bytes have come in by the uplink; it may raise OSError.
    """

    def __init__(
        self,
        servers: Callable[[], Iterable[str]],
        port: int = _PORT,
        received: Callable[[], int] = lambda: 0,
    ) -> None:
        self._servers = servers
        self._received = received
        self._port = port
        self._misses = 0
        self.up: bool | None = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(_SURE_S if not self._misses else _DOUBT_S if self.up else _LOST_S)

    async def look(self) -> None:
        """Asks once, and concludes: what was there stays while much comes in."""
        before = self._received()
        if await self._anyone() or (self.up and self._received() - before >= _LIFE_BYTES):
            self._misses = 0
            self.up = True
            return
        self._misses += 1
        if self._misses >= _MISSES or self.up is None:
            self.up = False

    async def _anyone(self) -> bool:
        for server in self._servers():
            if await answers(server, self._port):
                return True
        return False
