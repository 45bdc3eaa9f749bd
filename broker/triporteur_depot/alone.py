"""One ingest for one database, one registrar for one authority: a second is refused."""

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
    with _held(side(path, ".lock"), f"a depot works on {path}", "choose another [database] path"):
        yield


@contextmanager
def one_registrar(lock: Path) -> Iterator[None]:
    """Two would take each other's place at the broker for ever. Raises NotAlone or OSError."""
    with _held(lock, f"a registrar works in {lock.parent}", "choose another [authority] directory"):
        yield


@contextmanager
def in_turn(path: Path, to: str = "migrating") -> Iterator[None]:
    """One at a time makes or migrates the database: a second one waits. Raises OSError.

    Each thing that is done `to` it has turns of its own.
    """
    descriptor = _open(side(path, f".{to}"))
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _held(lock: Path, who: str, or_else: str) -> Iterator[None]:
    descriptor = _open(lock)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotAlone(
                f"{who} already (process {os.pread(descriptor, 20, 0).decode()});"
                f" end it, or {or_else}"
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _open(lock: Path) -> int:
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    belong(lock)
    return descriptor
