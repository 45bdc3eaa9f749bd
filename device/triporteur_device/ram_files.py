"""What the agent shows the other processes aboard, in RAM: its status, and the depot's marks.

The marks are for the rooms that keep a journal of their own: the agent delivers it, they trim it.
"""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from triporteur_device.files import write_whole
from triporteur_device.snapshot import write_snapshot
from triporteur_wire.messages import Ack, Status, encode

_log = logging.getLogger(__name__)

ACK_NAME = "ack.json"


class RamFiles:
    """Writes beside the snapshot at `path`. A refusal is one line in the log."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._refused = False

    def show_status(self, status: Status) -> None:
        self._write(partial(write_snapshot, self._path, status))

    def show_ack(self, ack: Ack) -> None:
        path = self._path.with_name(ACK_NAME)
        self._write(partial(write_whole, path, encode(ack), durable=False))

    def _write(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            if not self._refused:
                _log.error("%s cannot be written: %s", self._path.parent, error.strerror)
            self._refused = True
            return
        self._refused = False
