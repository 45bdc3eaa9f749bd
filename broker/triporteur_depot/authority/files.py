"""Files that are there whole or not at all, each of the one user who should own it.

Commands run as root; the registrar and the broker do not, and must read what these wrote.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triporteur_depot.replacing import sync

SECRET = 0o600
PUBLIC = 0o644


@contextmanager
def acting_for(folder: Path) -> Iterator[None]:
    """What root does in another user's folder, it does as that user: whole process, for a while.

    Whatever links that user laid lead root no further than him, and what is made is his.
    """
    owner = _nearest(folder).stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        yield
        return
    groups = os.getgroups()
    os.setgroups([owner.st_gid])
    os.setegid(owner.st_gid)
    os.seteuid(owner.st_uid)
    try:
        yield
    finally:
        _become_root(groups)


@contextmanager
def acting_for_oneself() -> Iterator[None]:
    """Within `acting_for`, for a moment as who runs the command."""
    user, group, groups = os.geteuid(), os.getegid(), os.getgroups()
    if user == os.getuid():
        yield
        return
    _become_root(groups)
    try:
        yield
    finally:
        os.setegid(group)
        os.seteuid(user)


def make_folder(path: Path, mode: int = 0o755) -> None:
    """Makes the folder when it is not there. Raises OSError."""
    if not path.is_dir():
        path.mkdir(mode, parents=True, exist_ok=True)


def write(path: Path, content: bytes, mode: int = SECRET, owner: int | None = None) -> bool:
    """Replaces the file unless it is so already; whether it did. Raises OSError.

    `owner` is a user's number, None for who writes; only root may name another.
    """
    user = os.geteuid() if owner is None else owner
    if _is(path, content, mode, user):
        return False
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _fill(beside, content, mode, user)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    sync(path.parent)
    return True


def write_new(path: Path, content: bytes) -> None:
    """Makes a secret file. Raises FileExistsError rather than replace one, and OSError."""
    _fill(path, content, SECRET, os.geteuid())


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One at a time: a second command waits. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _become_root(groups: list[int]) -> None:
    os.seteuid(0)
    os.setegid(0)
    os.setgroups(groups)


def _nearest(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if each.exists())


def _is(path: Path, content: bytes, mode: int, user: int) -> bool:
    try:
        there = path.lstat()
        return (there.st_mode & 0o777, there.st_uid) == (mode, user) and (
            path.read_bytes() == content
        )
    except FileNotFoundError:
        return False


def _fill(path: Path, content: bytes, mode: int, user: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        _write_out(descriptor, content, mode, user)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _write_out(descriptor: int, content: bytes, mode: int, user: int) -> None:
    with os.fdopen(descriptor, "wb") as out:
        if user != os.geteuid():
            os.fchown(descriptor, user, -1)
        os.fchmod(descriptor, mode)
        out.write(content)
        out.flush()
        os.fsync(descriptor)
