"""Putting a database in the place of another, cut short wherever it may be."""

import os
import shutil
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.depot.ingest.desk import Depot, batch, status
from triporteur_depot.asked import AskedWrongly
from triporteur_depot.broken import make_ready, note_damage
from triporteur_depot.commands import backup, restore
from triporteur_depot.database import open_reader, open_writer, set_aside

pytestmark = pytest.mark.slow

NOW_MS = 1_800_000_000_000
#: What may be the last thing that is done.
DEEDS = {"os.rename", "os.link", "os.remove", "sqlite3.connect"}


def ask(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(open_reader(path)) as connection:
        return connection.execute(query).fetchall()


def mark(path: Path, unit: str) -> None:
    with closing(open_writer(path)) as connection:
        connection.execute("INSERT INTO units (name, heard_utc_ms) VALUES (?, 0)", (unit,))


def marks(path: Path) -> list[object]:
    return [name for (name,) in ask(path, "SELECT name FROM units ORDER BY id")]


def killed(deeds: int, work: Callable[[], object]) -> bool:
    """Does the work in a process that is killed before one of its deeds; False when it ends."""
    child = os.fork()
    if not child:
        left = deeds

        def count(deed: str, _about: object) -> None:
            nonlocal left
            left -= deed in DEEDS
            if left < 0:
                os._exit(9)

        sys.addaudithook(count)
        try:
            work()
        finally:
            os._exit(0)
    _, how = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(how) == 9


def replaced(path: Path) -> list[Path]:
    return sorted(one for one in path.parent.glob("depot.db.replaced-*") if one.suffix[-1] == "Z")


def test_what_a_copy_replaced_can_be_put_back_again_and_again(tmp_path: Path) -> None:
    path, copy = tmp_path / "depot.db", tmp_path / "copy"
    mark(path, "monday")
    backup.run(path, copy)
    mark(path, "today")
    restore.run(path, copy)
    assert marks(path) == ["monday"]
    [today] = replaced(path)
    restore.run(path, today)
    assert marks(path) == ["monday", "today"]
    for _ in range(3):
        restore.run(path, copy)
    assert marks(path) == ["monday"]
    assert [marks(one) for one in replaced(path)].count(["monday", "today"]) == 2
    assert len(replaced(path)) == 5


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to, None])
def test_the_database_is_not_restored_from_itself(
    tmp_path: Path, link: Callable[[Path, Path], None] | None
) -> None:
    path = copy = tmp_path / "depot.db"
    mark(path, "ben")
    if link:
        copy = tmp_path / "copy"
        link(copy, path)
    with pytest.raises(AskedWrongly, match="is the database itself"):
        restore.run(path, copy)
    assert marks(path) == ["ben"]


def test_a_restoring_that_is_cut_short_leaves_one_of_the_two_whole(tmp_path: Path) -> None:
    mark(tmp_path / "old.db", "old")
    mark(tmp_path / "new.db", "new")
    cuts = 0
    while True:
        folder = tmp_path / str(cuts)
        folder.mkdir()
        path = folder / "depot.db"
        shutil.copy(tmp_path / "old.db", path)
        path.with_name("depot.db-wal").write_bytes(b"")
        if not killed(cuts, partial(restore.run, path, tmp_path / "new.db")):
            break
        make_ready(path, NOW_MS)
        assert marks(path) in (["old"], ["new"])
        assert [marks(one) for one in replaced(path)] in ([], [["old"]])
        assert ["old"] in [marks(path), *map(marks, replaced(path))]
        restore.run(path, tmp_path / "new.db")
        assert marks(path) == ["new"]
        cuts += 1
    assert cuts > 8


def damaged(folder: Path) -> Path:
    path = folder / "depot.db"
    depot = Depot(path)
    depot.take(status({}), batch(1, 50))
    depot.connection.execute(
        "INSERT INTO certificates VALUES (1, '77', 'ben', 'ca', 'key', NULL, 1, 2, 3, 'pem')"
    )
    depot.connection.close()
    note_damage(path, "met while it ran")
    return path


def test_a_setting_aside_that_is_cut_short_is_ended_by_the_next_start(tmp_path: Path) -> None:
    (tmp_path / "damaged").mkdir()
    began, cuts = damaged(tmp_path / "damaged"), 0
    while True:
        path = shutil.copytree(began.parent, tmp_path / str(cuts)) / began.name
        was_killed = killed(cuts, partial(make_ready, path, NOW_MS))
        make_ready(path, NOW_MS)
        with closing(open_reader(path)) as connection:
            found = set_aside(connection)
        assert found
        assert found.why == "met while it ran"
        assert marks(path) == ["ben"]
        assert ask(path, "SELECT serial, revoked_utc_ms FROM certificates") == [("77", 3)]
        assert ask(path, "SELECT count(*) FROM records") == [(0,)]
        aside = path.with_name("depot.db.broken-1")
        assert ask(aside, "SELECT count(*) FROM records") == [(50,)]
        assert not path.with_name("depot.db.broken-2").exists()
        assert not path.with_name("depot.db.damaged").exists()
        if not was_killed:
            break
        cuts += 1
    assert cuts > 8


def test_a_new_database_is_opened_by_many_at_once(tmp_path: Path) -> None:
    for number in range(5):
        path = tmp_path / str(number) / "depot.db"
        children = []
        for _ in range(6):
            child = os.fork()
            if not child:
                code = 1
                try:
                    open_writer(path).close()
                    code = 0
                finally:
                    os._exit(code)
            children.append(child)
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        assert codes == [0] * 6
        assert ask(path, "SELECT count(*) FROM meta WHERE key = 'epoch'") == [(1,)]


def test_a_database_is_not_made_behind_a_link(tmp_path: Path) -> None:
    path = tmp_path / "depot.db"
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="link to nothing"):
        open_writer(path)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to somebody else")
def test_what_root_restores_belongs_to_the_depot(tmp_path: Path) -> None:
    folder, copy = tmp_path / "depot", tmp_path / "copy"
    folder.mkdir()
    mark(tmp_path / "other.db", "ben")
    backup.run(tmp_path / "other.db", copy)
    os.chown(folder, 4321, 4321)
    mark(folder / "depot.db", "ana")
    restore.run(folder / "depot.db", copy)
    assert {(one.stat().st_uid, one.stat().st_gid) for one in folder.iterdir()} == {(4321, 4321)}
    assert marks(folder / "depot.db") == ["ben"]
