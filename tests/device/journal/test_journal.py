import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from triporteur_device.journal import (
    JournalReader,
    JournalWriter,
    LogState,
    Stretch,
    highest_boot,
    is_damage,
)
from triporteur_device.journal.reader import FORGOTTEN
from triporteur_device.journal.room import declare
from triporteur_device.journal.schema import JournalOfLaterVersion
from triporteur_device.journal.writer import REFUSED
from triporteur_wire.envelope import GivenUp, Range
from triporteur_wire.messages import Ack
from triporteur_wire.records import Anchor, Event, Loss, Open, Telemetry, decode_body


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "device.journal"


def writer(path: Path, boot_no: int = 1) -> JournalWriter:
    return JournalWriter(path, boot_no, mono_ms=1000, version="test")


def fill(path: Path, count: int) -> str:
    with writer(path) as journal:
        for number in range(count):
            journal.append(2000 + number, Telemetry("battery", {"soc_pct": number}))
        return journal.log


def states(path: Path) -> list[LogState]:
    reader = JournalReader(path)
    try:
        return reader.logs()
    finally:
        reader.close()


def test_every_opening_starts_a_log_that_names_its_predecessor(path: Path) -> None:
    logs = [fill(path, 0), fill(path, 0), fill(path, 0)]
    reader = JournalReader(path)
    opened = [decode_body(record.kind, record.body) for record in reader.records()]
    reader.close()
    assert len(set(logs)) == 3
    assert opened == [Open(None, "test"), Open(logs[0], "test"), Open(logs[1], "test")]


def test_what_is_committed_outlives_the_writer_and_what_is_buffered_does_not(path: Path) -> None:
    journal = writer(path)
    journal.append(2000, Event("one"))
    journal.commit()
    journal.append(3000, Event("two"))
    assert journal.buffered == 1
    del journal  # as a kill would: nothing is closed
    reader = JournalReader(path)
    assert [record.seq for record in reader.records()] == [1, 2]
    reader.close()


def test_a_batch_covers_exactly_what_it_holds(path: Path) -> None:
    log = fill(path, 9)
    reader = JournalReader(path)
    batch = reader.batch(Stretch(log, after=0, limit=4))
    rest = reader.batch(Stretch(log, after=4, limit=100))
    assert batch
    assert rest
    assert (batch.range, [r.seq for r in batch.records]) == (Range(log, 1, 4), [1, 2, 3, 4])
    assert (rest.range, len(rest.records)) == (Range(log, 5, 10), 6)
    assert reader.batch(Stretch(log, after=10, limit=4)) is None
    assert reader.batch(Stretch("7" * 16, after=0, limit=4)) is None
    reader.close()


def test_records_dropped_aboard_are_declared_in_the_batch_that_covers_them(path: Path) -> None:
    log = fill(path, 9)
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM records WHERE seq BETWEEN 3 AND 5 OR seq > 8")
        declare(connection, 1, 3, 5, "thinned")
        declare(connection, 1, 9, 10, "thinned")
    connection.close()
    reader = JournalReader(path)
    batch = reader.batch(Stretch(log, after=3, limit=100))
    state = reader.logs()[0]
    reader.close()
    assert batch
    assert batch.range == Range(log, 4, 10)
    assert [r.seq for r in batch.records] == [6, 7, 8]
    assert batch.given_up == [GivenUp(4, 5, "thinned"), GivenUp(9, 10, "thinned")]
    assert (state.last_seq, state.given_up) == (10, 5)


def test_records_forgotten_after_an_acknowledgement_are_declared_to_another_depot(
    path: Path,
) -> None:
    log = fill(path, 4)
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM records WHERE seq <= 2")
        connection.execute("UPDATE logs SET forgotten_to = 2")
    connection.close()
    reader = JournalReader(path)
    batch = reader.batch(Stretch(log, after=0, limit=100))
    reader.close()
    assert batch
    assert batch.given_up == [GivenUp(1, 2, FORGOTTEN)]
    assert [r.seq for r in batch.records] == [3, 4, 5]


def test_marks_follow_the_depot_forward_back_and_to_another_epoch(path: Path) -> None:
    with writer(path) as journal:
        for marks in ({journal.log: 7}, {journal.log: 3}, {"f" * 16: 9}):
            journal.acknowledge(Ack("first", marks))
            journal.commit()
        assert states(path)[0].mark == 3
        journal.acknowledge(Ack("second", {}))
        journal.commit()
        assert states(path)[0].mark == 0


