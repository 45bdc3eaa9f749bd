"""A database that is damaged: set aside, and what was in it that units do not have carried over."""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.depot.ingest.desk import LOG, Depot, batch, marks, status
from triporteur_depot.alone import NotAlone, alone
from triporteur_depot.asked import AskedWrongly
from triporteur_depot.broken import make_ready, note_damage
from triporteur_depot.commands import backup, damage, restore
from triporteur_depot.database import epoch, open_reader, set_aside

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
    path.with_name("depot.db-wal").write_bytes(b"")
    make_ready(path, NOW_MS)
    assert (tmp_path / "depot.db.broken-1").exists()


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
