"""A storage card that fails on command: a FUSE file system of one flat folder.

`python -m tests.chaos.card PLATTER MOUNTPOINT MOOD`

It starts with what the folder PLATTER holds. MOOD is a file with what ails it, empty for nothing:

    full          what would grow a file is refused, ENOSPC
    read-only     every change is refused, EROFS
    failing       every change and every sync is refused, EIO
    cut N SEED    after N more changes the power is gone: what a real card might still hold is
                  written to PLATTER, `PLATTER.cut` is made, and nothing works any more

It ends when it is unmounted. Page cache and shared maps are the kernel's own (no direct_io), so
SQLite runs in WAL mode as on any file system.
"""

import errno
import os
import random
import stat
import sys
from pathlib import Path
from typing import Any

import mfusepy

from tests.chaos.medium import File, Medium

_FOLDER = {"st_mode": stat.S_IFDIR | 0o755, "st_nlink": 2}


class Card(mfusepy.Operations):  # type: ignore[misc]
    use_ns = True

    def __init__(self, platter: Path, mood: Path) -> None:
        self._platter = platter
        self._mood_file = mood
        self._mood_ns = 0
        self._mood: list[str] = []
        self._medium = Medium.of(platter)
        self._changes = 0
        self._open: dict[int, File] = {}
        self._next_handle = 0
        self._dead = False

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        if path == "/":
            return _FOLDER
        file = self._open[fh] if fh is not None and fh in self._open else self._find(path)
        return {
            "st_mode": stat.S_IFREG | 0o644,
            "st_nlink": 1,
            "st_size": len(file.content),
            "st_uid": os.getuid(),
            "st_gid": os.getgid(),
        }

    def readdir(self, path: str, fh: int) -> list[str]:
        self._count()
        return [".", "..", *self._medium.names]

    def open(self, path: str, flags: int) -> int:
        self._check_alive()
        return self._opened(self._find(path))

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        self._change(grows=True)
        return self._opened(self._medium.create(path[1:]))

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        self._check_alive()
        return bytes(self._open[fh].content[offset : offset + size])

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        file = self._open[fh]
        self._change(grows=offset + len(data) > len(file.content))
        file.change((offset, data))
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        file = self._find(path)
        self._change(grows=length > len(file.content))
        file.change(length)
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        self._sync()
        self._medium.sync(self._open[fh])
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        self._sync()
        self._medium.sync_names()
        return 0

    def rename(self, old: str, new: str) -> int:
        self._find(old)
        self._change()
        self._medium.rename(old[1:], new[1:])
        return 0

    def unlink(self, path: str) -> int:
        self._find(path)
        self._change()
        self._medium.unlink(path[1:])
        return 0

    def release(self, path: str, fh: int) -> int:
        del self._open[fh]
        return 0

    def chmod(self, path: str, mode: int) -> int:
        return 0

    def chown(self, path: str, uid: int, gid: int) -> int:
        return 0

    def utimens(self, path: str, times: Any = None) -> int:
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        blocks = 1_000_000
        return {"f_bsize": 4096, "f_blocks": blocks, "f_bfree": blocks, "f_bavail": blocks}

    def _find(self, path: str) -> File:
        found = self._medium.names.get(path[1:])
        if found is None:
            raise mfusepy.FuseOSError(errno.ENOENT)
        return found

    def _opened(self, file: File) -> int:
        self._next_handle += 1
        self._open[self._next_handle] = file
        return self._next_handle

    def _change(self, *, grows: bool = False) -> None:
        """Refuses what the mood refuses; raises FuseOSError."""
        self._count()
        match self._mood:
            case ["full"] if grows:
                raise mfusepy.FuseOSError(errno.ENOSPC)
            case ["read-only"]:
                raise mfusepy.FuseOSError(errno.EROFS)
            case ["failing"]:
                raise mfusepy.FuseOSError(errno.EIO)

    def _sync(self) -> None:
        self._count()
        if self._mood == ["failing"]:
            raise mfusepy.FuseOSError(errno.EIO)

    def _count(self) -> None:
        """One more change, sync or look around; the power may go before it."""
        self._check_alive()
        self._look()
        match self._mood:
            case ["cut", after, seed]:
                self._changes += 1
                if self._changes > int(after):
                    self._mood = ["dead"]
                    self._keep(self._medium.cut(random.Random(int(seed))))
                    self._check_alive()

    def _look(self) -> None:
        changed_ns = self._mood_file.stat().st_mtime_ns
        if changed_ns != self._mood_ns:
            self._mood_ns = changed_ns
            self._mood = self._mood_file.read_text().split()

    def _check_alive(self) -> None:
        if self._mood == ["dead"]:
            raise mfusepy.FuseOSError(errno.EIO)

    def _keep(self, found: dict[str, bytes]) -> None:
        for path in self._platter.iterdir():
            path.unlink()
        for name, content in found.items():
            (self._platter / name).write_bytes(content)
        self._platter.with_name(self._platter.name + ".cut").touch()


def main(platter: str, mountpoint: str, mood: str) -> None:
    # One thread: the order of operations is the order of their effects.
    mfusepy.FUSE(
        Card(Path(platter), Path(mood)),
        mountpoint,
        foreground=True,
        nothreads=True,
        kernel_cache=True,
        fsname="chaos-card",
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
