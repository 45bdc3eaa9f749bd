"""A database that a later depot wrote is gone on with: of an upgrade one goes back, of it never.

Migrations only add: a later one may bring tables, columns, and keys of `meta` and of settings.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from tests.architecture.tree import ROOT
from tests.compiled import compiled_once
from tests.depot.downlink.fleet import Fleet
from tests.depot.ingest.desk import LOG, OTHER, batch, marks, record, sent, status
from tests.depot.pages.reading import main
from triporteur_depot import copies
from triporteur_depot.authority import bundles
from triporteur_depot.broken import make_ready, note_damage
from triporteur_depot.clock import utc_ms
from triporteur_depot.database import (
    epoch,
    note_broker,
    note_set_aside,
    open_reader,
    open_writer,
    set_aside,
    transaction,
)
from triporteur_depot.downlink.ledger import SETTINGS, give, last
from triporteur_depot.downlink.wording import changed
from triporteur_depot.pages.app import create_app
from triporteur_wire.envelope import GivenUp
from triporteur_wire.records import Anchor, Loss, Telemetry

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'"
_LATER = {"later.key": 1, "unit.place": "Sète"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """One that was in use, and that a later depot then migrated."""
    fleet = Fleet(tmp_path)
    fleet.depot.take(status({}), batch(1, 10))
    with transaction(fleet.connection):
        give(fleet.connection, "ben", SETTINGS, {"unit.place": "Rennes"})
    fleet.close()
    with closing(sqlite3.connect(fleet.depot.path)) as later:
        for (table,) in later.execute(_TABLES).fetchall():
            later.execute(f"ALTER TABLE {table} ADD COLUMN later TEXT NOT NULL DEFAULT ''")
        later.execute("CREATE TABLE later (one INTEGER)")
        later.execute("INSERT INTO meta (key, value) VALUES ('later', 'much')")
        later.execute("UPDATE parcels SET body = ?", (msgspec.json.encode(_LATER),))
        later.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('depot', 'm999_later', '2027-01-01')"
        )
        later.commit()
    return fleet.depot.path


@pytest.fixture
def fleet(path: Path) -> Iterator[Fleet]:
    made = Fleet(path.parent)
    yield made
    made.close()


def test_what_units_send_is_stored_and_shown(fleet: Fleet, path: Path) -> None:
    anchor = record(12, Anchor(fleet.depot.now_ms, 20, "ntp"))
    loss = record(13, Loss(OTHER, 1, 5, "journal damaged"))
    held = [record(11), anchor, loss]
    acks = fleet.depot.take(batch(11, 20, held, [GivenUp(14, 20, "storage full")]))
    assert marks(acks) == {LOG: 20}
    fleet.depot.take(
        batch(10, 10, [record(10, Telemetry("battery", {"soc_pct": 99}))]), sent(b"?", 21, 22)
    )
    fleet.depot.roll_up()
    counted = {
        table: fleet.depot.ask(f"SELECT count(*) FROM {table}")[0][0]
        for table in ("records", "anchors", "given_up", "conflicts", "quarantine", "rollups")
    }
    assert counted["rollups"]
    assert counted | {"rollups": 0} == {
        "records": 13, "anchors": 1, "given_up": 2, "conflicts": 1, "quarantine": 1, "rollups": 0,
    }  # fmt: skip
    client = compiled_once(create_app(path, "", lambda: fleet.depot.now_ms)).test_client()
    assert "13 relevés enregistrés" in main(client, "/unite/ben")
    assert "ben" in main(client, "/")


def test_what_a_later_depot_set_aboard_stays_set(fleet: Fleet) -> None:
    before = last(fleet.connection, "ben", SETTINGS)
    assert before
    with transaction(fleet.connection):
        after = give(
            fleet.connection, "ben", SETTINGS, changed(before.settings, ["mqtt.keepalive_s=30"], [])
        )
    assert after.settings == _LATER | {"mqtt.keepalive_s": 30}


def test_what_the_depot_notes_for_itself_is_noted(fleet: Fleet) -> None:
    connection = fleet.connection
    with transaction(connection):
        note_set_aside(connection, 5, "damage")
        bundles.make(connection, "zoe", "hash", utc_ms(), 30)
    note_broker(connection, 7)
    assert set_aside(connection) == (5, "damage")
    assert fleet.depot.ask("SELECT count(*) FROM bundles") == [(1,)]
    assert fleet.depot.ask("SELECT value FROM meta WHERE key = 'later'") == [("much",)]


def test_the_file_can_be_copied_and_what_is_saved_of_a_damaged_one_is_no_less(path: Path) -> None:
    with closing(open_reader(path)) as source:
        before = epoch(source)
        copies.make(source, path.with_name("copy.db"))
    with closing(open_writer(path.with_name("copy.db"))) as copy:
        assert epoch(copy) == before
    note_damage(path, "a page of it")
    make_ready(path, utc_ms())
    with closing(open_reader(path)) as saved:
        given = last(saved, "ben", SETTINGS)
        assert given
        assert given.settings == _LATER


def test_every_row_that_is_written_names_its_columns() -> None:
    """Without names, a column that was added would make each such row one too short."""
    unnamed = re.compile(r"INSERT (OR \w+ )?INTO \w+\s+(VALUES|SELECT)")
    code = (ROOT / "broker" / "triporteur_depot").rglob("*.py")
    first = "migrations.py"  # where nothing later can be yet
    assert [path for path in code if path.name != first and unnamed.search(path.read_text())] == []
