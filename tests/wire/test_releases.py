"""A release's manifest and its offer: what is read, and what is refused."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_wire.parcels import pack, unpack
from triporteur_wire.reading import Unreadable
from triporteur_wire.releases import (
    MAX_PARTS,
    Manifest,
    Offer,
    Part,
    numbers,
    offer_in,
    pack_offer,
    unsigned,
)
from triporteur_wire.trees import OddFile, files_of, parts_of, tree_sha256

SHA = "0" * 64


def manifest(*names: str, version: str = "1.1") -> Manifest:
    parts = tuple(Part(name, SHA, SHA, 10, 20) for name in names or ("lib/ours",))
    return Manifest(1, version, "x86_64", "1.0", parts)


def test_an_offer_comes_back_as_it_was() -> None:
    offer = unsigned(manifest("bin", "lib/ours"))
    file = io.BytesIO(offer.text + b"packed")
    assert Offer.read(file) == offer
    assert file.read() == b"packed"
    assert offer.manifest() == manifest("bin", "lib/ours")
    assert (offer.version, offer.is_signed) == ("1.1", False)


@pytest.mark.parametrize(
    "name", ["../etc", "lib/..", "/etc", "lib//x", "lib/ours/deep", ".hidden", "lib/.x", "", "a b"]
)
def test_no_part_lies_outside(name: str) -> None:
    with pytest.raises(Unreadable):
        unsigned(manifest(name)).manifest()


@pytest.mark.parametrize(
    "version", ["", "1", "1.0-rc1", "../1.0", "1..0", "1.0\n", "v1.0", "1." * 9]
)
def test_a_version_is_numbers(version: str) -> None:
    with pytest.raises(Unreadable):
        unsigned(manifest(version=version)).manifest()


def test_a_part_is_there_once() -> None:
    with pytest.raises(Unreadable, match="twice"):
        unsigned(manifest("bin", "bin")).manifest()


def test_versions_are_ordered_by_their_numbers() -> None:
    assert numbers("1.10") > numbers("1.9.9") > numbers("1.9")
    assert numbers("1.4.0") == numbers("1.4")


@given(st.binary())
def test_whatever_the_bytes_they_are_an_offer_or_none(raw: bytes) -> None:
    try:
        offer = Offer.of(raw)
    except Unreadable:
        return
    assert offer.text == raw
    try:
        offer.manifest()
    except Unreadable:
        assert offer.version is not None


@given(st.data())
def test_an_offer_with_another_byte_is_another(data: st.DataObject) -> None:
    offer = unsigned(manifest("bin", "lib/ours"))
    text = bytearray(offer.text)
    text[data.draw(st.integers(0, len(text) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        other = Offer.of(bytes(text))
    except Unreadable:
        return
    assert (other.signature, other.raw) != (offer.signature, offer.raw)


def test_parts_lie_one_behind_another() -> None:
    found = manifest("bin", "lib/ours", "lib/theirs")
    assert [(place, part.name) for place, part in found.placed()] == [
        (0, "bin"),
        (10, "lib/ours"),
        (20, "lib/theirs"),
    ]


# As a parcel


def test_an_offer_comes_back_from_its_parcel() -> None:
    offer = unsigned(manifest("bin", "lib/ours"))
    parcel = unpack(pack_offer(7, offer))
    assert (parcel.revision, offer_in(parcel)) == (7, offer)


def test_an_offer_that_is_longer_than_a_parcel_is_not_sent() -> None:
    names = (f"lib/{number:0150d}" for number in range(MAX_PARTS))
    with pytest.raises(Unreadable, match="bytes; at most"):
        pack_offer(1, unsigned(manifest(*names)))


@given(st.text())
def test_whatever_the_body_it_is_an_offer_or_none(text: str) -> None:
    with pytest.raises(Unreadable):
        offer_in(unpack(pack(1, text)))


@given(st.binary())
def test_whatever_was_signed_it_comes_back_from_its_parcel_or_is_not_sent(raw: bytes) -> None:
    offer = Offer(bytes(64), raw)
    try:
        parcel = pack_offer(1, offer)
    except Unreadable:
        return
    assert offer_in(unpack(parcel)) == offer


# Trees


def lay(folder: Path) -> Path:
    for name in ("VERSION", "bin/run", "lib/ours/a.py", "lib/ours/b.py", "lib/one.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def test_a_package_is_a_part_and_so_is_what_lies_at_the_top(tmp_path: Path) -> None:
    assert parts_of(lay(tmp_path)) == ["VERSION", "bin", "lib/one.py", "lib/ours"]


def test_a_part_is_known_by_its_files_alone(tmp_path: Path) -> None:
    one, other = lay(tmp_path / "one"), lay(tmp_path / "other")
    compiled = other / "lib" / "ours" / "__pycache__"
    compiled.mkdir()
    (compiled / "a.pyc").touch()
    assert tree_sha256(one, "lib/ours") == tree_sha256(other, "lib/ours")
    (other / "lib" / "ours" / "a.py").chmod(0o755)
    assert tree_sha256(one, "lib/ours") != tree_sha256(other, "lib/ours")
    (one / "lib" / "ours" / "a.py").rename(one / "lib" / "ours" / "c.py")
    assert tree_sha256(one, "lib/ours") != tree_sha256(lay(tmp_path / "third"), "lib/ours")
    assert tree_sha256(one, "lib/theirs") is None


def test_a_link_is_no_file_of_a_part(tmp_path: Path) -> None:
    lay(tmp_path)
    (tmp_path / "lib" / "ours" / "link.py").symlink_to("a.py")
    with pytest.raises(OddFile):
        list(files_of(tmp_path, "lib/ours"))
