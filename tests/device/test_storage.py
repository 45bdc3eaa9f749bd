"""Where the journal goes when the card cannot be used."""

import sqlite3
from pathlib import Path

import pytest

from triporteur_device import storage as module
from triporteur_device.config import DeviceConfig, load
from triporteur_device.journal import JournalReader, JournalWriter, Unkept
from triporteur_device.legacy import Legacy
from triporteur_device.storage import AlreadyRunning, Storage, memory_path, open_storage
from triporteur_wire.messages import Ack
from triporteur_wire.records import Event, Open, decode_body


@pytest.fixture
def config(tmp_path: Path) -> DeviceConfig:
    path = tmp_path / "unit.toml"
    path.write_text(
        f"""
[unit]
name = "ben"
[journal]
directory = "{tmp_path / "card" / "triporteur"}"
[snapshot]
path = "{tmp_path / "run" / "snapshot.json"}"
[mqtt]
host = "depot"
"""
    )
    return load(path)


def opened(config: DeviceConfig) -> Storage:
    with open_storage(config, lambda: 1000, "test") as storage:
        storage.reader.close()
    return storage


def test_the_journal_lives_on_the_card(config: DeviceConfig, tmp_path: Path) -> None:
    assert opened(config).durable
    assert (tmp_path / "card" / "triporteur" / "device.journal").exists()
    assert not (tmp_path / "run").exists()


def test_one_agent_has_a_journal(config: DeviceConfig) -> None:
    storage = open_storage(config, lambda: 1000, "test")
    with pytest.raises(AlreadyRunning, match="another agent already uses"):
        open_storage(config, lambda: 1000, "test")
    with storage:
        storage.reader.close()
    opened(config)


def test_a_card_that_cannot_be_used_is_said_and_memory_serves(
    config: DeviceConfig, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "card").write_text("a file where the card should be")
    assert not opened(config).durable
    assert (tmp_path / "run" / "device.journal").exists()
    assert "kept in memory only" in caplog.text
    assert str(tmp_path / "card") in caplog.text


def test_a_journal_of_a_later_version_is_left_alone_and_memory_serves(
    config: DeviceConfig, tmp_path: Path
) -> None:
    opened(config)
    path = tmp_path / "card" / "triporteur" / "device.journal"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert not opened(config).durable


def test_neither_card_nor_memory_is_an_error(config: DeviceConfig, tmp_path: Path) -> None:
    (tmp_path / "card").write_text("")
    (tmp_path / "run").write_text("")
    with pytest.raises(OSError, match=r"File exists|Not a directory"):
        opened(config)


REFUSED = Legacy(refusal="read-only")


def refused(config: DeviceConfig, left: Legacy = REFUSED) -> Storage:
    """A life in memory."""
    with open_storage(config, lambda: 1000, "test", left) as storage:
        storage.reader.close()
    return storage


def another_boot(config: DeviceConfig, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "boot_id", lambda: name)
    memory = memory_path(config)
    for file in memory.parent.glob("*") if memory.parent.exists() else ():
        file.unlink()


def test_no_two_boots_have_one_number_whatever_the_card_takes(
    config: DeviceConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = []
    for boot in range(12):
        another_boot(config, f"boot {boot}", monkeypatch)
        storage = refused(config) if boot % 3 else opened(config)
        numbers.append(storage.boot_no)
    assert len(set(numbers)) == 12
    on_card = numbers[::3]
    assert on_card == list(range(on_card[0], on_card[0] + 4))


def test_within_a_boot_memory_keeps_its_number(config: DeviceConfig) -> None:
    assert refused(config).boot_no == refused(config).boot_no


def test_what_the_card_did_not_take_goes_on_in_memory_under_the_same_boot(
    config: DeviceConfig,
) -> None:
    with open_storage(config, lambda: 1000, "test") as storage:
        storage.reader.close()
        storage.writer.append(2000, Event("waits"))
        left = Legacy(storage.writer.take_unkept(), refusal="disk I/O error")
    elsewhere = refused(config, left)
    assert elsewhere.boot_no == storage.boot_no
    assert bodies(memory_path(config)) == [Open(None, "test"), Event("waits")]


def test_what_is_carried_goes_to_the_card_when_it_obeys_again(config: DeviceConfig) -> None:
    with open_storage(config, lambda: 1000, "test") as storage:
        storage.reader.close()
        storage.writer.append(2000, Event("waits"))
        unkept = storage.writer.take_unkept()
    with open_storage(config, lambda: 3000, "test", Legacy(unkept)) as again:
        again.reader.close()
    assert again.durable
    assert bodies(config.journal_path)[-1] == Event("waits")


def bodies(path: Path) -> list[object]:
    reader = JournalReader(path)
    found: list[object] = [decode_body(record.kind, record.body) for record in reader.records()]
    reader.close()
    return found


def test_the_depot_that_the_card_knows_is_known_in_memory(config: DeviceConfig) -> None:
    with open_storage(config, lambda: 1000, "test") as storage:
        storage.reader.close()
        storage.writer.acknowledge(Ack("depot", {storage.writer.log: 1}))
    with open_storage(config, lambda: 1000, "test", Legacy(refusal="full")) as memory:
        assert memory.reader.epoch() == "depot"
        memory.reader.close()


def test_a_card_that_refuses_at_the_end_says_what_it_cost(
    config: DeviceConfig, caplog: pytest.LogCaptureFixture
) -> None:
    with open_storage(config, lambda: 1000, "test") as storage:
        storage.reader.close()
        storage.writer._connection.execute("PRAGMA query_only = ON")
        for number in range(3):
            storage.writer.append(number, Event("late"))
    assert "3 are not kept" in caplog.text


def test_a_journal_that_breaks_as_it_is_opened_is_set_aside_at_once(config: DeviceConfig) -> None:
    """A check of the file finds nothing wrong with a name that is no text."""
    opened(config)
    with sqlite3.connect(config.journal_path) as connection:
        connection.execute("UPDATE logs SET log = CAST(x'ff61' AS TEXT)")
    connection.close()
    assert opened(config).durable
    assert config.journal_path.with_name("device.journal.broken-1").exists()


def test_of_two_journals_the_one_that_broke_is_set_aside(config: DeviceConfig) -> None:
    opened(config)
    refused(config)
    broken = memory_path(config)
    refused(config, Legacy(refusal="full", broken=broken, damage="not UTF-8"))
    assert broken.with_name("device.journal.broken-1").exists()
    assert not config.journal_path.with_name("device.journal.broken-1").exists()


def test_a_refused_opening_leaves_the_journal_free_for_the_next(
    config: DeviceConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = JournalWriter.commit

    def refuse(journal: JournalWriter) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(JournalWriter, "commit", refuse)
    with pytest.raises(sqlite3.OperationalError):
        opened(config)
    monkeypatch.setattr(JournalWriter, "commit", commit)
    assert opened(config).durable


def test_nothing_carried_is_nothing_to_take(config: DeviceConfig) -> None:
    opened(config)
    refused(config, Legacy(Unkept(7, (), ()), refusal="full"))
    assert bodies(memory_path(config)) == [Open(None, "test")]
