"""The console's side of the desk: one question to the agent over its Unix socket, one answer."""

import logging
from pathlib import Path

from triporteur_kiosk.asking import ask_line
from triporteur_kiosk.loss import Loss
from triporteur_wire.desk import Asked, Told, decode_told, encode
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
        self._loss = Loss(
            _log, f"the agent does not answer at {path}", f"the agent answers again at {path}"
        )

    def ask(self, asked: Asked) -> Told:
        """Raises Unanswered within the patience, whatever the agent does."""
        try:
            told = decode_told(ask_line(self._path, encode(asked), self._patience_s))
        except (OSError, Unreadable) as error:
            self._loss.note(error)
            raise Unanswered(str(error)) from error
        self._loss.end()
        return told
