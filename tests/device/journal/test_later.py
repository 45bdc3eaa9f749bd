"""A journal that a later release wrote is gone on with: of an update one goes back, of it never.

A later release may add tables and columns; it leaves `user_version` as it is.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.device.journal.written import fill, states
from triporteur_device.journal import JournalReader, Stretch

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"


def test_what_a_later_release_added_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "device.journal"
    before = fill(path, 10)
    with closing(sqlite3.connect(path)) as later:
        for (table,) in later.execute(_TABLES).fetchall():
            later.execute(f"ALTER TABLE {table} ADD COLUMN later TEXT NOT NULL DEFAULT ''")
        later.execute("CREATE TABLE later (one INTEGER)")
        later.commit()
    after = fill(path, 10)
    assert [log.log for log in states(path)] == [before, after]
    assert list(tmp_path.glob("*.broken*")) == []
    with closing(JournalReader(path)) as reader:
        for log in (before, after):
            batch = reader.batch(Stretch(log, 0, 100))
            assert batch
            assert [record.kind for record in batch.records].count("telemetry") == 10
