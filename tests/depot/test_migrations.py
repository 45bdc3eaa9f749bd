"""What an older depot left is brought to this version, step by step."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from triporteur_depot.commands import backup, restore
from triporteur_depot.database import epoch, open_reader, open_writer
from triporteur_depot.migrations import migrations

#: The names of the steps; before the first there is no database.
_, *LATER_STEPS = (step.name for step in migrations.pending(Database(memory=True)))


def test_a_loss_that_an_older_depot_declared_thrice_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "depot.db"
    older = Database(path)
    migrations.apply(older, stop_before="m002_a_range_is_given_up_once")
    older.execute("INSERT INTO units VALUES (1, 'ben', NULL, 0, NULL, 0)")
    older.execute("INSERT INTO logs VALUES (1, 1, '0123456789abcdef', 1, 0)")
    for first, last in ((1, 5), (41, None), (41, None), (41, 50), (41, None)):
        older.execute("INSERT INTO given_up VALUES (1, ?, ?, 'damaged', 0)", [first, last])
    older.close()
    connection = open_writer(path)
    told = connection.execute("SELECT first, last FROM given_up ORDER BY rowid").fetchall()
    connection.close()
    assert told == [(1, 5), (41, None), (41, 50)]


@pytest.mark.parametrize("step", LATER_STEPS)
def test_a_copy_that_was_made_before_a_step_can_be_put_back(tmp_path: Path, step: str) -> None:
    path, copy = tmp_path / "depot.db", tmp_path / "copy.db"
    older = Database(tmp_path / "older.db")
    migrations.apply(older, stop_before=step)
    older.execute("INSERT INTO units (name, heard_utc_ms) VALUES ('ben', 0)")
    older.conn.commit()
    older.close()
    backup.run(tmp_path / "older.db", copy)
    open_writer(path).close()
    restore.run(path, copy)
    with closing(open_reader(path)) as restored, closing(open_reader(copy)) as copied:
        assert restored.execute("SELECT name, retired_utc_ms FROM units").fetchall() == [
            ("ben", None)
        ]
        assert schema(restored) == schema_of_new(tmp_path / "new.db")
        assert epoch(restored) != epoch(copied)


def schema(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """What tables and their columns are called, however a step laid them."""
    return connection.execute(
        """SELECT t.name, c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c
        WHERE t.type = 'table' ORDER BY 1, 2"""
    ).fetchall()


def schema_of_new(path: Path) -> list[tuple[str, str]]:
    with closing(open_writer(path)) as connection:
        return schema(connection)
