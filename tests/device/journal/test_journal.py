import sqlite3
from pathlib import Path

import pytest

from triporteur_device.journal import JournalReader, JournalWriter, LogState, Stretch
from triporteur_device.journal.reader import FORGOTTEN
from triporteur_device.journal.writer import highest_boot
from triporteur_wire.envelope import GivenUp, Range
from triporteur_wire.messages import Ack
from triporteur_wire.records import Anchor, Event, Open, Telemetry, decode_body


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
    batch = reader.batch(Stretch(1, after=0, limit=4))
    rest = reader.batch(Stretch(1, after=4, limit=100))
    assert batch
    assert rest
    assert (batch.range, [r.seq for r in batch.records]) == (Range(log, 1, 4), [1, 2, 3, 4])
    assert (rest.range, len(rest.records)) == (Range(log, 5, 10), 6)
    assert reader.batch(Stretch(1, after=10, limit=4)) is None
    assert reader.batch(Stretch(7, after=0, limit=4)) is None
    reader.close()


def test_records_dropped_aboard_are_declared_in_the_batch_that_covers_them(path: Path) -> None:
    log = fill(path, 9)
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM records WHERE seq BETWEEN 3 AND 5 OR seq > 8")
        connection.execute("INSERT INTO given_up VALUES (1, 3, 5, 'thinned')")
        connection.execute("INSERT INTO given_up VALUES (1, 9, 10, 'thinned')")
    connection.close()
    reader = JournalReader(path)
    batch = reader.batch(Stretch(1, after=3, limit=100))
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
    fill(path, 4)
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM records WHERE seq <= 2")
        connection.execute("UPDATE logs SET forgotten_to = 2")
    connection.close()
    reader = JournalReader(path)
    batch = reader.batch(Stretch(1, after=0, limit=100))
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
