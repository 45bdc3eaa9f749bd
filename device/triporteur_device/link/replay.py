"""A recorded stream, given back at the pace of its line. It cannot be written to."""

import time
from pathlib import Path

from triporteur_device.link.base import LinkLost

_BITS_PER_BYTE = 10  # 8N1
_PIECE_S = 0.05


class ReplayLink:
    """Plays a file of raw bytes once; after its end the line is silent. Raises LinkLost."""

    def __init__(self, path: Path, baud: int) -> None:
        try:
            self._rest = path.read_bytes()
        except OSError as error:
            raise LinkLost(f"{path}: {error.strerror}") from error
        self._bytes_per_s = baud / _BITS_PER_BYTE
        self._due_s = time.monotonic()

    def read(self, timeout_s: float) -> bytes:
        if not self._rest:
            time.sleep(timeout_s)
            return b""
        piece = self._rest[: int(self._bytes_per_s * _PIECE_S)]
        self._due_s += len(piece) / self._bytes_per_s
        time.sleep(max(0.0, self._due_s - time.monotonic()))
        self._rest = self._rest[len(piece) :]
        return piece

    def write(self, data: bytes) -> None:
        """A recording does not answer."""

    def close(self) -> None:
        self._rest = b""
