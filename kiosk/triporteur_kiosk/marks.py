"""Whether a file is another than at the last look, or may be read at last, without reading it."""

from pathlib import Path

Mark = tuple[int, int, int]


def mark(path: Path) -> Mark | None:
    """What changes with the file, its owner or its rights; None while it cannot be found."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_ctime_ns, found.st_size
