"""What machines start from is made once for what it is made of, and kept with what was fetched."""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
_KEPT = ROOT / ".parts" / "kept"
#: All that tools/deb/build reads, but for the moment of the last commit.
_SOURCES = (
    "wire", "device", "kiosk", "broker", "systemd", "tools/deb", "requirements", "docs/examples",
    "pyproject.toml", "CHANGELOG.md", "LICENSE",
)  # fmt: skip
#: Somebody may still run on what another state of the code made.
_MANY = 3


def kept(name: str, made_of: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` filled, now or earlier, out of what `made_of` is the digest of."""
    place = _KEPT / name
    place.mkdir(parents=True, exist_ok=True)
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / made_of).is_dir():
            _tidy(place)
            draft = place / "draft"
            draft.mkdir()
            make(draft)
            draft.rename(place / made_of)
    return place / made_of


@cache
def digest_of_the_code() -> str:
    """Names what packages are made of; the same for as long as this process lives."""
    found = hashlib.sha256()
    for path in sorted(_sources()):
        found.update(f"{path.relative_to(ROOT)} {path.stat().st_mode}\n".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    for name in _SOURCES:
        source = ROOT / name
        for path in source.rglob("*") if source.is_dir() else [source]:
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def _tidy(place: Path) -> None:
    shutil.rmtree(place / "draft", ignore_errors=True)
    oldest_first = sorted(place.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in oldest_first[: 1 - _MANY]:
        shutil.rmtree(old)
