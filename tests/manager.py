"""The service manager's end of its socket: what processes tell it."""

import socket
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.rig import wait_for


class Listener:
    """Use as a context. At a path, or by an abstract name, which starts with a zero."""

    def __init__(self, name: Path | str) -> None:
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.bind(str(name))
        self._line.setblocking(False)
        #: Where a process finds it.
        self.words = {"NOTIFY_SOCKET": str(name).replace("\0", "@")}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()

    def heard(self) -> list[str]:
        """Since it was asked last."""
        said: list[str] = []
        with suppress(BlockingIOError):
            while True:
                said.append(self._next())
        return said

    def heard_until(self, *words: str) -> list[str]:
        """All that is said until these have been."""
        said: list[str] = []

        def all_is_said() -> bool:
            with suppress(BlockingIOError):
                while not set(words) <= set(said):
                    said.append(self._next())
            return set(words) <= set(said)

        wait_for(all_is_said, f"it says {' and '.join(words)}")
        return said

    def _next(self) -> str:
        return self._line.recv(1000).decode()
