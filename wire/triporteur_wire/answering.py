"""Whether a server of pages answers: its visitors show it and, when nobody comes, it asks itself.

visitors ─▶ pages ─▶ answered ─▶ service manager
itself   ─▶ pages ─▶ answered ─▶
"""

import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from triporteur_wire.manager import Manager

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

#: At the start, until the first answer.
_AGAIN_S = 0.1
#: Of a manager's patience: two unanswered questions leave it time for a third.
_SHARE = 4
#: For a question to itself, whatever else goes on.
ANSWERS_S = 3.0


class Answering:
    """Tells `manager` of pages that were answered. `ask` asks this server; was it answered?"""

    def __init__(self, manager: Manager, ask: Callable[[], bool]) -> None:
        self._manager = manager
        self._ask = ask
        self._answered = threading.Event()

    def around(self, pages: "WSGIApplication") -> "WSGIApplication":
        """The same pages; each that is answered counts."""

        def counted(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            body = pages(environ, start_response)
            self._note()
            return body

        return counted

    def run(self, stop: threading.Event) -> None:
        """Asks until there is an answer, which makes the server ready; then whenever it is quiet.

        Ends at once where no manager listens.
        """
        if self._manager.listens:
            self._begin(stop)
            self._go_on(stop)
            self._manager.stopping()

    def _begin(self, stop: threading.Event) -> None:
        self._ask_once()
        while not (self._answered.is_set() or stop.wait(_AGAIN_S)):
            self._ask_once()
        if self._answered.is_set():
            self._manager.ready()

    def _go_on(self, stop: threading.Event) -> None:
        waits_s = self._manager.watchdog_s
        while not stop.wait(waits_s and waits_s / _SHARE):
            if not self._answered.is_set():
                self._ask_once()
            self._answered.clear()

    def _ask_once(self) -> None:
        with suppress(OSError):
            if self._ask():
                self._note()

    def _note(self) -> None:
        self._answered.set()
        self._manager.progress()


def ask_page(address: tuple[str, int], host: str, path: str) -> bool:
    """Asks a server of this machine for a page, over HTTP; any answer counts. Raises OSError."""
    with socket.create_connection(address, timeout=ANSWERS_S) as line:
        return asked(line, host, path)


def asked(line: socket.socket, host: str, path: str) -> bool:
    """Whether somebody at the other end of `line` answers as HTTP does. Raises OSError."""
    line.settimeout(ANSWERS_S)
    line.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    return line.recv(5) == b"HTTP/"
