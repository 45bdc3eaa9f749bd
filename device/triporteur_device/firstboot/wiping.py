"""A secret file is overwritten, and removed.

What this cannot promise: the memory in a card writes elsewhere than it is told, and may keep the
old bytes where a laboratory finds them. A bundle is worth nothing once its unit was let in.
"""

import os
from pathlib import Path

from triporteur_device.files import sync_directory


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
