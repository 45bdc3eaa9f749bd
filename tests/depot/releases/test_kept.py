"""The releases beside the database: whole, and no more of them than somebody is offered."""

import os
import pwd
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.depot.releases.made import signed
from triporteur_depot.releases.kept import Kept
from triporteur_wire.reading import Unreadable
from triporteur_wire.releases import Offer


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept.beside(tmp_path / "depot.db")


def keep(kept: Kept, file: Path) -> Offer:
    with file.open("rb") as release, kept.alone():
        return kept.keep(release)


def test_a_release_is_kept_to_the_byte_for_its_owner_alone(kept: Kept, tmp_path: Path) -> None:
    file = signed(tmp_path)
    offer = keep(kept, file)
    assert kept.path(offer.digest).read_bytes() == file.read_bytes()
    assert kept.folder.stat().st_mode & 0o777 == 0o700
    assert kept.path(offer.digest).stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act for another user")
def test_what_root_keeps_is_the_depot_s(tmp_path: Path) -> None:
    """Whom the ingest runs as reads it; the file that is kept may be root's alone."""
    nobody = pwd.getpwnam("nobody")
    with TemporaryDirectory() as theirs:
        os.chown(theirs, nobody.pw_uid, nobody.pw_gid)
        kept = Kept.beside(Path(theirs) / "depot.db")
        offer = keep(kept, signed(tmp_path))
        assert {kept.folder.owner(), kept.path(offer.digest).owner()} == {"nobody"}


def test_the_same_release_is_kept_once(kept: Kept, tmp_path: Path) -> None:
    file = signed(tmp_path)
    assert keep(kept, file) == keep(kept, file)
    assert len(list(kept.folder.iterdir())) == 1


def a_letter(_: bytes) -> bytes:
    return b"Dear all\n" * 1000


def without_its_end(whole: bytes) -> bytes:
    return whole[:-1]


def with_more_behind(whole: bytes) -> bytes:
    return whole + b"?"


def with_one_bit_changed(whole: bytes) -> bytes:
    return whole[:-5000] + bytes([whole[-5000] ^ 1]) + whole[-4999:]


def with_another_manifest(whole: bytes) -> bytes:
    return whole.replace(b'"packed_bytes":', b'"packed_bytes":1', 1)


@pytest.mark.parametrize(
    "spoil",
    [a_letter, without_its_end, with_more_behind, with_one_bit_changed, with_another_manifest],
)
def test_what_is_no_whole_release_is_not_kept(
    kept: Kept, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    file = signed(tmp_path)
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(Unreadable):
        keep(kept, file)
    assert list(kept.folder.iterdir()) == []


def test_what_nobody_is_offered_goes_and_what_was_left_half_copied(
    kept: Kept, tmp_path: Path
) -> None:
    one, other = (keep(kept, signed(tmp_path, version)) for version in ("1.1", "1.2"))
    (kept.folder / ".a1b2c3d4").write_bytes(b"half")
    with kept.alone():
        kept.tidy({other.digest})
    assert [path.name for path in kept.folder.iterdir()] == [other.digest]
    assert one.digest != other.digest
