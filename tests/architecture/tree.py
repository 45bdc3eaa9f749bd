"""The files of this repository, without what set-up and tools leave beside them."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("wire", "device", "kiosk", "broker", "systemd", "docs", "bench", "tests")
PRODUCT = ("wire", "device", "kiosk", "broker")


def files(folder: Path, pattern: str = "*") -> Iterator[Path]:
    """Files below a folder whose name matches, in order."""
    for path in sorted(folder.rglob(pattern)):
        made = any(part.startswith((".", "__pycache__")) for part in path.relative_to(folder).parts)
        if path.is_file() and not made:
            yield path


def kept_files() -> Iterator[Path]:
    """Every file of the repository; hidden folders, except CI's, are made by tools."""
    for path in sorted(ROOT.iterdir()):
        if path.is_file():
            yield path
        elif path.name == ".ci" or not path.name.startswith("."):
            yield from files(path)


def text(path: Path) -> str:
    """The file's text; what is not text gives unreadable characters."""
    return path.read_text(encoding="utf-8", errors="replace")


def name(path: Path) -> str:
    """The file's path below the repository, to tell tests and failures apart."""
    return str(path.relative_to(ROOT))
