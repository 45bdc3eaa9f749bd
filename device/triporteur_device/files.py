"""Replacing a file in one step, and reading one that another room wrote."""

import os
import stat
from pathlib import Path


def write_whole(path: Path, content: bytes, *, durable: bool, mode: int = 0o640) -> None:
    """Replaces a file in one step: a reader sees the old content or the new, never a part.

    `durable` waits for the disk; leave it out for files in RAM. `mode` is the new file's, whatever
    the umask: unless told otherwise the group may read it, as the other rooms aboard do. Raises
    OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)  # one that a power cut left has a mode of its own
    made = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(made, "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    draft.replace(path)
    if durable:
        sync_directory(path.parent)


def write_changed(path: Path, content: bytes) -> bool:
    """Replaces a file that all may read, unless it holds just that; whether it did. Raises OSError.

    What is written at every start wears the card, and is one more moment to be cut at.
    """
    if path.is_file() and path.read_bytes() == content:
        return False
    write_whole(path, content, durable=True, mode=0o644)
    return True


def read_guest(path: Path, most_bytes: int) -> bytes:
    """A file of a room that talks to strangers, and might be taken over by one.

    Opened without waiting, for it could be a pipe; never through a link; only so much of it is
    taken, and nothing of what is no file. Raises OSError.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        is_file = stat.S_ISREG(os.fstat(handle).st_mode)
        return os.read(handle, most_bytes) if is_file else b""
    finally:
        os.close(handle)


def sync_directory(directory: Path) -> None:
    """Waits until what was made, renamed or removed in the directory is on the disk."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
