"""A place for one certificate: the last one that could be shown."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from triporteur_device.files import sync_directory, write_whole
from triporteur_kiosk.secured.chains import BadChain, Chain, examine

#: Ours alone, though the certificate is everybody's.
_MODE = 0o600


class Slot:
    """The file at `path`, for the key and the names of the console; `chain` is None without one."""

    def __init__(self, path: Path, key: Path, names: Sequence[str]) -> None:
        self._path = path
        self._key = key
        self._names = names
        self.chain: Chain | None = None

    def read(self) -> None:
        """Takes up what was kept."""
        try:
            self.chain = examine(self._path, self._key, self._names)
        except BadChain:
            self.chain = None

    def put(self, text: str) -> None:
        """Keeps another, if it can be shown. Raises BadChain, and OSError."""
        if self.chain and self.chain.sha256 == hashlib.sha256(text.encode()).hexdigest():
            return
        trial = self._path.with_suffix(".trial")
        try:
            write_whole(trial, text.encode(), durable=True, mode=_MODE)
            examine(trial, self._key, self._names)
            trial.replace(self._path)
            sync_directory(self._path.parent)
        finally:
            trial.unlink(missing_ok=True)
        self.read()

    def clear(self) -> None:
        """Raises OSError."""
        self._path.unlink(missing_ok=True)
        self.chain = None
