"""Who lays releases in the folder of arrivals: the agent, or who stands beside the unit; in turn.

The lock is on a file that nobody but the folder's owner may open, so that no other user holds it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NAME = ".lock"


@contextmanager
def in_turn(folder: Path) -> Iterator[None]:
    """Waits until nobody else lays anything there. Raises OSError."""
    lock = _open(folder)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


@contextmanager
def at_once(folder: Path) -> Iterator[bool]:
    """Whether nobody else lays anything there, nor does meanwhile.

    True as well where there is no lock to hold: nothing can be laid there then.
    """
    try:
        lock = _open(folder)
    except OSError:
        yield True
        return
    try:
        yield _is_free(lock)
    finally:
        os.close(lock)


def _is_free(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open(folder: Path) -> int:
    return os.open(folder / _NAME, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
