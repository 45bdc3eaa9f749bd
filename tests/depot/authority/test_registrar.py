"""Who gets a certificate, and in which words others do not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.depot.authority.counter import DAY_MS, NONCE, Counter
from tests.tls import signing_request
from triporteur_depot.authority import issued
from triporteur_depot.authority.barred import admit
from triporteur_depot.authority.certificates import new_key
from triporteur_depot.authority.trusted import trusted, trusted_digest
from triporteur_depot.authority.vault import Damaged
from triporteur_wire.requests import CertificateRequest, Certified, Refused

pytestmark = pytest.mark.slow

KEY = new_key()
GOOD = signing_request("ben", KEY)


REPLACE = "At the depot: triporteur-depot replace ben --out FILE."


USED = (
    "This bundle was used already. For another card of ben, at the depot: "
    "triporteur-depot replace ben --out FILE."
)


NEW_BUNDLE = "At the depot, make a new one: triporteur-depot enrol ben --out FILE."


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    made = Counter(tmp_path)
    yield made
    made.connection.close()


# Newcomers


def test_a_newcomer_gets_a_certificate_in_its_unit_s_name(counter: Counter) -> None:
    answer = counter.ask(counter.bundle("ben"), "ben", KEY)
    assert isinstance(answer, Certified)
    assert (answer.nonce, answer.authorities) == (NONCE, trusted(counter.vault.directory))
    made = x509.load_pem_x509_certificate(answer.certificate.encode())
    [authority] = counter.vault.authorities()
    made.verify_directly_issued_by(authority.certificate)
    assert made.public_key() == KEY.public_key()
    assert made.subject.rfc4514_string() == "CN=ben"
    uses = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(uses) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert made.not_valid_after_utc == counter.now + timedelta(days=400)
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_bundle_is_for_its_unit_only(counter: Counter) -> None:
    login = counter.bundle("ben")
    assert counter.refused(login, "zoe") == "The request is for 'zoe' and comes from 'ben'."
    counter.certified(login, "ben")


def test_an_unknown_bundle_is_refused(counter: Counter) -> None:
    said = counter.refused("enrol-0123456789abcdef", "ben")
    assert said == f"The depot does not know this bundle. {NEW_BUNDLE}"


def test_an_expired_bundle_is_refused(counter: Counter) -> None:
    login = counter.bundle("ben", days=30)
    counter.now_ms += 30 * DAY_MS
    assert counter.refused(login, "ben") == f"This bundle expired on 2027-02-14. {NEW_BUNDLE}"


def test_a_bundle_lets_in_until_it_expires(counter: Counter) -> None:
    login = counter.bundle("ben", days=30)
    counter.now_ms += 30 * DAY_MS - 1
    counter.certified(login, "ben")


def test_a_bundle_that_another_one_replaced_is_refused(counter: Counter) -> None:
    first, second = counter.bundle("ben"), counter.bundle("ben")
    assert counter.refused(first, "ben") == f"This bundle was withdrawn. {NEW_BUNDLE}"
    counter.certified(second, "ben")


def test_a_bundle_is_used_once(counter: Counter) -> None:
    login = counter.bundle("ben")
    counter.certified(login, "ben", KEY)
    assert counter.refused(login, "ben", new_key()) == USED


def test_a_newcomer_whose_answer_was_lost_gets_the_same_one_again(counter: Counter) -> None:
    login = counter.bundle("ben")
    first = counter.certified(login, "ben", KEY)
    counter.now_ms += DAY_MS - 1
    assert counter.certified(login, "ben", KEY) == first
    counter.now_ms += 1
    assert counter.refused(login, "ben", KEY) == USED


def test_what_was_revoked_is_not_given_again(counter: Counter) -> None:
    login = counter.bundle("ben")
    counter.certified(login, "ben", KEY)
    counter.revoke("ben")
    assert counter.refused(login, "ben", KEY) == f"ben was shut out. {REPLACE}"


# Units


def test_a_unit_renews_with_its_key_or_with_another(counter: Counter) -> None:
    first = counter.enrol("ben", KEY)
    counter.now_ms += 200 * DAY_MS
    second = counter.certified("ben", "ben", KEY)
    third = counter.certified("ben", "ben", new_key())
    assert first.not_valid_after_utc + timedelta(days=200) == second.not_valid_after_utc
    assert len({each.serial_number for each in (first, second, third)}) == 3


def test_a_unit_renews_with_any_certificate_of_its_own_that_holds(counter: Counter) -> None:
    counter.enrol("ben", KEY)
    counter.now_ms += 200 * DAY_MS
    counter.certified("ben", "ben")
    counter.now_ms += DAY_MS
    counter.certified("ben", "ben")


def test_a_name_alone_is_no_proof(counter: Counter) -> None:
    counter.enrol("ben")
    counter.held.clear()
    said = f"The depot knows no such certificate of ben. {REPLACE}"
    assert counter.refused("ben", "ben") == said


def test_a_certificate_of_another_is_no_proof(counter: Counter) -> None:
    counter.enrol("ben")
    counter.enrol("zoe")
    counter.held["ben"] = counter.held["zoe"]
    said = f"The depot knows no such certificate of ben. {REPLACE}"
    assert counter.refused("ben", "ben") == said


@pytest.mark.parametrize("signature", ["", "0", "00", "30060201010201"])
def test_only_the_certificate_s_key_proves_that_it_is_held(
    counter: Counter, signature: str
) -> None:
    counter.enrol("ben", KEY)
    asked = CertificateRequest(NONCE, signing_request("ben", new_key()))
    stranger = replace(counter.held["ben"], key=new_key())
    said = Refused(NONCE, f"The question is not signed by the key of ben. {REPLACE}")
    assert counter.registrar.answer("ben", stranger.prove(asked)) == said
    proven = counter.held["ben"].prove(asked)
    for wrong in (
        msgspec.structs.replace(proven, signature=signature),
        msgspec.structs.replace(proven, csr=signing_request("ben", new_key())),
    ):
        assert counter.registrar.answer("ben", wrong) == said


def test_an_ended_certificate_is_no_proof(counter: Counter) -> None:
    counter.enrol("ben")
    counter.now_ms += 400 * DAY_MS
    said = f"This certificate of ben holds no more. {REPLACE}"
    assert counter.refused("ben", "ben") == said


def test_a_certificate_of_a_forgotten_authority_is_no_proof(counter: Counter) -> None:
    counter.enrol("ben")
    counter.vault.succeed(counter.now)
    counter.vault.forget_older()
    said = f"This certificate of ben holds no more. {REPLACE}"
    assert counter.refused("ben", "ben") == said


def test_a_stolen_card_gets_nothing_after_the_unit_has_another(counter: Counter) -> None:
    counter.enrol("ben")
    stolen = counter.held["ben"]
    counter.revoke("ben")
    admit(counter.vault.directory, "ben")
    counter.enrol("ben")
    counter.certified("ben", "ben")
    counter.held["ben"] = stolen
    said = f"This certificate of ben was revoked. {REPLACE}"
    assert counter.refused("ben", "ben") == said


def test_a_unit_asks_for_itself_only(counter: Counter) -> None:
    counter.enrol("ben")
    assert counter.refused("ben", "zoe") == "The request is for 'zoe' and comes from 'ben'."


@pytest.mark.parametrize("name", ["depot", "registrar"])
def test_nobody_but_a_unit_is_certified(counter: Counter, name: str) -> None:
    assert counter.refused(name, name) == f"{name!r} cannot name a unit."
    assert counter.refused(counter.bundle(name), name) == f"{name!r} cannot name a unit."


def test_a_revoked_unit_is_told_what_to_do(counter: Counter) -> None:
    counter.enrol("ben", KEY)
    assert counter.revoke("ben") == 1
    assert counter.refused("ben", "ben", KEY) == f"ben was shut out. {REPLACE}"


def test_a_unit_that_asks_and_asks_is_told_to_wait(counter: Counter) -> None:
    counter.enrol("ben")
    counter.enrol("zoe")
    for _ in range(9):
        counter.certified("ben", "ben", new_key())
    assert counter.refused("ben", "ben") == "ben was given 10 certificates today. Ask tomorrow."
    counter.certified("zoe", "zoe")
    counter.now_ms += DAY_MS
    counter.certified("ben", "ben")


def test_after_a_new_authority_the_same_key_gets_a_new_certificate(counter: Counter) -> None:
    before = counter.enrol("ben", KEY)
    counter.vault.succeed(counter.now)
    answer = counter.ask("ben", "ben", KEY)
    assert isinstance(answer, Certified)
    own, cross = x509.load_pem_x509_certificates(answer.certificate.encode())
    younger, older = counter.vault.authorities()
    own.verify_directly_issued_by(younger.certificate)
    cross.verify_directly_issued_by(older.certificate)
    assert own.issuer != before.issuer


# What the database forgot


def test_a_unit_renews_where_the_database_was_lost(counter: Counter) -> None:
    counter.enrol("ben")
    counter.forget()
    counter.certified("ben", "ben")


def test_what_was_revoked_stays_revoked_where_the_database_was_lost(counter: Counter) -> None:
    counter.enrol("ben")
    counter.revoke("ben")
    admit(counter.vault.directory, "ben")
    [authority] = counter.vault.authorities()
    counter.vault.revoke(authority, issued.revoked_serials(counter.connection, authority.id))
    counter.forget()
    said = f"This certificate of ben was revoked. {REPLACE}"
    assert counter.refused("ben", "ben") == said


def test_a_bundle_that_was_used_is_known_to_be_where_a_copy_was_put_back(counter: Counter) -> None:
    login = counter.bundle("ben")
    counter.certified(login, "ben", KEY)
    counter.connection.execute("DELETE FROM certificates")
    assert counter.refused(login, "ben") == USED


def test_a_damaged_file_of_what_was_certified_is_told(counter: Counter) -> None:
    counter.enrol("ben")
    [path] = counter.vault.issued.iterdir()
    path.write_bytes(b"{")
    counter.forget()
    with pytest.raises(Damaged, match=path.name):
        counter.ask("ben", "ben")


def test_what_is_issued_is_noted(counter: Counter) -> None:
    made = counter.certified(counter.bundle("ben"), "ben", KEY)
    noted = issued.latest(counter.connection, "ben")
    assert noted
    assert int(noted.serial, 16) == made.serial_number
    assert noted.expires_utc_ms == made.not_valid_after_utc.timestamp() * 1000


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asker=st.from_regex(r"(enrol-)?[a-z0-9-]{2,26}", fullmatch=True) | st.just("ben"),
    csr=st.text() | st.just(GOOD),
)
def test_whoever_asks_whatever_is_refused_in_words(counter: Counter, asker: str, csr: str) -> None:
    answer = counter.ask_with(asker, csr)
    assert isinstance(answer, Refused)
    assert answer.reason.endswith(".")


def test_what_units_trust_has_a_digest_that_needs_no_key(counter: Counter, tmp_path: Path) -> None:
    before = trusted_digest(counter.vault.directory)
    assert len(before) == 64
    counter.vault.succeed(counter.now)
    assert trusted_digest(counter.vault.directory) not in ("", before)
    assert trusted_digest(tmp_path / "nowhere") == ""
