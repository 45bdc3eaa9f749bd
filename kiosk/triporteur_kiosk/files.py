"""Replacing a file in one step, so that another process never reads a part of one."""

import os
from pathlib import Path

#: The agent reads them as a member of the group.
_MODE = 0o640


def write_whole(path: Path, content: bytes, *, durable: bool) -> None:
    """Puts the new content in the old one's place. Raises OSError.

    `durable` waits for the disk; leave it out for files in RAM.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    draft = path.with_name(path.name + ".new")
    with draft.open("wb") as file:
        os.fchmod(file.fileno(), _MODE)
        file.write(content)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    draft.replace(path)
    if durable:
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
