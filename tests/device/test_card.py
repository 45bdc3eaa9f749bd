"""What becomes of a commit: taken, refused for a while, refused for good, or damaged."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from triporteur_device.card import CardKeeper, CardRefuses, JournalDamaged, journal_faults
from triporteur_device.config import DeviceConfig, load
from triporteur_device.crew import CrewFailed
from triporteur_device.legacy import Legacy
from triporteur_device.storage import Storage, open_storage
from triporteur_wire.records import Event

MINUTE_MS = 60_000
REFUSED = Legacy(refusal="read-only")


@pytest.fixture
def config(tmp_path: Path) -> DeviceConfig:
    path = tmp_path / "unit.toml"
    path.write_text(
        f"""
[unit]
name = "ben"
[journal]
directory = "{tmp_path / "card"}"
[snapshot]
path = "{tmp_path / "run" / "snapshot.json"}"
[mqtt]
host = "depot"
"""
    )
    return load(path)


@pytest.fixture
def storage(config: DeviceConfig) -> Iterator[Storage]:
    with open_storage(config, lambda: 0, "test") as opened:
        yield opened
        opened.reader.close()


def refuse(storage: Storage, *, on: bool = True) -> None:
    storage.writer._connection.execute(f"PRAGMA query_only = {int(on)}")


def test_a_card_that_refuses_for_a_minute_gives_up_what_it_did_not_take(storage: Storage) -> None:
    card = CardKeeper(storage, 0)
    refuse(storage)
    storage.writer.append(500, Event("waits"))
    assert not card.commit(1_000)
    assert not card.commit(MINUTE_MS)
    with pytest.raises(CardRefuses) as caught, journal_faults(storage):
        card.commit(1_000 + MINUTE_MS)
    assert [(kind, mono_ms) for kind, mono_ms, _ in caught.value.unkept.rows] == [("event", 500)]
    assert caught.value.unkept.boot_no == storage.boot_no


def test_the_minute_starts_anew_when_the_card_obeyed(storage: Storage) -> None:
    card = CardKeeper(storage, 0)
    for start_ms in (0, MINUTE_MS, 2 * MINUTE_MS):
        refuse(storage)
        storage.writer.append(start_ms, Event("waits"))
        assert not card.commit(start_ms)
        assert not card.durable
        refuse(storage, on=False)
        assert card.commit(start_ms + MINUTE_MS - 1)
        assert card.durable


def test_a_card_that_refuses_is_asked_again_soon_even_at_rest(storage: Storage) -> None:
    card = CardKeeper(storage, 0)
    assert not card.is_due(20_000, every_s=300)
    refuse(storage)
    storage.writer.append(0, Event("waits"))
    card.commit(0)
    assert card.is_due(20_000, every_s=300)


def test_memory_that_refuses_has_nowhere_else_to_go(config: DeviceConfig) -> None:
    with open_storage(config, lambda: 0, "test", REFUSED) as storage:
        card = CardKeeper(storage, 0)
        refuse(storage)
        storage.writer.append(0, Event("waits"))
        assert not card.commit(0)
        assert not card.commit(10 * MINUTE_MS)
        refuse(storage, on=False)
        storage.reader.close()


def mends(config: DeviceConfig) -> bool:
    with open_storage(config, lambda: 0, "test", REFUSED) as storage:
        storage.reader.close()
        card = CardKeeper(storage, 0)
        assert not card.is_mended(10 * MINUTE_MS - 1)
        return card.is_mended(10 * MINUTE_MS)


def test_a_card_is_mended_when_the_journal_on_it_opens(config: DeviceConfig) -> None:
    assert mends(config)


def test_a_folder_that_takes_files_beside_a_journal_that_does_not_open_is_no_mended_card(
    config: DeviceConfig,
) -> None:
    config.journal_path.parent.mkdir()
    with sqlite3.connect(config.journal_path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert not mends(config)


def test_a_damaged_journal_would_be_set_aside(config: DeviceConfig) -> None:
    config.journal_path.parent.mkdir()
    config.journal_path.write_bytes(b"not a database at all" * 300)
    assert mends(config)


def test_a_folder_that_takes_no_file_is_not_mended(config: DeviceConfig) -> None:
    config.journal_path.parent.write_text("a file where the card should be")
    assert not mends(config)


def faults(storage: Storage, error: Exception) -> None:
    with journal_faults(storage):
        raise error


def failed(cause: Exception) -> CrewFailed:
    error = CrewFailed("publisher failed")
    error.__cause__ = cause
    return error


def test_whoever_finds_the_journal_damaged_what_is_buffered_goes_along(storage: Storage) -> None:
    for error in (sqlite3.DatabaseError("malformed"), failed(sqlite3.DatabaseError("malformed"))):
        storage.writer.append(0, Event("waits"))
        with pytest.raises(JournalDamaged) as caught:
            faults(storage, error)
        assert caught.value.path == storage.path
        assert len(caught.value.unkept) == 1


def test_two_parts_that_meet_with_one_fault_lose_nothing(storage: Storage) -> None:
    """The loop finds that the card refuses; its publisher has failed on it meanwhile."""
    card = CardKeeper(storage, 0)
    refuse(storage)
    storage.writer.append(500, Event("waits"))
    card.commit(0)
    with pytest.raises(CardRefuses):
        card.commit(MINUTE_MS)
    with pytest.raises(JournalDamaged) as caught:
        faults(storage, failed(sqlite3.DatabaseError("malformed")))
    assert len(caught.value.unkept) == 1


def test_a_disk_that_cannot_be_read_is_no_damage(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError) as refusal:
        sqlite3.connect(tmp_path / "nowhere" / "file")
    with pytest.raises(CardRefuses):
        faults(storage, failed(refusal.value))


def test_a_fault_of_the_program_stays_one(storage: Storage) -> None:
    for error in (failed(ValueError("no")), failed(sqlite3.ProgrammingError("closed"))):
        with pytest.raises(CrewFailed):
            faults(storage, error)
