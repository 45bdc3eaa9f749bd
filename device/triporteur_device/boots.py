"""Numbering boots, in a file beside the journal and not in it: a journal may break.

The number only ever grows. It is kept with the kernel's name of the boot, so that an agent
restarted within one boot keeps its number.
"""

import os
from pathlib import Path

import msgspec


class _Boot(msgspec.Struct):
    boot_no: int
    boot_id: str


def boot_number(path: Path, boot_id: str, at_least: int = 1) -> int:
    """The number of the boot named `boot_id`, new or known; never below `at_least`.

    `at_least` is one more than the highest number seen elsewhere: it repairs a lost file.
    Raises OSError when the file cannot be written.
    """
    known = _read(path)
    if known and known.boot_id == boot_id:
        return known.boot_no
    number = max(at_least, known.boot_no + 1 if known else 1)
    write_whole(path, msgspec.json.encode(_Boot(number, boot_id)), durable=True)
    return number


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


def _read(path: Path) -> _Boot | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Boot)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
