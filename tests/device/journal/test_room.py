"""A journal that may not grow: what goes first, and that nothing goes undeclared."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triporteur_device.journal import JournalReader, JournalWriter, Stretch, room
from triporteur_device.journal.room import DROPPED, THINNED, declare, used_bytes
from triporteur_wire import envelope
from triporteur_wire.envelope import Batch
from triporteur_wire.messages import Ack
from triporteur_wire.records import Event, Telemetry

pytestmark = pytest.mark.slow

ROW = Telemetry("battery", {"cells_v": tuple(3.6 + 0.001 * cell for cell in range(40))})


def fill(path: Path, rows: int, budget_bytes: int, *, mark: int = 0, event_every: int = 100) -> str:
    with JournalWriter(path, 1, 0, "test", budget_bytes) as journal:
        for number in range(1, rows + 1):
            event = Event("pressed") if number % event_every == 0 else ROW
            journal.append(number, event)
            if number == mark:
                journal.acknowledge(Ack("depot", {journal.log: mark}))
            if number % 500 == 0:
                journal.commit()
        journal.commit()
        assert used_bytes(journal._connection) <= budget_bytes
        return journal.log


def whole(path: Path, after: int = 0) -> Batch:
    reader = JournalReader(path)
    batch = reader.batch(Stretch(reader.logs()[0].log, after, 10**6))
    reader.close()
    assert batch
    return batch


def lost(batch: Batch, reason: str) -> list[int]:
    return [
        seq
        for given in batch.given_up
        if given.reason == reason
        for seq in range(given.first, given.last + 1)
    ]


def test_what_the_depot_has_goes_first_and_is_no_loss(tmp_path: Path) -> None:
    path = tmp_path / "device.journal"
    fill(path, 4000, 600_000, mark=3500)
    rest = whole(path, after=3500)
    assert [record.seq for record in rest.records] == list(range(3501, 4002))
    assert rest.given_up == []


def test_then_the_oldest_telemetry_is_thinned_to_one_in_ten_and_events_stay(
    tmp_path: Path,
) -> None:
    path = tmp_path / "device.journal"
    fill(path, 8000, 1_500_000)
    batch = whole(path)
    thinned = lost(batch, THINNED)
    assert thinned
    kept = [record.seq for record in batch.records if record.seq <= max(thinned)]
    assert len(kept) == pytest.approx((len(kept) + len(thinned)) / 10, rel=0.15)
    assert sum(record.kind == "event" for record in batch.records) == 80
    assert max(thinned) < batch.records[-1].seq
    assert lost(batch, DROPPED) == []


def test_thinned_telemetry_is_dropped_before_any_event(tmp_path: Path) -> None:
    path = tmp_path / "device.journal"
    fill(path, 12_000, 150_000)
    batch = whole(path)
    assert lost(batch, DROPPED)
    assert sum(record.kind == "event" for record in batch.records) == 120


@settings(max_examples=15)
@given(
    rows=st.integers(1, 3000),
    budget_kb=st.integers(60, 900),
    mark=st.integers(0, 3000),
    event_every=st.integers(50, 400),
)
def test_no_record_ever_goes_undeclared(
    tmp_path_factory: pytest.TempPathFactory,
    rows: int,
    budget_kb: int,
    mark: int,
    event_every: int,
) -> None:
    path = tmp_path_factory.mktemp("room") / "device.journal"
    fill(path, rows, budget_kb * 1000, mark=mark, event_every=event_every)
    batch = whole(path)
    present = {record.seq for record in batch.records}
    declared = {s for given in batch.given_up for s in range(given.first, given.last + 1)}
    assert present | declared == set(range(1, rows + 2))
    assert not present & declared


class Unit:
    """A journal in small: a step frees 40 records, and a test says when room is wanted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.journal = JournalWriter(path, 1, 0, "test")
        self.last_seq = 1
        self.epoch = 1

    def append(self, count: int) -> None:
        for number in range(count):
            self.journal.append(number, Event("pressed") if number % 7 == 0 else ROW)
        self.last_seq += count
        self.journal.commit()

    def acknowledge(self, percent: int) -> None:
        mark = self.last_seq * percent // 100
        self.journal.acknowledge(Ack(f"depot {self.epoch}", {self.journal.log: mark}))
        self.journal.commit()

    def restore_depot(self, percent: int) -> None:
        self.epoch += 1
        self.acknowledge(percent)

    def make_room(self, steps: int) -> None:
        """Forgets, thins or drops, whichever comes first, so many times."""
        with self.journal._transaction() as connection:
            for _ in range(steps):
                room._forget(connection) or room._thin(connection) or room._drop(connection)

    def open_again(self, _: int) -> None:
        log, last_seq = self.journal.log, self.last_seq
        self.journal.close()
        check(self.path, log, last_seq)
        self.journal, self.last_seq = JournalWriter(self.path, 1, 0, "test"), 1


