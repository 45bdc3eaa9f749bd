"""How far long work has come: one line that is written over, on a terminal only."""

import sys
import time
from types import TracebackType
from typing import TextIO

_TOO_SOON_S = 0.1


class Progress:
    """Speaks to standard error, so that what a command prints stays clean. Use as a context."""

    def __init__(self, stream: TextIO | None = None, *, speaks: bool = True) -> None:
        self._stream = stream or sys.stderr
        self._speaks = speaks and self._stream.isatty()
        self._shown_s = float("-inf")

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, _t: type[BaseException] | None, _e: BaseException | None, _b: TracebackType | None
    ) -> None:
        if self._speaks:
            self._write("")

    def show(self, text: str) -> None:
        """Replaces the line, at most ten times a second."""
        if self._speaks and time.monotonic() - self._shown_s > _TOO_SOON_S:
            self._write(text)
            self._shown_s = time.monotonic()

    def _write(self, text: str) -> None:
        self._stream.write(f"\r\x1b[K{text}")
        self._stream.flush()
