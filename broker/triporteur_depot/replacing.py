"""One database in the place of another: whenever this is cut short, one of the two stands whole.

depot.db.making        is being filled
depot.db.new.<fate>    is complete and goes to the path, whatever stands there; what stood
                       there becomes depot.db.<fate>, which is never overwritten
"""

import glob
import os
from pathlib import Path

_BESIDE = ("-wal", "-shm")
_OWN = ("", *_BESIDE, "-journal", ".lock", ".migrating", ".copying", ".making", ".damaged")


def side(path: Path, suffix: str) -> Path:
    """The file beside a database that has its name and this suffix."""
    return path.with_name(path.name + suffix)


def is_own(path: Path, other: Path) -> bool:
    """Whether `other` is the database at `path`, or a file that the depot keeps beside it."""
    where = other.parent.resolve()
    for one in (path.parent.resolve() / path.name, path.resolve()):
        if where == one.parent and other.name.startswith(one.name):
            more = other.name.removeprefix(one.name)
            if more in _OWN or more.startswith(".new."):
                return True
    return other.exists() and path.exists() and other.samefile(path)


def word(path: Path) -> Path:
    """What tells the next start that the file met damage."""
    return side(path, ".damaged")


def room(path: Path) -> Path:
    """Where the new database is to be made; what was left there before is gone."""
    made = side(path, ".making")
    for beside in ("", *_BESIDE, "-journal", ".migrating"):
        side(made, beside).unlink(missing_ok=True)
    return made


def put(path: Path, fate: str) -> None:
    """Puts what was made (and closed) in the place of what is there. Raises OSError."""
    made = side(path, ".making")
    belong(made)
    sync(made)
    side(made, ".migrating").unlink(missing_ok=True)
    made.replace(side(path, f".new.{fate}"))
    settle(path)


def settle(path: Path) -> None:
    """Ends what `put` began, if it was cut short. Raises OSError."""
    start = f"{path.name}.new."
    for new in path.parent.glob(f"{glob.escape(start)}*"):
        _keep(path, side(path, "." + new.name.removeprefix(start)))
        word(path).unlink(missing_ok=True)
        new.replace(path)
        sync(path.parent)


def belong(path: Path) -> None:
    """Gives what root made to the owner of its folder; what it is a link to is left alone."""
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _keep(path: Path, aside: Path) -> None:
    # By a second name first: between the two renames nobody shall find the path empty.
    if path.exists() and not aside.exists():
        aside.hardlink_to(path)
    for beside in _BESIDE:
        if side(path, beside).exists():
            side(path, beside).replace(side(aside, beside))


def sync(path: Path) -> None:
    """Waits until the file, or what a folder lists, is on the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
