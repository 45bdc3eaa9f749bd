from pathlib import Path

import pytest

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.downlink import content
from triporteur_wire.parcels import MAX_PARCEL_BYTES, pack, unpack


def refusal(path: Path, written: bytes) -> str:
    path.write_bytes(written)
    with pytest.raises(AskedWrongly) as told:
        content.read(path)
    assert str(path) in str(told.value)
    return str(told.value)


def test_a_content_is_its_text_to_the_letter(tmp_path: Path) -> None:
    path = tmp_path / "portal.toml"
    path.write_bytes('title = "Accès aux droits"\r\n# fin\n'.encode())
    assert content.read(path) == 'title = "Accès aux droits"\r\n# fin\n'


def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    assert "line 2" in refusal(tmp_path / "portal.toml", b"a = 1\nb = \n")


def test_what_is_no_utf_8_is_told_with_its_line(tmp_path: Path) -> None:
    assert "line 3 is no UTF-8" in refusal(tmp_path / "portal.toml", b'a = 1\n\nb = "Acc\xe8s"\n')


def test_what_is_too_large_is_told_with_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "portal.toml"
    assert str(MAX_PARCEL_BYTES) in refusal(path, b"#" * (MAX_PARCEL_BYTES + 1))
    # Every quotation mark is two bytes on its way.
    assert str(MAX_PARCEL_BYTES) in refusal(path, b"#" + b'"' * (MAX_PARCEL_BYTES // 2))


def test_the_largest_that_is_taken_arrives(tmp_path: Path) -> None:
    path = tmp_path / "portal.toml"
    path.write_bytes(b"#" * (MAX_PARCEL_BYTES - len(pack(2**53 - 1, ""))))
    assert unpack(pack(2**53 - 1, content.read(path))).revision == 2**53 - 1


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(AskedWrongly, match="No such file"):
        content.read(tmp_path / "portal.toml")


@pytest.mark.parametrize("name", ["", "Portal", "a/b", "+", "é", "a" * 33])
def test_a_name_that_no_topic_can_have_is_refused(name: str) -> None:
    with pytest.raises(AskedWrongly, match="cannot name a content"):
        content.channel(name)
