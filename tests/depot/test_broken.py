"""A database that is damaged: set aside, and what was in it that units do not have carried over."""

import logging
import os
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.depot.ingest.desk import LOG, Depot, batch, marks, status
from triporteur_depot import broken
from triporteur_depot.alone import NotAlone, alone
from triporteur_depot.asked import AskedWrongly
from triporteur_depot.broken import check, make_ready, note_damage
from triporteur_depot.commands import backup, damage, restore
from triporteur_depot.database import epoch, open_reader, open_writer, set_aside

pytestmark = pytest.mark.slow

NOW_MS = 1_800_000_000_000


def filled(path: Path) -> str:
    """A database of a unit and its records, closed well; its epoch."""
    depot = Depot(path)
    depot.take(status({}), batch(1, 2000))
    depot.connection.execute(
        "INSERT INTO bundles VALUES ('b1', 'ben', 'hash', 1, 2, NULL)",
    )
    depot.connection.execute(
        "INSERT INTO certificates VALUES (1, '77', 'ben', 'ca', 'key', 'b1', 1, 2, 3, 'pem')"
    )
    depot.connection.execute("UPDATE units SET retired_utc_ms = 5")
    found = epoch(depot.connection)
    depot.connection.close()
    return found


def ask(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(open_reader(path)) as connection:
        return connection.execute(query).fetchall()


def overwrite_start(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\0" * 100)


def cut_short(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("spoil", [overwrite_start, cut_short, empty])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(
    tmp_path: Path, spoil: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "depot.db"
    before = filled(path)
    spoil(path)
    make_ready(path, NOW_MS)
    assert (tmp_path / "depot.db.broken-1").exists()
    assert ask(path, "SELECT count(*) FROM records") == [(0,)]
    with closing(open_reader(path)) as connection:
        assert epoch(connection) != before
        found = set_aside(connection)
    assert found
    assert found.utc_ms == NOW_MS
    [line] = [one for one in caplog.records if "set aside" in one.message]
    assert line.levelno == logging.ERROR


def test_a_database_in_order_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "depot.db"
    before = filled(path)
    make_ready(path, NOW_MS)
    with closing(open_reader(path)) as connection:
        assert epoch(connection) == before
        assert set_aside(connection) is None


def damaged_within(path: Path) -> None:
    """Spoils a page of the records: SQLite opens the file and notices later."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size - 3 * 4096)
        file.write(b"\xff" * 2 * 4096)


def test_damage_within_is_found_after_an_unclean_end(tmp_path: Path) -> None:
    path = tmp_path / "depot.db"
    filled(path)
    damaged_within(path)
    path.with_name("depot.db-wal").write_bytes(b"what no writer brought home")
    make_ready(path, NOW_MS)
    assert (tmp_path / "depot.db.broken-1").exists()


def test_what_was_closed_well_is_not_looked_through_because_somebody_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "depot.db"
    filled(path)
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as older:
        older.execute("SELECT count(*) FROM records").fetchone()
    assert path.with_name("depot.db-wal").exists()
    never_finishes(monkeypatch)
    make_ready(path, NOW_MS)
    assert caplog.text == ""


def test_a_reader_leaves_nothing_beside_a_database_at_rest(tmp_path: Path) -> None:
    path = tmp_path / "depot.db"
    filled(path)
    before = [(each.name, each.stat().st_mtime_ns) for each in sorted(tmp_path.iterdir())]
    assert check(path) == ""
    assert [(each.name, each.stat().st_mtime_ns) for each in sorted(tmp_path.iterdir())] == before


def test_a_reader_takes_nothing_away_that_a_writer_needs(tmp_path: Path) -> None:
    path = tmp_path / "depot.db"
    with closing(open_reader_of_new(path)) as reader:
        depot = Depot(path)
        depot.take(status({}), batch(1, 20))
        assert reader.execute("SELECT count(*) FROM records").fetchone() == (20,)
    with (
        pytest.raises(sqlite3.OperationalError, match="readonly"),
        closing(open_reader(path)) as it,
    ):
        it.execute("DELETE FROM records")
    depot.take(batch(21, 30))
    assert ask(path, "SELECT count(*) FROM records") == [(30,)]
    depot.connection.close()


def open_reader_of_new(path: Path) -> sqlite3.Connection:
    open_writer(path).close()
    return open_reader(path)


def test_a_look_that_a_minute_is_not_enough_for_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "depot.db"
    filled(path)
    never_finishes(monkeypatch)
    assert check(path) is None
    path.with_name("depot.db-wal").write_bytes(b"what no writer brought home")
    make_ready(path, NOW_MS)
    assert "too large to be checked" in caplog.text


def never_finishes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broken, "_CHECK_S", -1.0)
    monkeypatch.setattr(broken, "_STEPS_BETWEEN_LOOKS", 1)


def test_damage_that_was_met_is_set_aside_at_the_next_start_with_what_can_be_carried_over(
    tmp_path: Path,
) -> None:
    path = tmp_path / "depot.db"
    filled(path)
    note_damage(path, "database disk image is malformed")
    make_ready(path, NOW_MS)
    assert ask(path, "SELECT value FROM meta WHERE key = 'set_aside'") == [
        (f"{NOW_MS} database disk image is malformed",)
    ]
    assert ask(path, "SELECT name, retired_utc_ms FROM units") == [("ben", 5)]
    assert ask(path, "SELECT serial, revoked_utc_ms FROM certificates") == [("77", 3)]
    assert ask(path, "SELECT id FROM bundles") == [("b1",)]
    make_ready(path, NOW_MS)
    assert not (tmp_path / "depot.db.broken-2").exists()


def test_a_file_that_never_was_a_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes")
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        make_ready(path, NOW_MS)
    assert path.read_text() == "my notes"


def test_of_damaged_files_the_last_two_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "depot.db"
    for content in (b"first" * 4096, b"second" * 4096, b"third" * 4096):
        path.write_bytes(content)
        make_ready(path, NOW_MS)
    assert (tmp_path / "depot.db.broken-1").read_bytes() == b"third" * 4096
    assert (tmp_path / "depot.db.broken-2").read_bytes() == b"second" * 4096
    assert not (tmp_path / "depot.db.broken-3").exists()


def test_what_units_send_again_fills_the_new_database(tmp_path: Path) -> None:
    path = tmp_path / "depot.db"
    filled(path)
    overwrite_start(path)
    make_ready(path, NOW_MS)
    depot = Depot(path)
    assert marks(depot.take(status({LOG: 2000}))) == {LOG: 0}
    assert marks(depot.take(batch(1, 2000))) == {LOG: 2000}
    depot.connection.close()


def test_the_damage_is_shown_until_it_is_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "depot.db"
    path.write_bytes(b"nonsense" * 512)
    make_ready(path, NOW_MS)
    assert damage.run(path, noted=False) == 0
    assert "2027-01-15 08:00:00Z" in capsys.readouterr().out
    damage.run(path, noted=True)
    assert ask(path, "SELECT * FROM meta WHERE key = 'set_aside'") == []
    damage.run(path, noted=False)
    assert "no damaged database" in capsys.readouterr().out.splitlines()[-1]


def test_a_copy_is_restored_under_a_new_epoch(tmp_path: Path) -> None:
    path, copy = tmp_path / "depot.db", tmp_path / "copy.db"
    before = filled(path)
    backup.run(path, copy)
    overwrite_start(path)
    make_ready(path, NOW_MS)
    restore.run(path, copy)
    assert ask(path, "SELECT count(*) FROM records") == [(2000,)]
    with closing(open_reader(path)) as connection:
        assert epoch(connection) != before
        assert set_aside(connection) is None


def test_a_copy_that_the_disk_does_not_hold_is_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, copy = tmp_path / "depot.db", tmp_path / "copy.db"
    filled(path)
    backup.run(path, copy)
    before = path.read_bytes()
    monkeypatch.setattr(restore, "_ROOM_BESIDE", 1e12)
    with pytest.raises(restore.NoRoom, match=r"MB are left in .*: nothing was touched"):
        restore.run(path, copy)
    assert path.read_bytes() == before
    assert list(tmp_path.glob("depot.db.making*")) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_disk_that_fills_while_a_copy_is_put_back_is_left_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, disk = tmp_path / "copy.db", tmp_path / "disk"
    filled(tmp_path / "other.db")
    backup.run(tmp_path / "other.db", copy)
    disk.mkdir()
    size = f"size={copy.stat().st_size // 2}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", disk], check=True)
    try:
        # Another takes the room that was there.
        monkeypatch.setattr(restore, "_ROOM_BESIDE", 0.1)
        with pytest.raises(sqlite3.OperationalError, match="full"):
            restore.run(disk / "depot.db", copy)
        assert [path.name for path in disk.iterdir()] == ["depot.db.lock"]
    finally:
        subprocess.run(["umount", disk], check=True)


def test_what_a_restore_left_that_was_cut_short_is_gone_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "depot.db"
    filled(path)
    for beside in ("", "-journal"):
        (tmp_path / f"depot.db.making{beside}").write_text("half")
    make_ready(path, NOW_MS)
    assert list(tmp_path.glob("depot.db.making*")) == []
    assert ask(path, "SELECT count(*) FROM records") == [(2000,)]


def test_a_copy_too_large_to_be_looked_through_is_put_back_and_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, copy = tmp_path / "depot.db", tmp_path / "copy.db"
    filled(path)
    backup.run(path, copy)
    never_finishes(monkeypatch)
    assert restore.run(path, copy) == 0
    assert "too large to be looked through in a minute" in capsys.readouterr().out


def test_what_is_no_copy_or_a_damaged_one_is_not_restored(tmp_path: Path) -> None:
    path, copy = tmp_path / "depot.db", tmp_path / "copy.db"
    filled(path)
    copy.write_bytes(b"nonsense")
    with pytest.raises(AskedWrongly, match="no copy"):
        restore.run(path, copy)
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE meta (key, value)")
    with pytest.raises(AskedWrongly, match="no copy"):
        restore.run(path, tmp_path / "other.db")
    filled(tmp_path / "third.db")
    damaged_within(tmp_path / "third.db")
    with pytest.raises(AskedWrongly, match="damaged"):
        restore.run(path, tmp_path / "third.db")
    assert ask(path, "SELECT count(*) FROM records") == [(2000,)]


def test_a_second_ingest_is_refused_and_told_which_is_the_first(tmp_path: Path) -> None:
    path, copy = tmp_path / "depot.db", tmp_path / "copy.db"
    filled(path)
    backup.run(path, copy)
    with alone(path):
        with pytest.raises(NotAlone, match=r"process \d+"), alone(path):
            pass
        with pytest.raises(NotAlone):
            restore.run(path, copy)
    restore.run(path, copy)
