"""What a unit lacks of a release, on its way into the folder of arrivals, piece by piece.

All that is known of it stands in that folder: whoever begins anew goes on where it stopped.
"""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from triporteur_device.updates.arrivals import Arrivals
from triporteur_device.updates.damages import Damages
from triporteur_device.updates.unpacking import has
from triporteur_wire.releases import Manifest, Part
from triporteur_wire.requests import MAX_PIECE_BYTES


@dataclass(frozen=True, slots=True)
class Lacking:
    """A part that must come; `place` is where it begins among the packed parts."""

    place: int
    part: Part


@dataclass(frozen=True, slots=True)
class Gap:
    """What comes next: `count` bytes of a part, from `start` on."""

    lacking: Lacking
    start: int
    count: int

    @property
    def offset(self) -> int:
        """Among the packed parts."""
        return self.lacking.place + self.start


def lacking(manifest: Manifest, releases: Sequence[Path]) -> list[Lacking]:
    """The parts that none of these releases has, to the byte. Reads all of their files."""
    return [
        Lacking(place, part)
        for place, part in manifest.placed()
        if not any(has(release, part) for release in releases)
    ]


class Arriving:
    """Use in one thread. Every method raises OSError.

    `damages` counts the parts that were not what was signed once they were whole.
    """

    def __init__(self, arrivals: Arrivals, parts: Iterable[Lacking], damages: Damages) -> None:
        self._arrivals = arrivals
        self._parts = list(parts)
        self._damages = damages

    @property
    def total_bytes(self) -> int:
        return sum(one.part.packed_bytes for one in self._parts)

    @property
    def there_bytes(self) -> int:
        return sum(self._there(one.part) for one in self._parts)

    @property
    def names(self) -> frozenset[str]:
        """Of the files that it is made of."""
        paths = (
            path
            for one in self._parts
            for path in (self._arrivals.part(one.part), self._arrivals.coming(one.part))
        )
        return frozenset(path.name for path in paths)

    def gap(self) -> Gap | None:
        """What comes next; None when all is there. What is whole is looked at, and kept."""
        for one in self._parts:
            if self._arrivals.part(one.part).exists():
                continue
            start = self._there(one.part)
            if start == one.part.packed_bytes and self._keep(one.part, self._coming(one.part)):
                continue
            start = self._there(one.part)
            return Gap(one, start, min(MAX_PIECE_BYTES, one.part.packed_bytes - start))
        return None

    def take(self, gap: Gap, data: bytes) -> None:
        """Lays the bytes behind what is there; they are on the card when this returns.

        Nothing is laid where something else is there by now than the gap begins with.
        """
        path = self._coming(gap.lacking.part)
        made = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o640)
        with os.fdopen(made, "ab") as file:
            if os.fstat(made).st_size == gap.start:
                file.write(data[: gap.count])
                file.flush()
                os.fsync(made)

    def is_sound(self) -> bool:
        """Whether all that was kept is what was signed still; the first that is not, is gone."""
        return all(self._keep(one.part, self._arrivals.part(one.part)) for one in self._parts)

    def _keep(self, part: Part, path: Path) -> bool:
        is_kept = self._arrivals.keep(part, path)
        if not is_kept:
            self._damages.add(part)
        return is_kept

    def _coming(self, part: Part) -> Path:
        return self._arrivals.coming(part)

    def _there(self, part: Part) -> int:
        """How much of it is there; at most all."""
        for path in (self._arrivals.part(part), self._coming(part)):
            with suppress(FileNotFoundError):
                return min(path.lstat().st_size, part.packed_bytes)
        return 0
