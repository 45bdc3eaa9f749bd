"""A secret file is overwritten, and removed.

What this cannot promise: the memory in a card writes elsewhere than it is told, and may keep the
old bytes where a laboratory finds them. A bundle is worth nothing once its unit was let in.
"""

import os
from pathlib import Path

from triporteur_device.files import sync_directory

#: Disks write so much at once.
_SECTOR = 512
#: As a bundle does, or what was one.
_BEGINS = (b"{", b"\0")


def is_wiped(path: Path, most_bytes: int) -> bool:
    """Whether zeros lie there of a wiping that the power cut. Raises OSError."""
    with path.open("rb") as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes or not content.startswith(_BEGINS):
        return False
    sectors = (content[at : at + _SECTOR] for at in range(0, len(content), _SECTOR))
    return any(not sector.strip(b"\0") for sector in sectors)


def wipe(path: Path) -> None:
    """Zeros reach the disk before the name goes. Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    try:
        os.write(handle, bytes(os.fstat(handle).st_size))
        os.fsync(handle)
    finally:
        os.close(handle)
    path.unlink()
    sync_directory(path.parent)
