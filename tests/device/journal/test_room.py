"""A journal that may not grow: what goes first, and that nothing goes undeclared."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triporteur_device.journal import JournalReader, JournalWriter, Stretch
from triporteur_device.journal.room import DROPPED, THINNED, used_bytes
from triporteur_wire.envelope import Batch
from triporteur_wire.messages import Ack
from triporteur_wire.records import Event, Telemetry

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
