"""A pseudo-terminal that sends at the pace of a real serial line."""

import contextlib
import os
import tty
from collections import deque
from pathlib import Path

from triporteur_device.simulators.instrument import Burst

_BITS_PER_BYTE = 10  # 8N1: a start bit, eight bits, a stop bit
_FIFO_BYTES = 16
_HELD_BYTES = 4096


class Line:
    """When each byte leaves the wire. Holds at most 4096 bytes; what comes on top is lost."""

    def __init__(self, baud: int) -> None:
        self._byte_s = _BITS_PER_BYTE / baud
        self._free_s = 0.0
        self._held = 0
        self._chunks: deque[tuple[float, bytes]] = deque()

    def send(self, bursts: list[Burst], now_s: float) -> None:
        """Queue the bursts; the first byte never leaves before the line is free."""
        for burst in bursts:
            if self._held + len(burst.data) > _HELD_BYTES:
                return
            self._free_s = max(self._free_s, now_s) + burst.after_s
            for start in range(0, len(burst.data), _FIFO_BYTES):
                chunk = burst.data[start : start + _FIFO_BYTES]
                self._free_s += len(chunk) * self._byte_s
                self._chunks.append((self._free_s, chunk))
                self._held += len(chunk)

    def due(self, now_s: float) -> bytes:
        """The bytes whose last bit has left the wire by now."""
        chunks = []
        while self._chunks and self._chunks[0][0] <= now_s:
            chunks.append(self._chunks.popleft()[1])
        sent = b"".join(chunks)
        self._held -= len(sent)
        return sent

    def next_s(self) -> float | None:
        """When the next bytes are due; None when the line is silent."""
        return self._chunks[0][0] if self._chunks else None


class Terminal:
    """A pty whose far end is found at `path`, as a device file would be.

    The near end keeps the far end open: a reader may come, go and come back. Bytes nobody reads
    fill the kernel's buffer, then are lost, as on a real line. Raises OSError with a sentence
    when `path` is taken by anything but a link or cannot be made.
    """

    def __init__(self, path: Path, baud: int) -> None:
        self.line = Line(baud)
        self._path = path
        if path.exists() and not path.is_symlink():
            raise FileExistsError(f"{path} is already there and is not a link: choose another path")
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self._target = os.ttyname(self._far)
        try:
            self._link()
        except OSError as error:
            self._close_ends()
            raise OSError(f"no link can be made at {path}: {error.strerror}") from error

    def fileno(self) -> int:
        """The near end, for a selector."""
        return self._near

    def read(self) -> bytes:
        """What the reader wrote; empty when nothing waits."""
        try:
            return os.read(self._near, 4096)
        except BlockingIOError:
            return b""

    def flush(self, now_s: float) -> None:
        """Hand over what has left the wire by now."""
        sent = self.line.due(now_s)
        if sent:
            with contextlib.suppress(BlockingIOError):
                os.write(self._near, sent)

    def close(self) -> None:
        """Remove the link if it is still ours, and hang up."""
        if self._path.is_symlink() and str(self._path.readlink()) == self._target:
            self._path.unlink()
        self._close_ends()

    def _link(self) -> None:
        fresh = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(self._target)
        fresh.replace(self._path)

    def _close_ends(self) -> None:
        os.close(self._near)
        os.close(self._far)
