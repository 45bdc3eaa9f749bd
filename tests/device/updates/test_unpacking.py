"""Parts into files: what was signed and nothing else, whatever arrived."""

import io
import lzma
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.device.updates.making import arrive, installed, lay, made
from triporteur_device.updates.arrivals import Arrivals
from triporteur_device.updates.building import Builder
from triporteur_device.updates.places import Places
from triporteur_device.updates.refused import Refused
from triporteur_device.updates.unpacking import unpack
from triporteur_wire.releases import Offer, Part
from triporteur_wire.trees import tree_sha256


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return installed(tmp_path)


def build(places: Places, offer: Offer) -> Path:
    builder = Builder(places, lambda _: None)
    return builder.build(offer, offer.manifest(), Arrivals(places.incoming), places.factory)


def test_a_release_lies_there_to_the_byte(places: Places, tmp_path: Path) -> None:
    release = build(places, arrive(places, made(tmp_path, "1.1")))
    wanted = lay(tmp_path / "wanted", "1.1")
    for path in wanted.rglob("*"):
        there = release / path.relative_to(wanted)
        assert there.is_dir() if path.is_dir() else there.read_bytes() == path.read_bytes()
    assert (release / "bin" / "triporteur-device").stat().st_mode & 0o777 == 0o755
    assert (release / "VERSION").stat().st_mode & 0o777 == 0o644
    assert not places.work.exists() or not any(places.work.iterdir())


def test_what_is_here_already_need_not_come(places: Places, tmp_path: Path) -> None:
    offer = arrive(places, made(tmp_path, "1.1"))
    [steady] = [part for part in offer.manifest().parts if part.name == "lib/theirs"]
    Arrivals(places.incoming).part(steady).unlink()
    assert tree_sha256(build(places, offer), "lib/theirs") == steady.tree_sha256


def test_what_is_neither_here_nor_came_is_told(places: Places, tmp_path: Path) -> None:
    offer = arrive(places, made(tmp_path, "1.1"))
    [ours] = [part for part in offer.manifest().parts if part.name == "lib/ours"]
    Arrivals(places.incoming).part(ours).unlink()
    with pytest.raises(Refused, match="lib/ours is not there"):
        build(places, offer)
    assert not places.release("1.1").exists()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_any_flipped_byte_of_a_part_is_refused(
    places: Places, tmp_path: Path, data: st.DataObject
) -> None:
    offer = arrive(places, _made_once(tmp_path))
    part = data.draw(st.sampled_from([p for p in offer.manifest().parts if p.name != "lib/theirs"]))
    path = Arrivals(places.incoming).part(part)
    packed = bytearray(path.read_bytes())
    packed[data.draw(st.integers(0, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(packed)
    with pytest.raises(Refused, match="damaged"):
        build(places, offer)
    assert not places.release("1.1").exists()


def _made_once(folder: Path) -> Path:
    file = folder / "1.1.release"
    return file if file.exists() else made(folder, "1.1")


def _dishonest() -> Iterator[tuple[str, Part, tarfile.TarInfo]]:
    plain = Part("lib/ours", "0" * 64, "0" * 64, 1, 100)
    for name in ("/etc/passwd", "lib/ours/../../../etc/passwd", "lib/other", "../x", "lib/oursx"):
        yield name, plain, tarfile.TarInfo(name)
    for name in ("lib/ours/.ssh", "lib/ours//x", "lib/ours/", "lib/ours" + "/a" * 20):
        yield name[:30], plain, tarfile.TarInfo(name)
    kinds = {
        "symlink": tarfile.SYMTYPE, "link": tarfile.LNKTYPE, "pipe": tarfile.FIFOTYPE,
        "device": tarfile.CHRTYPE, "folder": tarfile.DIRTYPE,
    }  # fmt: skip
    for word, kind in kinds.items():
        odd = tarfile.TarInfo("lib/ours/odd")
        odd.type, odd.linkname = kind, "/etc/passwd"
        yield word, plain, odd
    huge = tarfile.TarInfo("lib/ours/huge")
    huge.size = 101
    yield "huge", plain, huge


@pytest.mark.parametrize(
    ("part", "member"), [case[1:] for case in _dishonest()], ids=[c[0] for c in _dishonest()]
)
def test_a_part_holds_plain_files_of_its_own(
    tmp_path: Path, part: Part, member: tarfile.TarInfo
) -> None:
    with pytest.raises(Refused):
        unpack(_packed([(member, b"x" * member.size)]), part, tmp_path / "into")
    there = [path for path in tmp_path.rglob("*") if path.is_file() or path.is_symlink()]
    assert there == []


def test_files_that_add_up_to_too_much_are_refused(tmp_path: Path) -> None:
    part = Part("lib/ours", "0" * 64, "0" * 64, 1, 100)
    files = []
    for number in range(3):
        member = tarfile.TarInfo(f"lib/ours/{number}")
        member.size = 40
        files.append((member, b"x" * 40))
    with pytest.raises(Refused):
        unpack(_packed(files), part, tmp_path)


@given(st.binary(max_size=300))
def test_what_is_no_part_at_all_is_refused(raw: bytes) -> None:
    part = Part("lib/ours", "0" * 64, "0" * 64, 1, 100)
    nowhere = Path("/nonexistent")
    with pytest.raises(Refused):
        unpack(io.BytesIO(raw), part, nowhere)
    with pytest.raises(Refused):
        unpack(io.BytesIO(lzma.compress(raw)), part, nowhere)


def test_a_file_under_another_name_is_refused(tmp_path: Path) -> None:
    lay(tmp_path / "release", "1.0")
    tree = tree_sha256(tmp_path / "release", "lib/theirs")
    assert tree
    member = tarfile.TarInfo("lib/theirs/other.py")
    honest = Part("lib/theirs", tree, "0" * 64, 1, 10_000)
    with pytest.raises(Refused, match="other files"):
        unpack(_packed([(member, b"")]), honest, tmp_path / "into")


def _packed(files: list[tuple[tarfile.TarInfo, bytes]]) -> io.BytesIO:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for member, content in files:
            tar.addfile(member, io.BytesIO(content))
    return io.BytesIO(lzma.compress(plain.getvalue()))


# Whoever owns the folder of arrivals may put anything there.


def test_nothing_is_read_through_a_link_nor_from_a_pipe(places: Places, tmp_path: Path) -> None:
    offer = arrive(places, made(tmp_path, "1.1"))
    [ours] = [part for part in offer.manifest().parts if part.name == "lib/ours"]
    path = Arrivals(places.incoming).part(ours)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="not there"):
        build(places, offer)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(Refused, match="no file"):
        build(places, offer)


def test_a_part_that_is_longer_than_it_says_is_read_no_further(
    places: Places, tmp_path: Path
) -> None:
    offer = arrive(places, made(tmp_path, "1.1"))
    [ours] = [part for part in offer.manifest().parts if part.name == "lib/ours"]
    with Arrivals(places.incoming).part(ours).open("ab") as file:
        file.write(b"more")
    assert build(places, offer).is_dir()  # what was signed is all that was copied


def test_no_room_is_told_before_anything_is_written(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = arrive(places, made(tmp_path, "1.1"))
    manifest = offer.manifest()
    large = replace(manifest, parts=tuple(replace(p, bytes=10**15) for p in manifest.parts))
    with pytest.raises(OSError, match="MB free"):
        Builder(places, lambda _: None).build(
            offer, large, Arrivals(places.incoming), places.factory
        )
    assert not places.work.exists()
