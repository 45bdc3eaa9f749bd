"""Files that are damaged, and disks that refuse: what is set aside, and what is said of it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.device.journal.written import fill, states, writer
from triporteur_device.journal import (
    JournalReader,
    JournalWriter,
    is_damage,
)
from triporteur_device.journal.schema import JournalOfLaterVersion
from triporteur_wire.messages import Ack
from triporteur_wire.records import Event, Loss, decode_body


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "device.journal"


@pytest.mark.parametrize("damage", [b"not a database at all" * 300, b""])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(path: Path, damage: bytes) -> None:
    fill(path, 3)
    for _ in range(4):
        path.write_bytes(damage or path.read_bytes()[:5000])
        path.with_name(path.name + "-wal").unlink(missing_ok=True)
        fill(path, 2)
    assert len(states(path)) == 1
    names = sorted(file.name for file in path.parent.glob("*broken-?"))
    assert names == ["device.journal.broken-1", "device.journal.broken-2"]


def test_what_was_in_a_damaged_journal_is_declared_in_the_next(path: Path) -> None:
    lost = fill(path, 3)
    with writer(path) as journal:
        journal.acknowledge(Ack("depot", {lost: 2}))
    damaged = bytearray(path.read_bytes())
    with sqlite3.connect(path) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'records'")
    connection.close()
    start = (page[0] - 1) * 1024
    damaged[start : start + 1024] = b"\xff" * 1024
    path.write_bytes(damaged)
    with writer(path) as journal:
        fresh = journal.log
    reader = JournalReader(path)
    said = [decode_body(r.kind, r.body) for r in reader.records() if r.log == fresh]
    reader.close()
    assert isinstance(said[1], Event)
    assert said[1].name == "journal_set_aside"
    assert Loss(lost, 3, 4, "journal damaged") in said


def damage_the_records(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'records'"
        ).fetchone()
    connection.close()
    damaged = bytearray(path.read_bytes())
    damaged[(page - 1) * 1024 : page * 1024] = b"\xff" * 1024
    path.write_bytes(damaged)


def losses(path: Path) -> list[Loss]:
    reader = JournalReader(path)
    said = [decode_body(record.kind, record.body) for record in reader.records()]
    reader.close()
    return [body for body in said if isinstance(body, Loss)]


def test_a_log_that_was_delivered_whole_is_no_loss_when_the_file_breaks(path: Path) -> None:
    whole, partly, last = fill(path, 3), fill(path, 3), fill(path, 3)
    with writer(path) as journal:
        journal.acknowledge(Ack("depot", {whole: 4, partly: 2, last: 4, journal.log: 1}))
        open_log = journal.log
    damage_the_records(path)
    writer(path).close()
    assert losses(path) == [
        Loss(partly, 3, 4, "journal damaged"),
        Loss(open_log, 2, None, "journal damaged"),
    ]


def test_a_broken_name_of_a_log_hides_no_other_loss(path: Path) -> None:
    broken, other = fill(path, 3), fill(path, 3)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE logs SET log = CAST(x'ff61' AS TEXT) WHERE log = ?", (broken,))
    connection.close()
    damage_the_records(path)
    writer(path).close()
    assert losses(path) == [Loss(other, 1, None, "journal damaged")]


def test_a_file_that_only_looks_whole_is_set_aside_when_told(path: Path) -> None:
    lost = fill(path, 3)
    JournalWriter(path, 1, 0, "test", damage="not UTF-8").close()
    assert path.with_name("device.journal.broken-1").exists()
    assert losses(path) == [Loss(lost, 1, None, "journal damaged")]


def forbid_shared_memory(path: Path) -> None:
    path.with_name(path.name + "-shm").symlink_to(path.parent / "nowhere" / "at-all")


def test_a_disk_that_takes_no_new_file_gives_what_it_holds(path: Path) -> None:
    """Closed well, a journal has no side files; SQLite would make them to read it."""
    log = fill(path, 3)
    forbid_shared_memory(path)
    assert [(state.log, state.last_seq) for state in states(path)] == [(log, 4)]


def test_a_side_file_that_cannot_be_read_is_not_passed_over(path: Path) -> None:
    fill(path, 3)
    forbid_shared_memory(path)
    path.with_name(path.name + "-wal").write_bytes(b"records")
    with pytest.raises(sqlite3.OperationalError):
        states(path)


def failing(path: Path, statement: str) -> sqlite3.Error:
    uri = f"file:{path}?mode=ro"
    with (
        pytest.raises(sqlite3.Error) as caught,
        closing(sqlite3.connect(uri, uri=True)) as connection,
    ):
        connection.execute(statement).fetchall()
    return caught.value


def test_the_file_is_at_fault_for_what_it_holds_and_the_disk_for_what_it_refuses(
    path: Path,
) -> None:
    fill(path, 1)
    assert is_damage(sqlite3.DatabaseError("malformed"))
    assert is_damage(failing(path, "SELECT CAST(x'ff' AS TEXT)"))
    assert is_damage(failing(path, "SELECT * FROM what_is_not_there"))
    assert not is_damage(failing(path, "DELETE FROM records"))
    assert not is_damage(failing(path.with_name("nowhere") / "device.journal", "SELECT 1"))
    assert not is_damage(JournalOfLaterVersion("99"))
    assert not is_damage(sqlite3.ProgrammingError("closed"))
    assert not is_damage(None)
