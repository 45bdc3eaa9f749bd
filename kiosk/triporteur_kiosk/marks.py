"""Whether a file is another than at the last look, without reading it."""

from pathlib import Path

Mark = tuple[int, int, int]


def mark(path: Path) -> Mark | None:
    """What changes when the file is replaced; None while it cannot be found."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
