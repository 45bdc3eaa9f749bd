"""The releases that units are offered, as files beside the database: `releases/<digest>`.

Each is whole: what units fetch piece by piece was looked through before it was kept.
"""

import hashlib
import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from triporteur_depot.authority.files import acting_for, locked, make_folder
from triporteur_depot.replacing import sync
from triporteur_wire.reading import Unreadable
from triporteur_wire.releases import Manifest, Offer, Part

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """The folder, which belongs to the owner of the folder around it."""

    folder: Path

    @classmethod
    def beside(cls, database: Path) -> Self:
        return cls(database.parent / "releases")

    def path(self, digest: str) -> Path:
        return self.folder / digest

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One command at a time: what it keeps is offered before another tidies. Raises OSError."""
        with acting_for(self.folder):
            make_folder(self.folder, 0o700)
            with locked(self.folder):
                yield

    def keep(self, release: BinaryIO) -> Offer:
        """A copy of a release's file, once it is seen to be one, and whole.

        Raises Unreadable and OSError.
        """
        offer = Offer.read(release)
        manifest = offer.manifest()
        beside = self.folder / f".{secrets.token_hex(4)}"
        try:
            with _new(beside) as copy:
                _copy(release, offer, manifest, copy)
            beside.replace(self.path(offer.digest))
        finally:
            beside.unlink(missing_ok=True)
        sync(self.folder)
        return offer

    def tidy(self, besides: Collection[str]) -> None:
        """Takes away what nobody is offered, and what was left half copied. Raises OSError."""
        for path in list(self.folder.iterdir()):
            if path.name not in besides:
                path.unlink()


def _new(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _copy(release: BinaryIO, offer: Offer, manifest: Manifest, copy: BinaryIO) -> None:
    copy.write(offer.text)
    for part in manifest.parts:
        _copy_part(release, part, copy)
    if release.read(1):
        raise Unreadable("more follows behind its last part")
    copy.flush()
    os.fsync(copy.fileno())


def _copy_part(release: BinaryIO, part: Part, copy: BinaryIO) -> None:
    digest, left = hashlib.sha256(), part.packed_bytes
    while left and (chunk := release.read(min(left, _CHUNK_BYTES))):
        digest.update(chunk)
        copy.write(chunk)
        left -= len(chunk)
    if left or digest.hexdigest() != part.packed_sha256:
        raise Unreadable(f"its part {part.name} is damaged, or cut short")
