"""Where the journal goes when the card cannot be used."""

import sqlite3
from pathlib import Path

import pytest

from triporteur_device.config import DeviceConfig, load
from triporteur_device.storage import AlreadyRunning, Storage, open_storage


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
    boot_no = opened(config).boot_no
    path = tmp_path / "card" / "triporteur" / "device.journal"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    storage = opened(config)
    assert not storage.durable
    assert storage.boot_no > boot_no


def test_neither_card_nor_memory_is_an_error(config: DeviceConfig, tmp_path: Path) -> None:
    (tmp_path / "card").write_text("")
    (tmp_path / "run").write_text("")
    with pytest.raises(OSError, match=r"File exists|Not a directory"):
        opened(config)
