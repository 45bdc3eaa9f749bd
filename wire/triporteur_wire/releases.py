"""A release of what runs aboard: its manifest, which is signed, and the parts that it is made of.

file     signature (128 hexadecimal digits), line end, manifest (JSON), line end, packed parts
offer    the first two lines of it, which a unit is given to keep
part     all files of one package, as a tar packed by xz
piece    some bytes of the packed parts, one after another, which a unit asks for

A unit says in its status what became of the last one: `Told`.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, BinaryIO, Literal, Self

import msgspec

from triporteur_wire.parcels import MAX_PARCEL_BYTES, Parcel, Sha256, pack, text_of
from triporteur_wire.reading import Unreadable, Whole, decode

#: Numbers alone: of two releases one is always the later.
Version = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9]{1,6}(\.[0-9]{1,6}){1,3}\Z", description="numbers with dots, such as 1.4.0"
    ),
]
#: No name in it begins with a dot, so that none leads out of a folder.
PART_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*(/[A-Za-z0-9_][A-Za-z0-9_.+-]*)?")
#: Ten times a part of today, and what fits a parcel as a text.
_MOST_BYTES = 200_000_000
MAX_MANIFEST_BYTES = 200_000
MAX_PARTS = 1_000
_SIGNATURE = re.compile(r"[0-9a-f]{128}")
_SIGNATURE_BYTES = 64
UNSIGNED = "0" * 2 * _SIGNATURE_BYTES
#: So that nothing else which this key signs is ever taken for a manifest.
_SIGNED = b"triporteur release\n"


class Part(msgspec.Struct, frozen=True):
    """`tree_sha256` names its files (see `trees`), `packed_sha256` what travels."""

    name: Annotated[str, msgspec.Meta(pattern=rf"^{PART_NAME.pattern}\Z", max_length=200)]
    tree_sha256: Sha256
    packed_sha256: Sha256
    packed_bytes: Annotated[int, msgspec.Meta(ge=1, le=_MOST_BYTES)]
    bytes: Annotated[int, msgspec.Meta(ge=0, le=_MOST_BYTES)]


class Manifest(msgspec.Struct, frozen=True):
    """What a release is. `needs` is the least version of the package that it runs on.

    `machine` is what `uname -m` says where it runs.
    """

    format: Literal[1]
    version: Version
    machine: Literal["x86_64", "aarch64"]
    needs: Version
    parts: Annotated[tuple[Part, ...], msgspec.Meta(min_length=1, max_length=MAX_PARTS)]

    @property
    def bytes(self) -> int:
        """Of all files, as they lie unpacked."""
        return sum(part.bytes for part in self.parts)

    def placed(self) -> Iterator[tuple[int, Part]]:
        """Every part, and where it begins among the packed parts."""
        place = 0
        for part in self.parts:
            yield place, part
            place += part.packed_bytes


@dataclass(frozen=True, slots=True)
class Offer:
    """A manifest to the byte, and the signature that it came with: nobody has verified it here."""

    signature: bytes
    raw: bytes

    @classmethod
    def read(cls, file: BinaryIO) -> Self:
        """The offer that a release's file begins with. Raises Unreadable and OSError."""
        return cls.of(file.readline(len(UNSIGNED) + 1) + file.readline(MAX_MANIFEST_BYTES))

    @classmethod
    def of(cls, text: bytes) -> Self:
        """Raises Unreadable."""
        signature, _, rest = text.partition(b"\n")
        found = signature.decode("ascii", errors="replace")
        if not _SIGNATURE.fullmatch(found) or not rest.endswith(b"\n"):
            raise Unreadable("it does not begin as a release does")
        return cls(bytes.fromhex(found), rest[:-1])

    @property
    def text(self) -> bytes:
        return b"%s\n%s\n" % (self.signature.hex().encode(), self.raw)

    @property
    def signed(self) -> bytes:
        """What the signature is of."""
        return _SIGNED + self.raw

    @property
    def digest(self) -> str:
        """Names the release, whoever signed it."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def is_signed(self) -> bool:
        """Whether by anybody at all."""
        return any(self.signature)

    @property
    def version(self) -> str:
        """As the manifest says it, whatever its format; empty where it says none."""
        try:
            return decode(_VERSIONED, self.raw).version[:_LONGEST_VERSION]
        except Unreadable:
            return ""

    def manifest(self) -> Manifest:
        """Raises Unreadable."""
        found = decode(_MANIFEST, self.raw)
        if len({part.name for part in found.parts}) < len(found.parts):
            raise Unreadable("a part is there twice")
        return found


def unsigned(manifest: Manifest) -> Offer:
    return Offer(bytes(_SIGNATURE_BYTES), msgspec.json.encode(manifest))


def pack_offer(revision: int, offer: Offer) -> bytes:
    """The parcel that offers it to a unit. Raises Unreadable where it is too long for one."""
    try:
        parcel = pack(revision, offer.text.decode())
    except UnicodeDecodeError as error:
        raise Unreadable("its manifest is no text") from error
    if len(parcel) > MAX_PARCEL_BYTES:
        raise Unreadable(f"its manifest takes {len(parcel)} bytes; at most {MAX_PARCEL_BYTES} fit")
    return parcel


def offer_in(parcel: Parcel) -> Offer:
    """What `pack_offer` packed. Raises Unreadable."""
    return Offer.of(text_of(parcel).encode())


def numbers(version: str) -> tuple[int, ...]:
    """What versions are ordered by; 1.4 and 1.4.0 are the same. Raises ValueError."""
    found = [int(number) for number in version.split(".")]
    while found and not found[-1]:
        found.pop()
    return tuple(found)


class Outcome(StrEnum):
    """What became of a release that somebody wanted aboard."""

    #: its parts come from the depot
    ARRIVING = "arriving"
    #: all of it is there, or cannot come now; a sentence says what it waits for
    WAITING = "waiting"
    TRIAL = "trial"
    RUNNING = "running"
    REFUSED = "refused"
    #: it ran, and was not well: the one before it runs again
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        return self in {Outcome.RUNNING, Outcome.REFUSED, Outcome.FAILED}


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a unit says of the release that was wanted aboard last.

    `revision` is that of the depot's parcel, 0 where somebody gave it beside the unit. `outcome` is
    a word of `Outcome`, and `why` a sentence about it. Of `total_bytes` which had to be fetched
    `there_bytes` are here; both are 0 where all of it is, or none of it is wanted.
    """

    version: str
    outcome: str
    revision: Whole = 0
    why: str = ""
    there_bytes: Whole = 0
    total_bytes: Whole = 0


class _Versioned(msgspec.Struct):
    version: str


_LONGEST_VERSION = 30
_VERSIONED = msgspec.json.Decoder(_Versioned)
_MANIFEST = msgspec.json.Decoder(Manifest)
