"""The files of a part, out of what was packed, or out of a release that has them already.

Only ever given bytes that were signed. It takes plain files in the part's own folder all the same,
no more than the manifest says, and looks in the end whether they are what that names.
"""

import lzma
import shutil
import tarfile
from pathlib import Path
from typing import IO

from triporteur_device.updates.refused import Refused
from triporteur_wire.releases import PART_NAME, Part
from triporteur_wire.trees import OddFile, files_of, is_program, tree_sha256

_PROGRAM, _FILE = 0o755, 0o644
_DEEPEST = 12


def has(release: Path, part: Part) -> bool:
    """Whether a release has this part, to the byte; one that cannot be read has not."""
    try:
        return tree_sha256(release, part.name) == part.tree_sha256
    except (OSError, OddFile):
        return False


def copy(release: Path, part: Part, into: Path) -> None:
    """Raises Refused and OSError."""
    for path in files_of(release, part.name):
        with path.open("rb") as file:
            _write(file, into / path.relative_to(release), program=is_program(path))
    _check(part, into)


def unpack(packed: IO[bytes], part: Part, into: Path) -> None:
    """Raises Refused and OSError."""
    try:
        with lzma.open(packed) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
            _unpack(tar, part, into)
    except (tarfile.TarError, lzma.LZMAError, EOFError) as error:
        raise Refused(f"its part {part.name} is not packed as a part is ({error})") from error
    _check(part, into)


def _unpack(tar: tarfile.TarFile, part: Part, into: Path) -> None:
    left = part.bytes
    for member in tar:
        file = tar.extractfile(member) if member.isreg() else None
        left -= member.size
        if file is None or left < 0 or not _is_within(part, member.name):
            raise Refused(f"its part {part.name} holds what no part may: {member.name[:100]!r}")
        _write(file, into / member.name, program=bool(member.mode & 0o100))


def _is_within(part: Part, name: str) -> bool:
    if name == part.name:
        return True
    below = name.removeprefix(f"{part.name}/").split("/")
    plain = all(PART_NAME.fullmatch(word) for word in below)
    return name.startswith(f"{part.name}/") and plain and len(below) <= _DEEPEST


def _write(source: IO[bytes], path: Path, *, program: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        shutil.copyfileobj(source, file)
    path.chmod(_PROGRAM if program else _FILE)


def _check(part: Part, into: Path) -> None:
    if not has(into, part):
        raise Refused(f"its part {part.name} holds other files than it says")
