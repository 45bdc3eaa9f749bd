"""Whether a release in its folder is still what was signed: cards lose what was written to them.

What Python compiled of it nobody signed, and services run just that: its digest is kept beside.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from triporteur_device.updates.places import manifest_of
from triporteur_device.updates.unpacking import has
from triporteur_wire.reading import Unreadable
from triporteur_wire.releases import Manifest, Offer

_COMPILED = "__pycache__"


def damaged(release: Path) -> tuple[str, ...]:
    """What of it is not as it was made, by the names of its parts. Reads it whole."""
    try:
        with manifest_of(release).open("rb") as file:
            manifest = Offer.read(file).manifest()
    except (OSError, Unreadable):
        return (manifest_of(release).name,)
    return tuple(_damaged(release, manifest))


def note_compiled(release: Path) -> None:
    """Once all of it is compiled. Raises OSError."""
    _note(release).write_text(_compiled_sha256(release), encoding="ascii")


def _damaged(release: Path, manifest: Manifest) -> Iterator[str]:
    for part in manifest.parts:
        if not has(release, part):
            yield part.name
    if not _is_compiled_so(release):
        yield _COMPILED


def _is_compiled_so(release: Path) -> bool:
    try:
        return _note(release).read_bytes() == _compiled_sha256(release).encode()
    except OSError:
        return False


def _note(release: Path) -> Path:
    return release / "COMPILED"


def _compiled_sha256(release: Path) -> str:
    tree = hashlib.sha256()
    for path in sorted(release.rglob(f"{_COMPILED}/*")):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        tree.update(os.fsencode(f"{digest} {path.relative_to(release)}\n"))
    return tree.hexdigest()
