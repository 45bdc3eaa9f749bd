"""A recorded stream, given back at the pace of its line.

A recording that knows what was asked (see `triporteur_device.capture`) answers the same questions
with the same answers, missed ones included. Any other plays by itself, once.
"""

import time
from pathlib import Path

from triporteur_device.capture import BadProvenance, exchanges, read_provenance
from triporteur_device.link.base import LinkLost

_BITS_PER_BYTE = 10  # 8N1
_PIECE_S = 0.05
#: How many questions may be passed over to find the one asked: about a round. Another order of
#: questions must not rush through an hour of recording.
_ROUND = 16


class ReplayLink:
    """Plays a file of raw bytes; after its end the line is silent. Raises LinkLost."""

    def __init__(self, path: Path, baud: int) -> None:
        try:
            raw = path.read_bytes()
            provenance = read_provenance(path)
        except OSError as error:
            raise LinkLost(f"{path}: {error.strerror}") from error
        except BadProvenance as error:
            raise LinkLost(str(error)) from error
        self._answers = list(exchanges(raw, provenance))[1:] if provenance else []
        self._rest = b"" if self._answers else raw
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
        """What is asked next here was asked next there; else there is no answer."""
        next_ones = [question for question, _ in self._answers[:_ROUND]]
        if data in next_ones:
            at = next_ones.index(data)
            self._rest = self._answers[at][1]
            del self._answers[: at + 1]
            self._due_s = time.monotonic()

    def close(self) -> None:
        self._rest = b""
        self._answers = []
