"""One question to another process aboard over its Unix socket, one answer: a line each."""

import socket
import time
from pathlib import Path

from triporteur_wire.desk import MOST_BYTES


def ask_line(path: Path, line: bytes, patience_s: float) -> bytes:
    """What is answered up to a line end, to silence, or to what is too long for an answer.

    Raises OSError within `patience_s` seconds, whatever the other process does.
    """
    until_s = time.monotonic() + patience_s
    with socket.socket(socket.AF_UNIX) as other:
        other.settimeout(patience_s)
        other.connect(str(path))
        other.sendall(line)
        return _one_line(other, until_s)


def _one_line(other: socket.socket, until_s: float) -> bytes:
    said = b""
    while not said.endswith(b"\n") and len(said) <= MOST_BYTES:
        left_s = until_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("no whole answer in time")
        other.settimeout(left_s)
        more = other.recv(MOST_BYTES + 1)
        if not more:
            break
        said += more
    return said
