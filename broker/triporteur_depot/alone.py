"""One ingest for one database: a second one on the same machine is refused at its start."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triporteur_depot.replacing import belong, side


class NotAlone(RuntimeError):
    """Another depot works on this database; the sentence says which, and what to do."""


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Holds the database's lock, which ends with the process. Raises NotAlone or OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = _open(side(path, ".lock"))
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotAlone(
                f"a depot works on {path} already (process {os.pread(descriptor, 20, 0).decode()});"
                " end it, or choose another [database] path"
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def in_turn(path: Path) -> Iterator[None]:
    """One at a time makes or migrates the database: a second one waits. Raises OSError."""
    descriptor = _open(side(path, ".migrating"))
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _open(lock: Path) -> int:
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    belong(lock)
    return descriptor
