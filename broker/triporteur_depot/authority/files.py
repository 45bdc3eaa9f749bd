"""Files that are there whole or not at all, and belong to whoever owns their folder.

Commands run as root; the broker and the registrar do not, and must read what these wrote.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECRET = 0o600
PUBLIC = 0o644


def make_folder(path: Path, mode: int = 0o755) -> None:
    """Makes the folder when it is not there. Raises OSError."""
    if not path.is_dir():
        path.mkdir(mode, parents=True, exist_ok=True)
        belong(path)


def write(path: Path, content: bytes, mode: int = SECRET) -> bool:
    """Replaces the file unless it is so already; whether it did. Raises OSError."""
    if _is(path, content, mode):
        return False
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _fill(beside, content, mode)
        belong(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    _sync(path.parent)
    return True


def write_new(path: Path, content: bytes) -> None:
    """Makes a secret file. Raises FileExistsError rather than replace one, and OSError."""
    _fill(path, content, SECRET)


def belong(path: Path) -> None:
    """Gives what root made to the owner of its folder."""
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One at a time: a second command waits. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _is(path: Path, content: bytes, mode: int) -> bool:
    try:
        return path.read_bytes() == content and path.stat().st_mode & 0o777 == mode
    except FileNotFoundError:
        return False


def _fill(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as out:
        os.fchmod(descriptor, mode)
        out.write(content)
        out.flush()
        os.fsync(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
