"""Opening the depot's file."""

import sqlite3
from pathlib import Path

import pytest

from triporteur_depot.database import open_reader, open_writer


@pytest.mark.parametrize("folder", ["a%41b", "q?r", "h#h", "é è"])
def test_reader_and_writer_open_the_same_file_whatever_its_name(
    tmp_path: Path, folder: str
) -> None:
    path = tmp_path / folder / "depot.db"
    open_writer(path).close()
    reader = open_reader(path)
    assert reader.execute("SELECT count(*) FROM units").fetchone() == (0,)
    reader.close()


def test_a_reader_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        open_reader(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_a_relative_path_is_opened_where_it_points(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    open_writer(Path("depot.db")).close()
    open_reader(Path("depot.db")).close()
