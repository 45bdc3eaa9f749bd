"""A folder in which a release arrives: its packed parts, then the word that all of it is there.

    parts/<digest>          a packed part, whole
    parts/<digest>.coming   the beginning of one, as it comes from the depot
    parts/<digest>.file     the same, out of a file
    wanted.json             the offer, and whose wish it is: all that it lacks here is in parts/
    damaged.json            which parts of what comes from the depot were damaged
    spent.json              what that has cost of the month

The agent owns it. Whoever reads it as root believes nothing of what it holds, nor where a link in
it leads.
"""

import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Annotated, BinaryIO, Self

import msgspec

from triporteur_device.files import read_guest, sync_directory, write_whole
from triporteur_device.updates.refused import Refused
from triporteur_wire.reading import Unreadable, decode
from triporteur_wire.releases import MAX_MANIFEST_BYTES, Offer, Part

_CHUNK_BYTES = 65_536
_LONGEST_WANTED = 2 * MAX_MANIFEST_BYTES
#: What travels in a status is less (`reading.Whole`).
_NUMBERS_END = 2**53
_DEPOTS = re.compile(r"depot-([0-9]{1,16})")
_WISH = msgspec.Meta(pattern=rf"^({_DEPOTS.pattern}|file [0-9a-f]{{16}})\Z")


class Wanted(msgspec.Struct, frozen=True):
    """`wish` tells two wishes for the same release apart."""

    wish: Annotated[str, _WISH]
    text: str

    @classmethod
    def from_depot(cls, revision: int, offer: Offer) -> Self:
        return cls(f"depot-{revision}", offer.text.decode())

    @classmethod
    def by_hand(cls, offer: Offer) -> Self:
        return cls(f"file {secrets.token_hex(8)}", offer.text.decode())

    @property
    def offer(self) -> Offer:
        """Raises Unreadable."""
        return Offer.of(self.text.encode())


def revision_of(wish: str) -> int:
    """The number of the depot's parcel that wished so; 0 where somebody gave a file."""
    found = _DEPOTS.fullmatch(wish)
    number = int(found[1]) if found else 0
    return number if number < _NUMBERS_END else 0


_DECODER = msgspec.json.Decoder(Wanted)


@dataclass(frozen=True, slots=True)
class Arrivals:
    folder: Path

    @property
    def word(self) -> Path:
        return self.folder / "wanted.json"

    @property
    def parts(self) -> Path:
        return self.folder / "parts"

    @property
    def damages(self) -> Path:
        return self.folder / "damaged.json"

    @property
    def spent(self) -> Path:
        return self.folder / "spent.json"

    def part(self, part: Part) -> Path:
        return self.parts / part.packed_sha256

    def coming(self, part: Part) -> Path:
        return self.parts / f"{part.packed_sha256}.coming"

    def out_of_file(self, part: Part) -> Path:
        return self.parts / f"{part.packed_sha256}.file"

    def wanted(self) -> Wanted | None:
        """What is all there; None when nothing is, or nothing that makes sense."""
        try:
            found = decode(_DECODER, read_guest(self.word, _LONGEST_WANTED))
            found.offer  # noqa: B018 - raises where it is none
        except (OSError, Unreadable):
            return None
        return found

    def say(self, wanted: Wanted) -> None:
        """All of it is there. Raises OSError."""
        write_whole(self.word, msgspec.json.encode(wanted), durable=True, mode=0o644)

    def keep(self, part: Part, coming: Path) -> bool:
        """Whether `coming` is the part to the byte: it is kept then, else gone. Raises OSError."""
        with coming.open("rb+") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != part.packed_sha256:
                coming.unlink()
                return False
            os.fsync(file.fileno())
        coming.replace(self.part(part))
        sync_directory(self.parts)
        return True

    def clear(self) -> None:
        """Nothing is wanted any more. Raises OSError."""
        self.word.unlink(missing_ok=True)
        self.tidy(frozenset())

    def done(self, wanted: Wanted) -> None:
        """This is not wanted any more; what came in its place meanwhile is. Raises OSError."""
        if self.wanted() == wanted:
            self.clear()

    def tidy(self, besides: frozenset[str]) -> None:
        """Takes away what lies in parts/, but for these names. Raises OSError."""
        with suppress(FileNotFoundError, NotADirectoryError):
            parts = os.open(self.parts, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                for name in set(os.listdir(parts)) - besides:  # noqa: PTH208 - of this very folder
                    with suppress(FileNotFoundError, IsADirectoryError):
                        os.unlink(name, dir_fd=parts)
            finally:
                os.close(parts)

    @contextmanager
    def copied(self, part: Part, into: Path) -> Iterator[IO[bytes]]:
        """A copy of the packed part that nobody else can change, at its beginning.

        It is gone with the context. Raises Refused when it is not what was signed, and OSError.
        """
        with TemporaryFile(dir=into) as copy:
            _copy(self.part(part), part, copy)
            copy.seek(0)
            yield copy


def _copy(source: Path, part: Part, copy: IO[bytes]) -> None:
    digest, left = hashlib.sha256(), part.packed_bytes
    with _guest(source, part.name) as file:
        while left and (chunk := file.read(min(left, _CHUNK_BYTES))):
            digest.update(chunk)
            copy.write(chunk)
            left -= len(chunk)
    if left or digest.hexdigest() != part.packed_sha256:
        raise Refused(f"its part {part.name} is damaged: it must come again")


def _guest(path: Path, name: str) -> BinaryIO:
    """Never through a link, and without waiting for what is no file."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise Refused(f"its part {name} is not there: it must come again") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Refused(f"its part {name} is no file")
    return os.fdopen(handle, "rb")
