"""A release in a folder of its own: made aside, and there whole or not at all."""

import ctypes
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from triporteur_device.files import sync_directory
from triporteur_device.updates.arrivals import Arrivals
from triporteur_device.updates.places import Places, is_version, manifest_of
from triporteur_device.updates.soundness import damaged, note_compiled
from triporteur_device.updates.unpacking import copy, has, unpack
from triporteur_wire.releases import Manifest, Offer, Part

#: What Python compiles is as large again; and the journal must be able to grow.
_SHARE = 2
_SPARE_BYTES = 300_000_000


class NoRoom(OSError):
    """The card is too full for a release; the sentence says by how much."""


@dataclass(frozen=True, slots=True)
class Builder:
    """`compiled` is told a release that lacks only what Python compiles of it."""

    places: Places
    compiled: Callable[[Path], None]

    def build(self, offer: Offer, manifest: Manifest, arrivals: Arrivals, runs: Path) -> Path:
        """The release in its folder, made now or earlier. `runs` is never taken away.

        Raises Refused and OSError.
        """
        release = self.places.release(manifest.version)
        self.tidy({runs, release})
        if release.exists():
            if _is_made_of(release, offer):
                return release
            self._discard(release)
        check_room(self.places.folder, manifest)
        made = self._folder() / manifest.version
        made.mkdir(0o755)
        for part in manifest.parts:
            self._part(part, arrivals, (runs, self.places.factory), made)
        self.compiled(made)
        note_compiled(made)
        manifest_of(made).write_bytes(offer.text)
        _sync(made)
        made.rename(release)
        sync_directory(release.parent)
        return release

    def tidy(self, besides: set[Path]) -> None:
        """Takes away every release but these, and what was being made. Raises OSError."""
        if self.places.work.exists():
            shutil.rmtree(self.places.work)
        for path in self.places.folder.iterdir():
            if is_version(path.name) and path not in besides:
                self._discard(path)

    def _part(self, part: Part, arrivals: Arrivals, here: Sequence[Path], into: Path) -> None:
        for release in here:
            if has(release, part):
                copy(release, part, into)
                return
        with arrivals.copied(part, self.places.work) as packed:
            unpack(packed, part, into)

    def _discard(self, release: Path) -> None:
        """First out of its place: half of a release is none."""
        aside = self._folder() / f"{release.name}.old"
        release.rename(aside)
        sync_directory(release.parent)
        shutil.rmtree(aside)

    def _folder(self) -> Path:
        self.places.work.mkdir(0o700, exist_ok=True)
        return self.places.work


def _is_made_of(release: Path, offer: Offer) -> bool:
    """Whether it lies there, whole."""
    with suppress(OSError):
        return manifest_of(release).read_bytes() == offer.text and not damaged(release)
    return False


def check_room(folder: Path, manifest: Manifest, *, lacking_bytes: int = 0) -> None:
    """Raises NoRoom where a release cannot be made, once `lacking_bytes` have come; and OSError."""
    needed = _SHARE * manifest.bytes + _SPARE_BYTES + lacking_bytes
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise NoRoom(
            f"the card has {free / 1e6:.0f} MB free, and this takes {needed / 1e6:.0f}: "
            "delete what is not needed"
        )


def _sync(folder: Path) -> None:
    """Waits until all that was written below is on the card, at once. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(handle):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    finally:
        os.close(handle)
