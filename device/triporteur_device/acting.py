"""Root acts as another user: as the owner of the folder that it writes in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def acting_for_owner(folder: Path) -> Iterator[None]:
    """What root makes there is the owner's, and links that one laid lead root no further.

    Of a folder that is not there yet: for the owner of the one that it will lie in. Who is not root
    acts as himself.
    """
    owner = next(path for path in (folder, *folder.parents) if path.exists()).stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        yield
        return
    group, groups = os.getegid(), os.getgroups()
    os.setgroups([owner.st_gid])
    os.setegid(owner.st_gid)
    os.seteuid(owner.st_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)
