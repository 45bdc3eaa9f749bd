"""Copies of the database: which are kept, and what is not kept as one."""

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.rig import wait_for
from triporteur_depot import broken, copies
from triporteur_depot.__main__ import main
from triporteur_depot.alone import in_turn
from triporteur_depot.commands import backup
from triporteur_depot.config import load
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
    copies.rotate(folder, days, weeks, NOW)
    there = [copies.made_at(path) for path in copies.copies(folder)]
    return [(NOW - at).days for at in reversed(there) if at]


def test_the_newest_of_each_day_and_of_each_week_are_kept(tmp_path: Path) -> None:
    left(tmp_path, *range(60))
    # 22 November 2026 is a Sunday: weeks end 0, 7, 14… days ago.
    assert kept(tmp_path, days=7, weeks=4) == [0, 1, 2, 3, 4, 5, 6, 7, 14, 21]


def test_of_one_day_the_newest_is_kept(tmp_path: Path) -> None:
    newest, *_ = left(tmp_path, 0, 0.01, 0.02)
    assert copies.rotate(tmp_path, 7, 5, NOW)
    assert copies.copies(tmp_path) == [newest]


def test_a_clock_that_is_wrong_takes_nothing_away(tmp_path: Path) -> None:
    left(tmp_path, -3000, 1, 2, 3)
    assert kept(tmp_path, days=7, weeks=0) == [-3000, 1, 2, 3]


def test_what_a_wrong_clock_dated_does_not_cost_the_copy_that_was_just_made(tmp_path: Path) -> None:
    left(tmp_path, 0, 1, *range(-1536, -1500))
    assert kept(tmp_path, days=1, weeks=1)[-1:] == [0]
    assert len(copies.parted(tmp_path, NOW).ahead) == 36


def test_other_files_stay(tmp_path: Path) -> None:
    left(tmp_path, 0, 1)
    others = ("depot.db", "depot.db.partial", "depot-monday.db.partial", "notes.txt")
    for name in others:
        (tmp_path / name).touch()
    copies.rotate(tmp_path, 1, 0, NOW)
    copies.tidy(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1 + len(others)


def test_what_a_copy_that_was_cut_short_left_goes_the_next_night(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = configured(tmp_path)
    open_writer(tmp_path / "depot.db").close()
    (tmp_path / "copies").mkdir()
    for beside in ("", "-journal", "-wal", "-shm"):
        (tmp_path / "copies" / f"depot-20261122T023000Z.db.partial{beside}").write_text("half")
    assert main(["backup", *options]) == 0
    assert list((tmp_path / "copies").iterdir()) == copies.copies(tmp_path / "copies")
    assert capsys.readouterr().err == ""


def test_two_nights_at_once_wait_for_each_other(tmp_path: Path) -> None:
    config = load(Path(configured(tmp_path)[1]))
    open_writer(tmp_path / "depot.db").close()
    with in_turn(tmp_path / "depot.db", "copying"):
        other = threading.Thread(target=backup.nightly, args=(config,))
        other.start()
        wait_for(lambda: waits_for(tmp_path / "depot.db.copying"), "the second one waits")
        assert copies.copies(tmp_path / "copies") == []
    other.join()
    assert len(copies.copies(tmp_path / "copies")) == 1


def waits_for(lock: Path) -> bool:
    """proc_locks(5): whoever waits stands below, behind an arrow."""
    inode = lock.stat().st_ino
    lines = Path("/proc/locks").read_text().splitlines()
    return any("->" in line and f":{inode} " in line for line in lines)


@pytest.mark.parametrize(
    "name",
    ["depot.db", "depot.db-wal", "depot.db-shm", "depot.db-journal", "depot.db.lock",
     "depot.db.migrating", "depot.db.making", "depot.db.new.x", "depot.db.damaged", "link"],
)  # fmt: skip
def test_a_copy_takes_the_place_of_no_file_that_the_depot_keeps(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = configured(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "depot.db")
    (tmp_path / "other").symlink_to(tmp_path)
    with closing(open_writer(tmp_path / "depot.db")) as live:
        live.execute("CREATE TABLE much (what TEXT)")
        before = [(path.name, path.lstat().st_ino) for path in sorted(tmp_path.iterdir())]
        assert main(["backup", str(tmp_path / "other" / name), *options]) == 2
        assert [(path.name, path.lstat().st_ino) for path in sorted(tmp_path.iterdir())] == before
    assert "the depot's own file; give the copy another name" in capsys.readouterr().err


def test_each_night_one_more_is_made_that_can_be_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = configured(tmp_path)
    with closing(open_writer(tmp_path / "depot.db")) as live:
        left(tmp_path / "copies", -30000, 20, 21, 22)
        assert main(["backup", *options]) == 0
        *_, newest, ahead = copies.copies(tmp_path / "copies")
        with closing(open_reader(newest)) as copied:
            assert epoch(copied) == epoch(live)
    out = capsys.readouterr().out
    assert f"copied to {newest}, and looked through:" in out
    assert out.count("no longer kept") == 2
    assert f"left alone: 1, up to {ahead.name}" in out
    assert newest.stat().st_mode & 0o777 == 0o600
    assert newest.parent.is_dir()


def test_a_copy_too_large_to_be_looked_through_is_said_to_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_writer(tmp_path / "depot.db").close()
    monkeypatch.setattr(broken, "_CHECK_S", -1.0)
    monkeypatch.setattr(broken, "_STEPS_BETWEEN_LOOKS", 1)
    backup.run(tmp_path / "depot.db", tmp_path / "copy.db")
    assert "too large to be looked through" in capsys.readouterr().out


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
