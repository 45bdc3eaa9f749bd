"""Replacing a file in one step."""

import os
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


def sync_directory(directory: Path) -> None:
    """Waits until what was made, renamed or removed in the directory is on the disk."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
