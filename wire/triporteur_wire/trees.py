"""A release in its folder: which parts it has, and what each consists of, by one digest.

What Python compiles is left out: it is made anew wherever a release lies.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

#: In these a part is one package; elsewhere in a release, what lies at its top.
_OF_PACKAGES = ("lib", "python")
_COMPILED = "__pycache__"


class OddFile(ValueError):
    """Something in a release is neither a file nor a folder."""


def parts_of(release: Path) -> list[str]:
    """The names of its parts, in order. Raises OSError."""
    return sorted(_parts(release))


def files_of(release: Path, part: str) -> Iterator[Path]:
    """Every file of the part, in order; none of one that is not there. Raises OddFile, OSError."""
    yield from _below(release / part)


def tree_sha256(release: Path, part: str) -> str | None:
    """What the part's files hold, which of them can be run, and how they are called.

    None when there is no such part. Raises OddFile and OSError.
    """
    tree, is_there = hashlib.sha256(), False
    for path in files_of(release, part):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        mark = "x" if is_program(path) else "-"
        tree.update(os.fsencode(f"{digest} {mark} {path.relative_to(release)}\n"))
        is_there = True
    return tree.hexdigest() if is_there else None


def is_program(path: Path) -> bool:
    """Whether its owner may run it. Raises OSError."""
    return bool(path.stat().st_mode & 0o100)


def _parts(release: Path) -> Iterator[str]:
    for path in release.iterdir():
        if path.name.startswith(_OF_PACKAGES) and path.is_dir():
            yield from (f"{path.name}/{one.name}" for one in path.iterdir() if _counts(one))
        else:
            yield path.name


def _below(path: Path) -> Iterator[Path]:
    if path.is_symlink() or not (path.is_file() or path.is_dir()):
        if os.path.lexists(path):
            raise OddFile(f"{path} is neither a file nor a folder")
        return
    if path.is_file():
        yield path
        return
    for below in sorted(path.iterdir()):
        if _counts(below):
            yield from _below(below)


def _counts(path: Path) -> bool:
    return path.name != _COMPILED
