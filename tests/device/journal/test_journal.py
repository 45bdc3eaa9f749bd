import sqlite3
from pathlib import Path

import pytest

from tests.device.journal.written import fill, states, writer
from triporteur_device.journal import (
    JournalReader,
    JournalWriter,
    Stretch,
    highest_boot,
)
from triporteur_device.journal.reader import FORGOTTEN
from triporteur_device.journal.room import declare
from triporteur_device.journal.writer import REFUSED
from triporteur_wire.envelope import GivenUp, Range
from triporteur_wire.messages import Ack
from triporteur_wire.records import Anchor, Event, Loss, Open, Telemetry, decode_body


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "device.journal"


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
