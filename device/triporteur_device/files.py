"""Replacing a file in one step."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes, *, durable: bool) -> None:
    """Replaces a file in one step: a reader sees the old content or the new, never a part.

    `durable` waits for the disk; leave it out for files in RAM. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    with draft.open("wb") as file:
        file.write(content)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    draft.replace(path)
    if durable:
        _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
