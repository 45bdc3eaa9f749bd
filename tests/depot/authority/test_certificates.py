"""Certificates, lists of revoked ones, and the files they are kept in."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.tls import NAMES
from triporteur_depot.authority.certificates import new_authority, new_key, of_unit
from triporteur_depot.authority.revocations import next_list, serials
from triporteur_depot.authority.vault import Damaged, Vault

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEFORE_ANY_CLOCK = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = Vault(tmp_path / "authority")
    made.found(NOW)
    return made


def broker_certificates(vault: Vault, names: tuple[str, ...] = NAMES) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(vault.broker_pem(names, NOW))


def test_what_a_unit_verifies_holds_for_a_clock_that_knows_nothing(vault: Vault) -> None:
    vault.succeed(NOW)
    [younger, older] = vault.authorities()
    leaf, cross = broker_certificates(vault)
    for each in (younger.certificate, older.certificate, leaf, cross):
        assert each.not_valid_before_utc == BEFORE_ANY_CLOCK
    assert older.certificate.not_valid_after_utc == NOW + timedelta(days=20 * 365)
    assert leaf.not_valid_after_utc == NOW + timedelta(days=5 * 365)


def test_the_broker_is_certified_by_every_name_and_for_serving_only(vault: Vault) -> None:
    [leaf] = broker_certificates(vault, ("depot.example", "192.0.2.7", "2001:db8::7"))
    said = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert said.get_values_for_type(x509.DNSName) == ["depot.example"]
    assert list(map(str, said.get_values_for_type(x509.IPAddress))) == ["192.0.2.7", "2001:db8::7"]
    uses = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(uses) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_the_broker_s_certificate_is_kept_while_it_will_do(vault: Vault) -> None:
    made = [vault.broker_pem(NAMES, NOW)]
    assert vault.broker_pem(NAMES, NOW + timedelta(days=4 * 365 - 1)) == made[0]
    made.append(vault.broker_pem(NAMES, NOW + timedelta(days=4 * 365)))
    made.append(vault.broker_pem(("depot.example",), NOW))
    vault.succeed(NOW)
    made.append(vault.broker_pem(("depot.example",), NOW))
    vault.forget_older()
    made.append(vault.broker_pem(("depot.example",), NOW))
    made.append(vault.broker_pem(("depot.example",), NOW, anew=True))
    assert len(set(made)) == 6


def test_the_broker_s_certificate_is_due_in_its_last_year(vault: Vault) -> None:
    [made] = broker_certificates(vault)
    assert vault.broker_due(NOW + timedelta(days=4 * 365 - 1)) is None
    assert vault.broker_due(NOW + timedelta(days=4 * 365)) == made.not_valid_after_utc


def test_a_damaged_broker_certificate_is_made_anew(vault: Vault) -> None:
    vault.broker_pem(NAMES, NOW)
    (vault.private / "broker.pem").write_bytes(b"-----BEGIN PRIVATE KEY-----\nAAAA")
    assert len(broker_certificates(vault)) == 1


def test_no_certificate_outlives_its_authority() -> None:
    authority = new_authority(NOW)
    late = authority.certificate.not_valid_after_utc - timedelta(days=10)
    made = of_unit(authority, new_key().public_key(), "ben", late)
    assert made.not_valid_after_utc == authority.certificate.not_valid_after_utc


def test_keys_are_their_owner_s_alone(vault: Vault) -> None:
    vault.succeed(NOW)
    vault.broker_pem(NAMES, NOW)
    secret = list(vault.private.iterdir())
    assert len(secret) == 3
    assert {each.stat().st_mode & 0o777 for each in secret} == {0o600}
    assert vault.private.stat().st_mode & 0o777 == 0o700
    for each in vault.directory.glob("*.pem"):
        assert b"PRIVATE" not in each.read_bytes()


def test_a_missing_or_damaged_key_is_told(vault: Vault) -> None:
    [path] = vault.private.glob("root-*")
    path.write_bytes(b"")
    with pytest.raises(Damaged, match="is missing or damaged; put it back from a backup"):
        vault.authorities()
    path.unlink()
    with pytest.raises(Damaged, match=str(path)):
        vault.authorities()


def test_a_forgotten_authority_leaves_no_key(vault: Vault) -> None:
    [older] = vault.authorities()
    vault.revoke(older, {1})
    vault.succeed(NOW)
    vault.forget_older()
    [left] = vault.authorities()
    assert left.id != older.id
    assert left.cross is None
    assert not list(vault.directory.rglob(f"*{older.id}*"))


def test_an_authority_that_was_begun_and_not_published_does_not_count(vault: Vault) -> None:
    before = (vault.directory / "authorities.pem").read_bytes()
    [signs] = vault.authorities()
    vault.succeed(NOW)
    (vault.directory / "authorities.pem").write_bytes(before)  # as a power cut leaves it
    assert [each.id for each in vault.authorities()] == [signs.id]
    vault.succeed(NOW)
    assert len(vault.authorities()) == 2


# Lists of what is revoked


def test_a_list_takes_nothing_back(vault: Vault) -> None:
    [authority] = vault.authorities()
    vault.revoke(authority, {7})
    told = x509.load_pem_x509_crl(vault.revoke(authority, {9}))
    assert serials(told) == {7, 9}
    assert told.is_signature_valid(authority.certificate.public_key())  # type: ignore[arg-type]


def test_a_list_with_nothing_new_stays_as_it_is(vault: Vault) -> None:
    [authority] = vault.authorities()
    assert (
        vault.revoke(authority, {7})
        == vault.revoke(authority, {7})
        == vault.revoke(authority, set())
    )


def test_a_list_never_ends_and_a_later_one_is_dated_later() -> None:
    authority = new_authority(NOW)
    first = next_list(authority, None, ())
    second = next_list(authority, first, {7})
    assert first.last_update_utc < second.last_update_utc < NOW
    assert second.next_update_utc == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