STEPS = st.sampled_from(
    [Unit.append, Unit.acknowledge, Unit.restore_depot, Unit.make_room, Unit.open_again]
)


def check(path: Path, log: str, last_seq: int) -> None:
    """Every batch of the log can be read by the depot, and all of it is there or declared."""
    with closing(JournalReader(path)) as reader:
        [state] = [state for state in reader.logs() if state.log == log]
        assert state.last_seq == last_seq
        after, told = 0, []
        while batch := reader.batch(Stretch(log, after, 30)):
            assert envelope.unpack(batch.range, envelope.pack(batch)) == batch
            assert batch.range.first == after + 1
            told += [record.seq for record in batch.records]
            told += [s for given in batch.given_up for s in range(given.first, given.last + 1)]
            after = batch.range.last
        assert sorted(told) == list(range(1, last_seq + 1))
        dropped = [
            seq
            for first, last, _ in room.touching(reader._connection, 1, 1, 2**40)
            for seq in range(first, last + 1)
        ]
        if log == reader.logs()[0].log:
            (forgotten_to,) = reader._connection.execute(
                "SELECT forgotten_to FROM logs WHERE id = 1"
            ).fetchone()
            assert state.given_up == sum(seq > max(state.mark, forgotten_to) for seq in dropped)


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.tuples(STEPS, st.integers(1, 100)), min_size=1, max_size=12))
def test_every_batch_can_be_read_and_covers_its_range_whatever_befell_the_journal(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[object, int]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "_STEP_RECORDS", 40)
        unit = Unit(tmp_path_factory.mktemp("unit") / "device.journal")
        for step, number in steps:
            step(unit, number)  # type: ignore[operator]
        unit.journal.close()
        check(unit.path, unit.journal.log, unit.last_seq)


def test_a_range_that_was_dropped_and_then_forgotten_in_part_is_declared_once(
    tmp_path: Path,
) -> None:
    unit = Unit(tmp_path / "device.journal")
    unit.append(20)
    with unit.journal._transaction() as connection:
        connection.execute("DELETE FROM records WHERE seq <= 12")
        declare(connection, 1, 8, 12, THINNED)
        connection.execute("UPDATE logs SET forgotten_to = 10")
    unit.restore_depot(0)
    unit.journal.close()
    check(unit.path, unit.journal.log, 21)


def test_old_logs_of_which_nothing_is_left_are_forgotten_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_LOGS_KEPT", 5)
    path = tmp_path / "device.journal"
    logs = []
    for _ in range(20):
        with JournalWriter(path, 1, 0, "test") as journal:
            journal.append(0, ROW)
            logs.append(journal.log)
    delivered = {log: 2 for log in logs if log != logs[3]}
    with JournalWriter(path, 1, 0, "test", budget_bytes=1) as journal:
        journal.acknowledge(Ack("depot", delivered))
    with closing(JournalReader(path)) as reader:
        left = [state.log for state in reader.logs()]
        assert left == [logs[3], *logs[-4:], journal.log]
        assert {record.log for record in reader.records()} <= {logs[3], journal.log}


def test_a_file_that_outgrew_its_budget_gives_space_back(tmp_path: Path) -> None:
    path = tmp_path / "device.journal"
    fill(path, 8000, 100_000_000, mark=7900)
    before = path.stat().st_size
    for _ in range(10):
        with JournalWriter(path, 1, 0, "test", budget_bytes=before // 8):
            pass
    assert path.stat().st_size < before // 4
    assert [record.seq for record in whole(path, after=7900).records] == list(range(7901, 8002))


def work(path: Path, ranges: int) -> int:
    """What SQLite does for the list of logs and one batch, in hundreds of its steps."""
    with JournalWriter(path, 1, 0, "test") as journal:
        journal.append(0, Event("first"))
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO given_up VALUES (1, ?, ?, 'thinned')",
            ((10 * number, 10 * number + 8) for number in range(1, ranges + 1)),
        )
        connection.executemany(
            "INSERT INTO records VALUES (1, ?, 'event', 0, '{}')",
            ((10 * number + 9,) for number in range(1, ranges + 1)),
        )
    connection.close()
    done = 0

    def count() -> None:
        nonlocal done
        done += 1

    with closing(JournalReader(path)) as reader:
        reader._connection.set_progress_handler(count, 100)
        [state] = reader.logs()
        assert reader.batch(Stretch(state.log, 0, 50))
        assert reader.batch(Stretch(state.log, state.last_seq - 400, 50))
    return done


def test_what_was_thinned_makes_no_batch_slower(tmp_path: Path) -> None:
    few, many = work(tmp_path / "few", 200), work(tmp_path / "many", 20_000)
    assert many <= few + 2
