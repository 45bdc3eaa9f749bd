"""A release's file, out of its folder: the same to the byte wherever one version of xz makes it.

What a part holds is named apart from how it is packed: a unit that has those files already does
not fetch them, whoever packed them.
"""

import hashlib
import lzma
import tarfile
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Literal

import msgspec

from triporteur_wire.releases import Manifest, Offer, Part, Version, unsigned
from triporteur_wire.trees import files_of, is_program, parts_of, tree_sha256

#: Unpacking with it takes 9 MB of memory.
_PRESET = 6
_CHUNK_BYTES = 1 << 20
Machine = Literal["x86_64", "aarch64"]


def make(folder: Path, machine: Machine, needs: str, out: Path) -> Offer:
    """Makes the file, signed by nobody. Raises OSError, OddFile, and ValueError for a bad version.

    `needs` is the least version of the package that it runs on.
    """
    path = folder / "VERSION"
    version = _version(path.read_text(encoding="utf-8").strip(), str(path))
    needs = _version(needs, "--needs")
    with TemporaryFile(dir=out.parent) as packed:
        parts = tuple(_add(folder, name, packed) for name in parts_of(folder))
        offer = unsigned(Manifest(1, version, machine, needs, parts))
        offer.manifest()
        packed.seek(0)
        with out.open("wb") as file:
            file.write(offer.text)
            while chunk := packed.read(_CHUNK_BYTES):
                file.write(chunk)
    return offer


def _version(text: str, where: str) -> str:
    try:
        return msgspec.convert(text, Version)
    except msgspec.ValidationError as error:
        raise ValueError(
            f"{where} is {text!r}; a version is numbers with dots, such as 1.4.0"
        ) from error


def _add(folder: Path, name: str, packed: IO[bytes]) -> Part:
    """Packs one part behind the others."""
    tree, begins = tree_sha256(folder, name), packed.tell()
    assert tree, "a part that was just found"
    plain_bytes = 0
    with (
        lzma.open(packed, "wb", preset=_PRESET) as squeezed,
        tarfile.open(fileobj=squeezed, mode="w|", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for path in files_of(folder, name):
            plain_bytes += _add_file(tar, path, str(path.relative_to(folder)))
    length = packed.tell() - begins
    packed.seek(begins)
    digest = hashlib.sha256(packed.read(length)).hexdigest()
    return Part(name, tree, digest, length, plain_bytes)


def _add_file(tar: tarfile.TarFile, path: Path, name: str) -> int:
    member = tarfile.TarInfo(name)
    member.size = path.stat().st_size
    member.mode = 0o755 if is_program(path) else 0o644
    with path.open("rb") as file:
        tar.addfile(member, file)
    return member.size
