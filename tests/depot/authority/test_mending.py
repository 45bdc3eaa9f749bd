"""What was lost or cut short, and is right again with the next command."""

import shutil
from datetime import UTC, datetime

import pytest

from tests.depot.authority.commanded import Depot, certify, lose
from triporteur_depot.authority.trusted import trusted
from triporteur_depot.authority.vault import Vault

pytestmark = pytest.mark.slow


def test_what_a_lost_database_knew_of_is_revoked(depot: Depot) -> None:
    certify(depot, "ben")
    lose(depot)
    before = (depot.folder / "broker" / "crl.pem").read_bytes()
    assert "ben: 1 certificate revoked." in depot.says("revoke", "ben")
    assert (depot.folder / "broker" / "crl.pem").read_bytes() != before


def test_a_unit_of_which_no_certificate_is_known_is_barred_by_name(depot: Depot) -> None:
    certify(depot, "ben")
    lose(depot)
    shutil.rmtree(depot.folder / "authority" / "issued")
    depot.enrols("ben")
    said = depot.says("revoke", "ben")
    assert "ben: the depot knows no certificate of it, and bars its name until" in said
    assert "first: triporteur-depot rollover --authority" in said
    assert "user ben\ntopic deny triporteur/v1/#\n" in (depot.folder / "broker/acl").read_text()


def test_the_bar_outlives_the_database(depot: Depot) -> None:
    certify(depot, "ben")
    depot.says("revoke", "ben")
    lose(depot)
    depot.says("broker")
    assert "user ben\ntopic deny triporteur/v1/#\n" in (depot.folder / "broker/acl").read_text()
    assert "ben was shut out; to let it in again" in depot.enrols("ben", status=2)


@pytest.mark.parametrize("words", [["broker"], ["rollover"], ["revoke", "ben"]])
def test_a_new_authority_that_was_cut_short_is_finished_by_any_command(
    depot: Depot, words: list[str]
) -> None:
    certify(depot, "ben")
    vault = Vault(depot.folder / "authority")
    vault.succeed(datetime.now(UTC))
    depot.says(*words)
    there = (depot.folder / "broker" / "authorities.pem").read_text()
    assert there == trusted(vault.directory)
    assert there.count("BEGIN") == 2


def test_an_authority_that_was_forgotten_by_half_is_forgotten(depot: Depot) -> None:
    depot.says("rollover", "--authority")
    vault = Vault(depot.folder / "authority")
    signs, older = vault.authorities()
    vault._publish([signs])
    assert "The old authority is forgotten." in depot.says("rollover", "--forget-old")
    left = [path.name for path in vault.directory.rglob("*") if path.is_file()]
    assert [name for name in left if older.id in name] == []
    assert [name for name in left if signs.id in name] != []
    assert depot.says("rollover", "--forget-old", status=2).endswith("no older one to forget")
