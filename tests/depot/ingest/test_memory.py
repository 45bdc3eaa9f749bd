"""A database restored from an older copy, as told by what the broker kept of its own words."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.depot.ingest.desk import LOG, OTHER, Depot, batch, marks, status
from triporteur_depot.ingest import Message
from triporteur_wire.messages import Ack, encode
from triporteur_wire.topics import Channel


def kept(ack: Ack, unit: str = "ben", *, retained: bool = True) -> Message:
    return Message(unit, Channel.ACK, encode(ack), retained=retained)


@pytest.fixture
def told() -> list[Ack]:
    """What the depot said after the copy was made."""
    return []


@pytest.fixture
def restored(tmp_path: Path, told: list[Ack]) -> Iterator[Depot]:
    before = Depot(tmp_path / "depot.db")
    before.take(batch(1, 5))
    before.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(tmp_path / "depot.db", tmp_path / "copy.db")
    told.append(before.take(batch(6, 9))["ben"])
    before.connection.close()
    made = Depot(tmp_path / "copy.db")
    yield made
    made.connection.close()


def test_a_restored_depot_asks_every_unit_again_under_a_new_epoch(
    restored: Depot, told: list[Ack], caplog: pytest.LogCaptureFixture
) -> None:
    restored.take(Message("ana", Channel.STATUS, status({}).payload))
    acks = restored.take(kept(told[0]))
    assert marks(acks) == {LOG: 5}
    assert set(acks) == {"ana", "ben"}
    assert {ack.epoch for ack in acks.values()}.isdisjoint({told[0].epoch})
    assert restored.take(kept(told[0])) == {}
    assert restored.take(status({LOG: 9}))["ben"].epoch == acks["ben"].epoch
    assert caplog.text.count("the database is older than what ben was told") == 1


def test_a_unit_that_the_copy_never_heard_of_tells_it_too(restored: Depot, told: list[Ack]) -> None:
    acks = restored.take(kept(Ack(told[0].epoch, {OTHER: 3}), "ana"))
    assert acks["ana"].marks == {}
    assert acks["ana"].epoch != told[0].epoch


@pytest.mark.parametrize("seen", [4, 5])
def test_what_was_told_of_what_is_stored_changes_nothing(
    restored: Depot, told: list[Ack], seen: int
) -> None:
    assert restored.take(kept(Ack(told[0].epoch, {LOG: seen}))) == {}
    assert restored.take(status({LOG: 5}))["ben"].epoch == told[0].epoch


def test_the_words_of_another_database_and_the_echo_of_ours_change_nothing(
    restored: Depot, told: list[Ack]
) -> None:
    assert restored.take(kept(Ack("0123456789abcdef", {LOG: 9}))) == {}
    assert restored.take(kept(told[0], retained=False)) == {}
    assert restored.take(status({LOG: 5}))["ben"].epoch == told[0].epoch


def test_the_new_epoch_is_not_forgotten(restored: Depot, told: list[Ack], tmp_path: Path) -> None:
    epoch = restored.take(kept(told[0]))["ben"].epoch
    again = Depot(tmp_path / "copy.db")
    assert again.take(status({LOG: 5}))["ben"].epoch == epoch
    again.connection.close()
