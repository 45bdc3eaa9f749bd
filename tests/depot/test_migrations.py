from pathlib import Path

from sqlite_utils import Database

from triporteur_depot.database import open_writer
from triporteur_depot.migrations import migrations


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
