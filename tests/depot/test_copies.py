"""Copies of the database: which are kept, and what is not kept as one."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from triporteur_depot import copies
from triporteur_depot.__main__ import main
from triporteur_depot.database import epoch, open_reader, open_writer

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)


def configured(folder: Path) -> list[str]:
    path = folder / "depot.toml"
    path.write_text(
        f'[database]\npath = "{folder / "depot.db"}"\n'
        f'[backup]\ndirectory = "{folder / "copies"}"\nkeep_days = 2\nkeep_weeks = 1\n'
    )
    return ["--config", str(path)]


def left(folder: Path, *days_ago: float) -> list[Path]:
    folder.mkdir(exist_ok=True)
    made = [folder / copies.name(NOW - timedelta(days=ago)) for ago in days_ago]
    for path in made:
        path.touch()
    return made


def kept(folder: Path, days: int, weeks: int) -> list[int]:
    """How many days ago the copies that are kept were made."""
    copies.rotate(folder, days, weeks)
    there = [copies.made_at(path) for path in copies.copies(folder)]
    return [(NOW - at).days for at in reversed(there) if at]


def test_the_newest_of_each_day_and_of_each_week_are_kept(tmp_path: Path) -> None:
    left(tmp_path, *range(60))
    # 22 November 2026 is a Sunday: weeks end 0, 7, 14… days ago.
    assert kept(tmp_path, days=7, weeks=4) == [0, 1, 2, 3, 4, 5, 6, 7, 14, 21]


def test_of_one_day_the_newest_is_kept(tmp_path: Path) -> None:
    newest, *_ = left(tmp_path, 0, 0.01, 0.02)
    assert copies.rotate(tmp_path, 7, 5)
    assert copies.copies(tmp_path) == [newest]


def test_a_clock_that_is_wrong_takes_nothing_away(tmp_path: Path) -> None:
    left(tmp_path, -3000, 1, 2, 3)
    assert kept(tmp_path, days=7, weeks=0) == [-3000, 1, 2, 3]


def test_other_files_stay(tmp_path: Path) -> None:
    left(tmp_path, 0, 1)
    for name in ("depot.db", "depot-20261122T023000Z.db.partial", "notes.txt"):
        (tmp_path / name).touch()
    copies.rotate(tmp_path, 1, 0)
    assert len(list(tmp_path.iterdir())) == 4


def test_each_night_one_more_is_made_that_can_be_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = configured(tmp_path)
    with closing(open_writer(tmp_path / "depot.db")) as live:
        left(tmp_path / "copies", 20, 21, 22)
        assert main(["backup", *options]) == 0
        *_, newest = copies.copies(tmp_path / "copies")
        with closing(open_reader(newest)) as copied:
            assert epoch(copied) == epoch(live)
    out = capsys.readouterr().out
    assert f"copied to {newest}, and looked through" in out
    assert out.count("no longer kept") == 2
    assert newest.stat().st_mode & 0o777 == 0o600
    assert newest.parent.is_dir()


def test_a_damaged_database_leaves_the_earlier_copies_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = configured(tmp_path)
    with closing(open_writer(tmp_path / "depot.db")) as live:
        live.execute("CREATE TABLE much (what TEXT)")
        live.executemany("INSERT INTO much VALUES (?)", [("x" * 3000,)] * 200)
        live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    earlier = left(tmp_path / "copies", 1, 2, 3)
    with (tmp_path / "depot.db").open("r+b") as file:
        file.seek(-40 * 4096, 2)
        file.write(b"\xff" * 30 * 4096)
    assert main(["backup", *options]) == 1
    assert "damaged" in capsys.readouterr().err
    assert copies.copies(tmp_path / "copies") == sorted(earlier)
    assert list((tmp_path / "copies").glob("*.partial")) == []


def test_a_folder_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = configured(tmp_path)
    open_writer(tmp_path / "depot.db").close()
    (tmp_path / "copies").write_text("no folder at all")
    assert main(["backup", *options]) == 1
    assert "triporteur-depot: " in capsys.readouterr().err
    with closing(sqlite3.connect(tmp_path / "depot.db")) as live:
        assert live.execute("PRAGMA quick_check").fetchone() == ("ok",)


def test_a_copy_of_a_night_is_put_back_under_another_epoch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = configured(tmp_path)
    with closing(open_writer(tmp_path / "depot.db")) as live:
        before = epoch(live)
    assert main(["backup", *options]) == 0
    [copy] = copies.copies(tmp_path / "copies")
    (tmp_path / "depot.db").unlink()
    assert main(["restore", str(copy), *options]) == 0
    capsys.readouterr()
    with closing(open_reader(tmp_path / "depot.db")) as restored:
        assert epoch(restored) != before
