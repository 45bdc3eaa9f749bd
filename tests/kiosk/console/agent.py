"""An agent's desk under test: a real Unix socket, behind which the test says what is answered."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from triporteur_wire.desk import Asked, Done, Told, decode_asked, encode


class Agent:
    """Answers each question with `answer`, and keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: Callable[[Asked], Told] = lambda _: Done()

    def __call__(self, line: bytes) -> bytes:
        asked = decode_asked(line.removesuffix(b"\n"))
        self.asked.append(asked)
        return encode(self.answer(asked))


@contextmanager
def listening(path: Path, reply: Callable[[bytes], bytes | None]) -> Iterator[None]:
    """Whoever says a line at `path` is given the reply; with None the line is held, unanswered."""
    held: list[socket.socket] = []
    with socket.socket(socket.AF_UNIX) as desk:
        desk.bind(str(path))
        desk.listen()
        server = Thread(target=_serve, args=(desk, reply, held))
        server.start()
        try:
            yield
        finally:
            desk.shutdown(socket.SHUT_RDWR)
            server.join()
            for caller in held:
                caller.close()
            path.unlink()


def _serve(
    desk: socket.socket, reply: Callable[[bytes], bytes | None], held: list[socket.socket]
) -> None:
    while True:
        try:
            caller, _ = desk.accept()
        except OSError:
            return
        said = caller.makefile("rb").readline()
        told = reply(said)
        if told is None:
            held.append(caller)
            continue
        caller.sendall(told)
        caller.close()
