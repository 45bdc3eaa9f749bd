"""What units say of themselves, in the maintainer's commands."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.depot.downlink.fleet import Fleet
from tests.rig import free_port
from triporteur_depot.__main__ import main
from triporteur_depot.commands import opening
from triporteur_depot.commands.opening import NoDatabase, writing
from triporteur_depot.database import open_writer, transaction
from triporteur_wire.parcels import Applied
from triporteur_wire.releases import Told


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(tmp_path)
    yield made
    made.close()


def test_no_unit_writes_to_the_terminal(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "\x1b]52;c;cm0gLXJmIC8=\x07\x1b[2J\r\u202e"
    fleet.says("ben", **{hostile: Applied(1), "settings": Applied(refused=3, faults=(hostile,))})
    config = fleet.configured(free_port())
    for command in (["content", "show", "ben"], ["settings", "ben"], ["units"]):
        assert main([*command, "--config", config]) == 0
    fleet.tells("ben", Told(hostile, hostile, 0, hostile))
    assert main(["release", "list", "--config", config]) == 0
    said = capsys.readouterr().out
    assert said.count("52;c") > 3
    assert said.replace("\n", "").isprintable()


def test_one_units_word_does_not_keep_settings_from_the_others(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.says("ana")
    fleet.says("ben", settings=Applied(7, "0" * 64))
    fleet.says("zoe")
    config = fleet.configured(free_port())
    said = main(["settings", "--all", "mqtt.keepalive_s=30", "--no-wait", "--config", config])
    assert said == 1
    assert fleet.depot.ask(
        "SELECT name FROM parcels JOIN units ON units.id = unit_id ORDER BY name"
    ) == [("ana",), ("zoe",)]
    [line] = [line for line in capsys.readouterr().err.splitlines() if "skipped" in line]
    assert "ben goes by settings that this database does not know" in line


def test_a_database_that_somebody_else_writes_to_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "depot.db"

    def impatient(path: Path) -> sqlite3.Connection:
        connection = open_writer(path)
        connection.execute("PRAGMA busy_timeout = 0")
        return connection

    monkeypatch.setattr(opening, "open_writer", impatient)
    with closing(open_writer(path)) as busy, transaction(busy):  # noqa: SIM117
        with pytest.raises(NoDatabase, match="somebody else is writing") as told:
            with writing(path) as connection, transaction(connection):
                pass
    assert "room" not in str(told.value)
