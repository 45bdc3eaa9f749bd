"""`triporteur-depot release`: keys, a file out of a folder, and its signature."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from triporteur_depot.__main__ import main
from triporteur_depot.asked import AskedWrongly
from triporteur_depot.releases.signing import load_key, make_key, sign
from triporteur_wire.releases import Offer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    release = tmp_path / "release"
    (release / "lib" / "ours").mkdir(parents=True)
    (release / "VERSION").write_text("1.1\n")
    (release / "lib" / "ours" / "a.py").write_text("steady = 1\n" * 100)
    return release


def make(folder: Path, name: str = "one.release") -> Path:
    file = folder.with_name(name)
    assert main(["release", "make", str(folder), "aarch64", str(file), "--needs", "1.0"]) == 0
    return file


def test_a_release_is_made_and_signed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, key = make(folder), folder.with_name("key.pem")
    assert main(["release", "keys", str(key)]) == 0
    assert key.stat().st_mode & 0o777 == 0o600
    assert main(["release", "sign", str(file), "--key", str(key)]) == 0
    with file.open("rb") as release:
        offer = Offer.read(release)
        packed = release.read()
    public = load_pem_public_key(key.with_name("key.pem.pub").read_bytes())
    public.verify(offer.signature, offer.signed)  # type: ignore[union-attr, call-arg]
    manifest = offer.manifest()
    assert (manifest.version, manifest.machine, manifest.needs) == ("1.1", "aarch64", "1.0")
    assert [part.name for part in manifest.parts] == ["VERSION", "lib/ours"]
    assert sum(part.packed_bytes for part in manifest.parts) == len(packed)
    assert "1.1, signed" in capsys.readouterr().out


def test_it_is_the_same_to_the_byte_each_time(folder: Path) -> None:
    assert make(folder, "one").read_bytes() == make(folder, "other").read_bytes()


def test_a_key_is_never_written_over(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = folder.with_name("key.pem")
    assert main(["release", "keys", str(key)]) == 0
    before, public = key.read_bytes(), key.with_name("key.pem.pub")
    assert main(["release", "keys", str(key)]) == 2
    assert key.read_bytes() == before
    public.unlink()
    assert main(["release", "keys", str(key)]) == 2
    assert (key.read_bytes(), public.exists()) == (before, False)
    assert capsys.readouterr().err.count("is there already: units may trust that key") == 2


@pytest.mark.parametrize("name", ["fleet.2027", "fleet", "fleet.pub"])
def test_what_units_trust_is_never_written_over(tmp_path: Path, name: str) -> None:
    made = [make_key(tmp_path / "fleet.2026", ""), tmp_path / "fleet.2026"]
    before = [path.read_bytes() for path in made]
    public = make_key(tmp_path / name, "")
    assert public == tmp_path / f"{name}.pub"
    load_key(tmp_path / name, None)
    load_pem_public_key(public.read_bytes())
    assert [path.read_bytes() for path in made] == before


def test_a_public_half_without_its_key_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "fleet.pub").write_text("what units trust")
    with pytest.raises(AskedWrongly, match=r"fleet\.pub is there already"):
        make_key(tmp_path / "fleet", "")
    assert (tmp_path / "fleet.pub").read_text() == "what units trust"
    assert not (tmp_path / "fleet").exists()


def test_a_key_without_a_password_is_said_to_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["release", "keys", str(tmp_path / "key")]) == 0
    assert "has no password: who reads that file can sign" in capsys.readouterr().out


def test_a_key_with_a_password_asks_for_it(tmp_path: Path) -> None:
    make_key(tmp_path / "key.pem", "quatre mots tout simples")
    load_key(tmp_path / "key.pem", "quatre mots tout simples")
    with pytest.raises(TypeError):
        load_key(tmp_path / "key.pem", None)
    with pytest.raises(AskedWrongly, match="not its password"):
        load_key(tmp_path / "key.pem", "guess")


def test_a_password_that_is_soon_guessed_locks_no_key(tmp_path: Path) -> None:
    with pytest.raises(AskedWrongly, match="12 characters or more, or none"):
        make_key(tmp_path / "key.pem", "eleven char")
    assert list(tmp_path.iterdir()) == []
    make_key(tmp_path / "key.pem", "twelve chars")


def test_a_file_that_is_not_there_is_told_before_a_password_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_key(tmp_path / "key", "quatre mots tout simples")
    file = tmp_path / "nix.release"
    assert main(["release", "sign", str(file), "--key", str(tmp_path / "key")]) == 2
    assert f"there is no file {file}: triporteur-depot release make" in capsys.readouterr().err


def test_what_is_no_release_is_not_signed(tmp_path: Path) -> None:
    make_key(tmp_path / "key.pem", "")
    (file := tmp_path / "letter").write_bytes(b"Dear all\n" * 100)
    with pytest.raises(AskedWrongly, match="no release"):
        sign(file, load_key(tmp_path / "key.pem", None))
    assert file.read_bytes().startswith(b"Dear all")


def test_a_version_that_is_none_makes_no_release(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder.with_name("one")
    words = ["release", "make", str(folder), "aarch64", str(file)]
    assert main([*words, "--needs", "new"]) == 2
    (folder / "VERSION").write_text("1.1-rc1\n")
    assert main(words) == 2
    (folder / "VERSION").unlink()
    assert main(words) == 2
    assert not file.exists()
    of_needs, of_version, of_none = capsys.readouterr().err.splitlines()
    assert of_needs.endswith("--needs is 'new'; a version is numbers with dots, such as 1.4.0")
    assert f"{folder}/VERSION is '1.1-rc1'; a version is numbers with dots" in of_version
    assert of_none.endswith(f"{folder} is no release: it has no VERSION")
