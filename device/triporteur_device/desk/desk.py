"""The desk's socket: one request and one answer a connection, each a line, in a thread of its own.

Who may open it is a matter of the file's group. Whoever does is not believed for it: what they say
is bounded in size and in time, and one after the other is served, so that nobody costs the agent
more than one question at a time.
"""

import logging
import queue
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from triporteur_wire.desk import MOST_BYTES, Asked, Told, decode_asked, encode
from triporteur_wire.doors import BUSY, UNHEARD, open_door
from triporteur_wire.reading import Unreadable

_log = logging.getLogger(__name__)

_WAITING = 4
#: For the whole of a request, and for the agent to answer; a console shows a page meanwhile.
_HEARS_S = 2.0
_ANSWERS_S = 3.0
#: How soon an end is noticed.
_WAKE_S = 0.5


@dataclass(frozen=True, slots=True)
class Question:
    """Something asked at the desk; `answer` is to be called once, soon."""

    asked: Asked
    answer: Callable[[Told], None]


class Desk:
    """Listens at `path`. `tell` is called in the desk's thread with each question."""

    name = "desk"

    def __init__(self, path: Path, tell: Callable[[Question], None]) -> None:
        self._path = path
        self._tell = tell

    def run(self, stop: threading.Event) -> None:
        """Serves until `stop`. Where the socket cannot be made, says so once and does without."""
        try:
            listening = open_door(self._path, _WAITING)
        except OSError as error:
            _log.error("%s cannot be opened (%s); the console cannot ask", self._path, error)
            return
        with listening:
            listening.settimeout(_WAKE_S)
            try:
                while not stop.is_set():
                    with suppress(TimeoutError):
                        self._serve(listening.accept()[0], stop)
            finally:
                self._path.unlink(missing_ok=True)

    def _serve(self, caller: socket.socket, stop: threading.Event) -> None:
        with caller, suppress(OSError):  # they may go at any moment
            caller.settimeout(_HEARS_S)
            try:
                told = self._ask(decode_asked(_line(caller)), stop)
            except Unreadable as error:
                _log.warning("the desk was asked what it does not know (%s)", error)
                told = UNHEARD
            caller.settimeout(_HEARS_S)
            caller.sendall(encode(told))

    def _ask(self, asked: Asked, stop: threading.Event) -> Told:
        answers: queue.SimpleQueue[Told] = queue.SimpleQueue()
        self._tell(Question(asked, answers.put))
        until_s = time.monotonic() + _ANSWERS_S
        while not stop.is_set() and time.monotonic() < until_s:
            with suppress(queue.Empty):
                return answers.get(timeout=_WAKE_S)
        return BUSY


def _line(caller: socket.socket) -> bytes:
    """What is said up to the line's end. Raises Unreadable, or OSError when they are gone."""
    until_s = time.monotonic() + _HEARS_S
    heard = bytearray()
    while b"\n" not in heard:
        left_s = until_s - time.monotonic()
        if left_s <= 0:
            raise Unreadable("it took too long to be said")
        caller.settimeout(left_s)
        try:
            part = caller.recv(MOST_BYTES)
        except TimeoutError as error:
            raise Unreadable("it took too long to be said") from error
        if not part:
            raise Unreadable("it has no end of line")
        heard += part
        if len(heard) > MOST_BYTES:
            raise Unreadable(f"more than {MOST_BYTES} bytes")
    line, _, more = bytes(heard).partition(b"\n")
    if more:
        raise Unreadable("more than one line")
    return line
