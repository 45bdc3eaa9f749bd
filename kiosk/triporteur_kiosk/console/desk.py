"""The console's side of the desk: one question to the agent over its Unix socket, one answer."""

import logging
import socket
import time
from pathlib import Path

from triporteur_wire.desk import MOST_BYTES, Asked, Told, decode_told, encode
from triporteur_wire.reading import Unreadable

_log = logging.getLogger(__name__)

#: A little more than the desk gives itself to say that the agent is busy.
_PATIENCE_S = 5.0


class Unanswered(Exception):
    """The agent did not answer in time, or not so that it can be read: it may have acted or not."""


class Desk:
    """Asks the agent; says in the log when it stops answering, and when it answers again."""

    def __init__(self, path: Path, patience_s: float = _PATIENCE_S) -> None:
        self._path = path
        self._patience_s = patience_s
        self._lost = False

    def ask(self, asked: Asked) -> Told:
        """Raises Unanswered within the patience, whatever the agent does."""
        try:
            told = decode_told(self._exchange(encode(asked)))
        except (OSError, Unreadable) as error:
            self._note(lost=True, why=str(error))
            raise Unanswered(str(error)) from error
        self._note(lost=False)
        return told

    def _exchange(self, line: bytes) -> bytes:
        until_s = time.monotonic() + self._patience_s
        with socket.socket(socket.AF_UNIX) as agent:
            agent.settimeout(self._patience_s)
            agent.connect(str(self._path))
            agent.sendall(line)
            return _one_line(agent, until_s)

    def _note(self, *, lost: bool, why: str = "") -> None:
        if lost and not self._lost:
            _log.error("the agent does not answer at %s: %s", self._path, why)
        if self._lost and not lost:
            _log.info("the agent answers again at %s", self._path)
        self._lost = lost


def _one_line(agent: socket.socket, until_s: float) -> bytes:
    """What the agent says up to a line end, to its silence or to what is too long for an answer."""
    said = b""
    while not said.endswith(b"\n") and len(said) <= MOST_BYTES:
        left_s = until_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("no whole answer in time")
        agent.settimeout(left_s)
        more = agent.recv(MOST_BYTES + 1)
        if not more:
            break
        said += more
    return said