def test_an_anchor_gives_its_log_its_time(path: Path) -> None:
    with writer(path) as journal:
        assert states(path)[0].utc_offset_ms is None
        journal.append(5000, Anchor(1_800_000_005_000, 10, "ntp"))
    assert states(path)[0].utc_offset_ms == 1_800_000_000_000


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


def test_a_folder_that_cannot_be_written_is_an_error_and_moves_no_file(tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"a file where the folder should be")
    with pytest.raises(FileExistsError):
        writer(tmp_path / "state" / "device.journal")


def test_the_highest_boot_is_known_even_without_the_boot_file(path: Path) -> None:
    assert highest_boot(path) == 0
    with writer(path, boot_no=12):
        pass
    assert highest_boot(path) == 12


def test_a_reader_cannot_write(path: Path) -> None:
    fill(path, 0)
    reader = JournalReader(path)
    with pytest.raises(sqlite3.OperationalError):
        reader._connection.execute("DELETE FROM records")
    reader.close()


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


def test_a_journal_of_a_later_version_is_not_touched(path: Path) -> None:
    fill(path, 3)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(sqlite3.OperationalError, match="later version"):
        writer(path)
    assert states(path)[0].last_seq == 4
    assert not list(path.parent.glob("*broken*"))


def test_marks_of_several_acknowledgements_reach_the_disk_with_one_commit(path: Path) -> None:
    first = fill(path, 3)
    with writer(path) as journal:
        journal.acknowledge(Ack("depot", {first: 2}))
        journal.acknowledge(Ack("depot", {journal.log: 1}))
    assert [state.mark for state in states(path)] == [2, 1]


def test_an_anchor_dates_every_log_of_its_boot(path: Path) -> None:
    fill(path, 1)
    with writer(path) as journal:
        journal.append(5000, Anchor(1_800_000_005_000, 10, "ntp"))
    fill(path, 1)
    assert [state.utc_offset_ms for state in states(path)] == [1_800_000_000_000] * 3


@pytest.mark.parametrize("name", ["a#b", "q?r", "a%41b", "é è"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name / "device.journal"
    fill(path, 2)
    assert states(path)[0].last_seq == 3
    assert highest_boot(path) == 1


def test_while_the_disk_refuses_memory_is_bounded_and_what_was_shed_is_declared(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triporteur_device.journal.writer.MAX_BUFFERED", 100)
    with writer(path) as journal:
        journal._connection.execute("PRAGMA query_only = ON")
        for number in range(1000):
            body = Event("pressed") if number % 50 == 0 else Telemetry("battery", {"soc_pct": 1})
            journal.append(number, body)
            if number % 40 == 0:
                with pytest.raises(sqlite3.OperationalError):
                    journal.commit()
        assert journal.buffered <= 100 + 20
        journal._connection.execute("PRAGMA query_only = OFF")
    reader = JournalReader(path)
    batch = reader.batch(Stretch(journal.log, after=0, limit=10_000))
    reader.close()
    assert batch
    assert sum(record.kind == "event" for record in batch.records) == 20
    declared = {s for given in batch.given_up for s in range(given.first, given.last + 1)}
    assert {record.seq for record in batch.records} | declared == set(range(1, 1002))
    assert {given.reason for given in batch.given_up} == {REFUSED}


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


def test_what_one_journal_cannot_keep_another_takes(path: Path) -> None:
    with writer(path, boot_no=7) as journal:
        journal.append(2000, Event("first"))
        journal.append(3000, Event("second"))
        unkept = journal.take_unkept()
    elsewhere = path.with_name("other.journal")
    JournalWriter(elsewhere, unkept.boot_no, 9000, "test", carried=unkept).close()
    reader = JournalReader(elsewhere)
    carried = [(r.boot_no, r.mono_ms, decode_body(r.kind, r.body)) for r in reader.records()]
    reader.close()
    assert carried[1:] == [(7, 2000, Event("first")), (7, 3000, Event("second"))]
    assert states(path)[0].last_seq == 1


def test_what_was_shed_before_is_declared_where_the_rest_goes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triporteur_device.journal.writer.MAX_BUFFERED", 10)
    with writer(path) as journal:
        for number in range(11):
            journal.append(number, Telemetry("battery", {"soc_pct": 1}))
        unkept = journal.take_unkept()
    assert len(unkept) == 6
    assert unkept.losses == [Loss(journal.log, 2, 6, REFUSED)]


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
