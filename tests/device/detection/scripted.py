"""A port with a scripted device behind it, under a clock that its readers drive."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet

from triporteur_device.link import Link, LinkLost, ReadOnlyLink

JBD_STATE = bytes.fromhex("dda50300fffd77")
JBD_CELLS = bytes.fromhex("dda50400fffc77")


def jbd(register: int, payload: bytes) -> bytes:
    body = bytes((0, len(payload))) + payload
    return bytes((0xDD, register)) + body + (-sum(body) & 0xFFFF).to_bytes(2, "big") + b"\x77"


def state(centivolts: int) -> bytes:
    head = centivolts.to_bytes(2, "big") + bytes.fromhex("0000 0bb8 0bb8 0001 2a21 0000 0000 0000")
    return jbd(3, head + bytes.fromhex("10 50 03 0d 00"))


def cells(*millivolts: int) -> bytes:
    return jbd(4, b"".join(cell.to_bytes(2, "big") for cell in millivolts))


Answer = Callable[[bytes], bytes]


def board(pack: bytes, each: bytes) -> Answer:
    return lambda asked: {JBD_STATE: pack, JBD_CELLS: each}.get(asked, b"")


THIRTEEN = cells(*[4000] * 13)
#: A JBD board of 13 cells that answers.
BATTERY = board(state(5200), THIRTEEN)


class Port:
    """A device at one speed: what it says each tenth of a second, and what it answers."""

    def __init__(self, baud: int = 9600, says: bytes = b"", answer: Answer = lambda _: b"") -> None:
        self.baud = baud
        self.says = says
        self.answer = answer
        self.now_ms = 0
        self.lost = False
        self.sent: list[bytes] = []
        self.opened: list[int] = []

    def open(self, port: str, baud: int, requests: AbstractSet[bytes]) -> Link:
        if self.lost:
            raise LinkLost(f"{port}: Device or resource busy")
        self.opened.append(baud)
        return ReadOnlyLink(Opened(self, baud), requests)


class Opened:
    def __init__(self, port: Port, baud: int) -> None:
        self._port = port
        self._here = baud == port.baud
        self._waiting = b""

    def read(self, timeout_s: float) -> bytes:
        self._port.now_ms += round(timeout_s * 1000)
        waiting, self._waiting = self._waiting, b""
        said = self._port.says if timeout_s else b""
        return waiting + (said if self._here else b"\xfe" * len(said))

    def write(self, data: bytes) -> None:
        self._port.sent.append(data)
        if self._here:
            self._waiting += self._port.answer(data)

    def close(self) -> None:
        pass
