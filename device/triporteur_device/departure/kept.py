"""A small file on the card; in RAM while the card refuses."""

import logging
from contextlib import suppress
from pathlib import Path

from triporteur_device.files import write_whole

_log = logging.getLogger(__name__)


class KeptFile:
    """`path` is on the card, `refuge` in RAM: what stands there is newer, and of this boot."""

    def __init__(self, path: Path, refuge: Path) -> None:
        self._path = path
        self._refuge = refuge
        self._refused = False

    def read(self) -> bytes | None:
        """What was last written; None where nothing was, or nothing can be read."""
        for path in (self._refuge, self._path):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                _log.warning("%s cannot be read (%s)", path, error.strerror)
        return None

    def write(self, content: bytes) -> None:
        """Replaces it in one step. What cannot be kept anywhere is one line in the log."""
        try:
            write_whole(self._path, content, durable=True)
            self._refuge.unlink(missing_ok=True)
        except OSError as error:
            if not self._refused:
                _log.error("%s cannot be written (%s); kept in memory", self._path, error.strerror)
            self._refused = True
            with suppress(OSError):
                write_whole(self._refuge, content, durable=False)
            return
        if self._refused:
            _log.info("%s can be written again", self._path)
        self._refused = False
