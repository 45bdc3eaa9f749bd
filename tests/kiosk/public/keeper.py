"""A gate as the portal meets it: its folder, its state, and what it answers visitors."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from triporteur_device.clock import boottime_ms
from triporteur_wire.desk import MOST_BYTES, Refused
from triporteur_wire.gate import (
    STATE_NAME,
    VISITORS_SOCKET,
    Access,
    AskVisitor,
    Because,
    FromPortal,
    GateState,
    Visitor,
    decode_from_portal,
    encode,
)


def state(access: Access = "open", because: Because | None = None, age_ms: int = 0) -> GateState:
    """A gate's word of so long ago."""
    return GateState(
        boottime_ms=boottime_ms() - age_ms,
        run="a",
        hotspot=True,
        configured="open",
        access=access,
        because=because,
        most_stations=10,
    )


def tell(folder: Path, told: GateState) -> None:
    folder.mkdir(exist_ok=True)
    (folder / STATE_NAME).write_bytes(encode(told))


class Keeper:
    """Answers visitors: welcomes with `visitor`, or refuses; `heard` is what was asked.

    `says`, where set, is answered whatever is asked; empty, it only listens.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.heard: list[FromPortal] = []
        self.visitor = Visitor(True, 4860, 150_999_999)
        self.refusal: str | None = None
        self.says: bytes | None = None
        self._welcomed: set[str] = set()
        self._listener = socket.socket(socket.AF_UNIX)
        (folder / VISITORS_SOCKET).parent.mkdir()
        self._listener.bind(str(folder / VISITORS_SOCKET))
        self._listener.listen()

    def run(self) -> None:
        """Until its listener is shut down."""
        with self._listener, suppress(OSError):
            while True:
                asker, _ = self._listener.accept()
                with asker, suppress(ConnectionError):
                    asked = decode_from_portal(asker.recv(MOST_BYTES))
                    self.heard.append(asked)
                    asker.sendall(self._answer(asked) if self.says is None else self.says)

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)

    def _answer(self, asked: FromPortal) -> bytes:
        if isinstance(asked, AskVisitor):
            return encode(self.visitor if asked.address in self._welcomed else Visitor(False))
        if self.refusal:
            return encode(Refused(self.refusal))
        self._welcomed.add(asked.address)
        return encode(self.visitor)


@contextmanager
def keeping(folder: Path) -> Iterator[Keeper]:
    """A keeper of an open gate."""
    tell(folder, state())
    keeper = Keeper(folder)
    thread = Thread(target=keeper.run)
    thread.start()
    try:
        yield keeper
    finally:
        keeper.stop()
        thread.join()
