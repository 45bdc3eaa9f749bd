"""What can be wrong with the database, its disk, its copies and what lies beside it, planted."""

import os
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.depot.authority.commanded import Depot
from tests.depot.doctor.answers import ADRIFT, ATTENTION, NOW_MS, OK, WRONG, here, is_so
from tests.depot.releases.made import signed
from triporteur_depot import broken, copies
from triporteur_depot.config import DepotConfig, load
from triporteur_depot.database import note_set_aside, open_writer, transaction
from triporteur_depot.doctor import Bedside, checks, data
from triporteur_depot.releases import offers
from triporteur_depot.releases.kept import Kept
from triporteur_wire.findings import examined

pytestmark = pytest.mark.slow


def test_a_sound_database_is_well(config: DepotConfig) -> None:
    assert is_so(data.database(config), OK, "opens and is sound")


def test_no_database_is_told(config: DepotConfig) -> None:
    config.database_path.unlink()
    assert is_so(data.database(config), ATTENTION, "there is none")


def test_a_damaged_database_is_wrong(config: DepotConfig) -> None:
    with closing(open_writer(config.database_path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with config.database_path.open("r+b") as file:
        file.seek(4096 * 4)
        file.write(b"\xff" * 4096 * 20)
    assert is_so(data.database(config), WRONG, "is damaged", "restart the ingest")


def test_a_database_that_a_minute_is_not_enough_for_is_not_said_to_be_sound(
    config: DepotConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broken, "_CHECK_S", -1.0)
    monkeypatch.setattr(broken, "_STEPS_BETWEEN_LOOKS", 1)
    assert is_so(data.database(config), ATTENTION, "a minute was not enough", "PRAGMA quick_check")


def test_a_look_at_a_depot_at_rest_leaves_nothing_there(config: DepotConfig) -> None:
    before = sorted(config.database_path.parent.iterdir())
    for answer in (data.database(config), data.ingest(config, here()), data.releases(config)):
        assert answer
    assert sorted(config.database_path.parent.iterdir()) == before


def test_a_database_that_was_set_aside_is_told(config: DepotConfig) -> None:
    with closing(open_writer(config.database_path)) as connection, transaction(connection):
        note_set_aside(connection, NOW_MS, "malformed")
    assert is_so(data.database(config), ATTENTION, "(malformed)", "triporteur-depot damage")


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
@pytest.mark.parametrize(
    ("how", "words"), [("rw,size=20m", "21 MB are left"), ("ro", "can only be read")]
)
def test_a_disk_that_is_full_or_read_only_is_wrong(tmp_path: Path, how: str, words: str) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    path = tmp_path / "depot.toml"
    path.write_text(f'[database]\npath = "{folder}/depot.db"\n')
    subprocess.run(["mount", "-t", "tmpfs", "-o", how, "none", folder], check=True)
    try:
        assert is_so(data.disk(load(path)), WRONG, words)
    finally:
        subprocess.run(["umount", folder], check=True)


def test_room_on_the_disk_is_told(config: DepotConfig) -> None:
    assert is_so(data.disk(config), OK, "MB are left")


def test_a_release_that_units_cannot_fetch_is_wrong(config: DepotConfig, depot: Depot) -> None:
    release = signed(depot.folder)
    with closing(open_writer(config.database_path)) as connection, release.open("rb") as file:
        connection.execute("INSERT INTO units (name, heard_utc_ms) VALUES ('ben', 0)")
        kept = Kept.beside(config.database_path)
        with kept.alone():
            offer = kept.keep(file)
        offers.give(connection, "ben", offer)
    assert is_so(data.releases(config), OK, "is here")
    kept.path(offer.digest).unlink()
    assert is_so(data.releases(config), WRONG, "1.1 is gone", "release send FILE ben")


def test_without_an_ingest_nobody_takes_anything_in(config: DepotConfig) -> None:
    assert is_so(data.ingest(config, here()), WRONG, "systemctl start triporteur-ingest")


def test_without_a_copy_the_timer_is_named(config: DepotConfig) -> None:
    assert is_so(data.backups(config, here()), WRONG, "no copy", "start triporteur.target")


def test_a_copy_that_is_old_is_wrong(config: DepotConfig, depot: Depot) -> None:
    depot.says("backup")
    assert is_so(data.backups(config, here()), OK, "1 copies", "own disk")
    assert is_so(data.backups(config, here(years_on=1)), WRONG, "the last copy is 36")


def test_a_copy_that_a_wrong_clock_dated_is_told_and_hides_no_old_one(
    config: DepotConfig, depot: Depot
) -> None:
    depot.says("backup")
    ahead = Path(config.backup.directory) / "depot-21000101T000000Z.db"
    ahead.write_bytes(b"no database")
    assert is_so(data.backups(config, here()), ATTENTION, ahead.name, "later than now")
    assert is_so(data.backups(config, here(years_on=1)), WRONG, "the last copy is 36")
    for path in copies.copies(ahead.parent)[:-1]:
        path.unlink()
    assert is_so(data.backups(config, here()), WRONG, "no copy", "but what is dated later than now")


def test_a_copy_that_is_none_is_wrong(config: DepotConfig, depot: Depot) -> None:
    depot.says("backup")
    [copy] = copies.copies(Path(config.backup.directory))
    copy.write_bytes(b"no database" * 100)
    assert is_so(data.backups(config, here()), WRONG, copy.name, "is no copy")
    copy.write_bytes(b"")
    assert is_so(data.backups(config, here()), WRONG, copy.name, "is no copy")


def test_a_clock_that_nothing_holds_is_told(config: DepotConfig) -> None:
    bedside = Bedside(NOW_MS, lambda: ADRIFT)
    found = {each.about: each for each in examined(checks(config, bedside)) if each.about}
    assert found["clock"].verdict is ATTENTION
