"""A file that is another, or that may be read at last, has another mark."""

from pathlib import Path

from tests.rig import wait_for
from triporteur_kiosk.marks import mark


def test_a_file_whose_rights_were_mended_is_looked_at_again(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(b"a key")
    path.chmod(0o000)
    before = mark(path)

    def mended() -> bool:
        # Each time anew: the kernel dates by a clock that moves every few milliseconds.
        path.chmod(0o640)
        return mark(path) != before

    wait_for(mended, "the mark is another")


def test_a_file_that_stays_keeps_its_mark_and_one_put_in_its_place_has_another(
    tmp_path: Path,
) -> None:
    path, other = tmp_path / "a", tmp_path / "b"
    assert mark(path) is None
    for each in (path, other):
        each.write_bytes(b"one")
    before = mark(path)
    path.read_bytes()
    assert mark(path) == before
    other.replace(path)
    assert mark(path) != before
