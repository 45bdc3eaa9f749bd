"""A user who may do nothing, whoever runs the tests."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_NOBODY = 65534


@contextmanager
def nobody() -> Iterator[None]:
    """What is done meanwhile is done by nobody; by who runs the tests where that is not root.

    What is imported by then need not be read again: it may lie where only root looks.
    """
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@contextmanager
def for_everybody() -> Iterator[Path]:
    """A folder that nobody, too, gets into; pytest's own are their owner's alone."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        yield folder


@contextmanager
def closed(folder: Path) -> Iterator[None]:
    """Only root gets into it meanwhile."""
    mode = folder.stat().st_mode
    folder.chmod(0)
    try:
        yield
    finally:
        folder.chmod(mode)
