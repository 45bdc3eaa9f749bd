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

from triporteur_wire.desk import MOST_BYTES, Asked, Refused, Told, decode_asked, encode
from triporteur_wire.reading import Unreadable

_log = logging.getLogger(__name__)

_MODE = 0o660
_WAITING = 4
#: For the whole of a request, and for the agent to answer; a console shows a page meanwhile.
_HEARS_S = 2.0
_ANSWERS_S = 3.0
#: How soon an end is noticed.
_WAKE_S = 0.5
_UNHEARD = "La demande n’a pas été comprise\u202f; rechargez la page, puis recommencez."
_BUSY = "Le triporteur ne répond pas en ce moment\u202f; recommencez dans une minute."


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
            listening = self._open()
        except OSError as error:
            _log.error("%s cannot be opened (%s); the console cannot ask", self._path, error)
            return
        with listening:
            try:
                while not stop.is_set():
                    with suppress(TimeoutError):
                        self._serve(listening.accept()[0], stop)
            finally:
                self._path.unlink(missing_ok=True)

    def _open(self) -> socket.socket:
        """Bound under another name until nobody but its group can open it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(self._path.name + ".new")
        draft.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listening.bind(str(draft))
            draft.chmod(_MODE)
            listening.listen(_WAITING)
            listening.settimeout(_WAKE_S)
            draft.replace(self._path)
        except BaseException:
            listening.close()
            raise
        return listening

    def _serve(self, caller: socket.socket, stop: threading.Event) -> None:
        with caller, suppress(OSError):  # they may go at any moment
            caller.settimeout(_HEARS_S)
            try:
                told = self._ask(decode_asked(_line(caller)), stop)
            except Unreadable as error:
                _log.warning("the desk was asked what it does not know (%s)", error)
                told = Refused(_UNHEARD)
            caller.settimeout(_HEARS_S)
            caller.sendall(encode(told))

    def _ask(self, asked: Asked, stop: threading.Event) -> Told:
        answers: queue.SimpleQueue[Told] = queue.SimpleQueue()
        self._tell(Question(asked, answers.put))
        until_s = time.monotonic() + _ANSWERS_S
        while not stop.is_set() and time.monotonic() < until_s:
            with suppress(queue.Empty):
                return answers.get(timeout=_WAKE_S)
        return Refused(_BUSY)


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
