"""Several journals, one delivery: the unit's own, and those of rooms with a file of their own."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from triporteur_device.delivery.backlog import read_backlog
from triporteur_device.delivery.journals import Journals
from triporteur_device.journal import JournalReader, JournalWriter, Stretch
from triporteur_wire.messages import Ack
from triporteur_wire.records import Anchor, Event, Telemetry


class House:
    """A unit's journal and the kiosk's, each with its writer."""

    def __init__(self, folder: Path) -> None:
        self.own = JournalWriter(folder / "device.journal", 1, 0, "test")
        self.own.append(1_000, Anchor(1_800_000_000_000, 1, "ntp"))
        self.own.commit()
        self.kiosk_path = folder / "kiosk" / "kiosk.journal"
        self.now_ms = 0
        reader = JournalReader(folder / "device.journal")
        self.journals = Journals(reader, (), [self.kiosk_path], lambda: self.now_ms)

    def kiosk(self, events: int) -> str:
        """The kiosk's journal opened, written to, and closed; the log's name."""
        self.kiosk_path.parent.mkdir(exist_ok=True)
        with JournalWriter(self.kiosk_path, 1, 500, "test") as journal:
            for number in range(events):
                journal.append(2_000 + number, Event("opened"))
            return journal.log


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.journals.close()
    made.own.close()


def names(house: House) -> list[str]:
    return [log.log for file in house.journals.files() for log in file]


def test_a_room_that_has_no_journal_yet_is_waited_for(house: House) -> None:
    assert names(house) == [house.own.log]
    before = house.journals.version()
    log = house.kiosk(2)
    assert house.journals.version() != before
    assert names(house) == [log, house.own.log]


def test_a_journal_met_while_it_is_made_is_read_as_soon_as_it_is_one(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.kiosk_path.parent.mkdir()
    with closing(sqlite3.connect(house.kiosk_path)) as begun:
        begun.execute("PRAGMA journal_mode = WAL")
    assert names(house) == [house.own.log]
    log = house.kiosk(2)
    assert names(house) == [log, house.own.log]
    assert not caplog.records


def test_both_are_delivered_from_their_files(house: House) -> None:
    log = house.kiosk(2)
    backlog = read_backlog(house.journals, Ack("", {}))
    assert [state.log for state in backlog.logs] == [log, house.own.log]
    for name, count in ((log, 3), (house.own.log, 2)):
        batch = house.journals.batch(Stretch(name, 0, 100))
        assert batch
        assert len(batch.records) == count


def test_the_units_anchors_date_the_other_rooms_records(house: House) -> None:
    log = house.kiosk(2)
    backlog = read_backlog(house.journals, Ack("e", {log: 1, house.own.log: 2}))
    assert backlog.oldest_utc_ms == 1_800_000_000_000 + 1_000
    assert backlog.delivery(True, backlog.oldest_utc_ms).logs == {log: 3, house.own.log: 2}


def test_a_journal_that_was_set_aside_and_made_anew_is_opened_anew(house: House) -> None:
    house.kiosk(2)
    assert len(names(house)) == 2
    house.kiosk_path.rename(house.kiosk_path.with_suffix(".broken-1"))
    assert names(house) == [house.own.log]
    log = house.kiosk(5)
    assert names(house) == [log, house.own.log]


def test_a_journal_that_cannot_be_read_is_said_once_and_holds_nobody_up(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.kiosk_path.parent.mkdir()
    house.kiosk_path.write_bytes(b"no journal " * 1000)
    for _ in range(5):
        house.now_ms += 70_000
        assert names(house) == [house.own.log]
    assert sum("cannot be read" in record.message for record in caplog.records) == 1
    house.kiosk_path.unlink()
    log = house.kiosk(1)
    house.now_ms += 70_000
    assert names(house) == [log, house.own.log]
    assert house.journals.batch(Stretch(log, 0, 10))
    assert "can be read again" in caplog.text


def test_marks_of_a_file_count_under_the_same_epoch_only(house: House) -> None:
    log = house.kiosk(3)
    with JournalWriter(house.kiosk_path, 1, 600, "test") as journal:
        journal.acknowledge(Ack("new", {log: 4}))
    house.own.acknowledge(Ack("old", {house.own.log: 2}))
    house.own.commit()
    assert log not in house.journals.known().marks
    house.own.acknowledge(Ack("new", {house.own.log: 2}))
    house.own.commit()
    assert house.journals.known().marks[log] == 4


# What a room that was taken over could write.


def spoil(house: House, statement: str) -> None:
    with sqlite3.connect(house.kiosk_path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.executescript(statement)
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE logs SET mark = 'all'",
        "UPDATE logs SET mark = -1",
        "UPDATE logs SET log = x'ff00'",
        "UPDATE logs SET boot_no = 1e300",
        "UPDATE records SET seq = 'two' WHERE seq = 2",
        "DROP TABLE given_up",
        "ALTER TABLE logs RENAME TO l; CREATE VIEW logs AS WITH RECURSIVE n(x) AS "
        "(SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS id, 'a' AS log, 1 AS boot_no, "
        "0 AS mark, 0 AS forgotten_to, 0 AS thinned_to, NULL AS utc_offset_ms FROM n",
    ],
)
def test_a_journal_that_cannot_be_true_is_left_out(house: House, statement: str) -> None:
    log = house.kiosk(3)
    spoil(house, statement)
    assert house.journals.batch(Stretch(log, 0, 100)) is None or names(house)
    assert names(house) == [house.own.log]
    assert house.journals.known().marks == {house.own.log: 0}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records SET kind = 'telemetry' WHERE seq = 2",
        "UPDATE records SET mono_ms = 'noon' WHERE seq = 2",
        "UPDATE records SET body = zeroblob(2000000) WHERE seq = 2",
        "UPDATE records SET kind = x'ff' WHERE seq = 2",
    ],
)
def test_a_record_that_is_none_of_that_rooms_is_not_delivered(house: House, statement: str) -> None:
    log = house.kiosk(3)
    spoil(house, statement)
    assert names(house) == [log, house.own.log]
    assert house.journals.batch(Stretch(log, 0, 100)) is None
    assert house.journals.batch(Stretch(house.own.log, 0, 100))


def test_a_log_that_bears_the_name_of_the_batterys_is_left_out(house: House) -> None:
    house.kiosk(3)
    spoil(house, f"UPDATE logs SET log = '{house.own.log}'")
    assert names(house) == [house.own.log]
    batch = house.journals.batch(Stretch(house.own.log, 0, 100))
    assert batch
    assert [record.kind for record in batch.records] == ["open", "anchor"]


def test_what_the_agent_wrote_at_another_time_may_hold_telemetry(
    house: House, tmp_path: Path
) -> None:
    path = tmp_path / "memory.journal"
    with JournalWriter(path, 1, 0, "test") as journal:
        journal.append(1, Telemetry("battery", {"soc_pct": 50}))
        log = journal.log
    journals = Journals(JournalReader(tmp_path / "device.journal"), [path])
    assert [state.log for file in journals.files() for state in file] == [log, house.own.log]
    batch = journals.batch(Stretch(log, 0, 100))
    journals.close()
    assert batch
    assert len(batch.records) == 2
