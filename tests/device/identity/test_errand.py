"""Renewal: when it is asked for, and what becomes of the answers."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from tests.device.identity.authority import DAY_MS, LOGIN, NOW_MS, Authority
from tests.no_room import no_room
from triporteur_device.delivery.errands import Errand
from triporteur_device.identity import CertificateErrand, Identity
from triporteur_device.identity.papers import BadPapers, new_key, signing_request
from triporteur_device.identity.received import certified
from triporteur_wire.requests import (
    CertificateRequest,
    Certified,
    Refused,
    decode_certificate_request,
    encode,
)

MINUTE_MS = 60_000
KEY = new_key()
NOWHERE = Path("/dev/null/identity")


class Renewal:
    """An errand with the time, and the depot's answers, in the test's hand."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.utc_ms: int | None = NOW_MS
        self.mono_ms = 0
        self.renewed = 0
        self.errand = CertificateErrand(identity, lambda: self.utc_ms, self._renew)
        self.as_errand: Errand = self.errand

    def _renew(self) -> None:
        self.renewed += 1

    def question(self, after_ms: int = 0) -> CertificateRequest | None:
        self.mono_ms += after_ms
        sent = self.errand.due(self.mono_ms)
        return decode_certificate_request(sent) if sent is not None else None

    def asked(self, after_ms: int = 0) -> CertificateRequest:
        question = self.question(after_ms)
        assert question
        return question

    def answer(self, answer: Certified | Refused | bytes) -> None:
        payload = answer if isinstance(answer, bytes) else encode(answer)
        self.errand.answered(payload, self.mono_ms)


@pytest.fixture
def renewal(identity: Identity, authority: Authority) -> Renewal:
    """Of a unit whose certificate has 150 days left."""
    identity.store.install(authority.papers(since=-250, until=150))
    return Renewal(identity)


def digest(pem: str) -> str:
    return hashlib.sha256(pem.encode()).hexdigest()


@pytest.mark.parametrize(("left_days", "is_due"), [(201, False), (199, True), (-3, True)])
def test_a_certificate_is_renewed_when_less_than_200_days_are_left(
    identity: Identity, authority: Authority, left_days: int, is_due: bool
) -> None:
    identity.store.install(authority.papers(since=left_days - 400, until=left_days))
    assert (Renewal(identity).question() is not None) is is_due


def test_a_short_certificate_is_renewed_at_half_its_life_and_not_for_ever(
    identity: Identity, authority: Authority
) -> None:
    identity.store.install(authority.papers(since=-44, until=46))
    assert Renewal(identity).question() is None
    identity.store.install(authority.papers(since=-46, until=44))
    assert Renewal(identity).question()


@pytest.mark.parametrize("left_days", [150, -20_000])
def test_age_is_not_judged_by_a_clock_that_nothing_vouches_for(
    identity: Identity, authority: Authority, left_days: int
) -> None:
    identity.store.install(authority.papers(since=left_days - 400, until=left_days))
    renewal = Renewal(identity)
    renewal.utc_ms = None
    assert renewal.question() is None


def test_a_unit_that_is_not_enrolled_has_nothing_to_renew(identity: Identity) -> None:
    renewal = Renewal(identity)
    renewal.errand.told_authorities("0" * 64)
    assert renewal.question() is None


def test_the_new_papers_have_a_new_key_and_are_used_from_then_on(
    renewal: Renewal, authority: Authority
) -> None:
    before = renewal.identity.papers
    assert before
    renewal.answer(authority.answer(renewal.asked()))
    after = renewal.identity.papers
    assert after
    assert renewal.renewed == 1
    assert after.until_utc_ms == NOW_MS + 400 * DAY_MS
    assert after.key != before.key
    assert after.login == LOGIN
    assert renewal.question(after_ms=DAY_MS) is None


def test_a_question_is_signed_by_the_key_whose_certificate_it_names(renewal: Renewal) -> None:
    papers = renewal.identity.papers
    assert papers
    held = x509.load_pem_x509_certificate(papers.certificate.encode())
    key = held.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    for asked in (renewal.asked(), renewal.asked(after_ms=10 * MINUTE_MS)):
        assert int(asked.serial, 16) == held.serial_number
        key.verify(bytes.fromhex(asked.signature), asked.signed, ec.ECDSA(hashes.SHA256()))


def test_until_the_answer_the_old_papers_stay_and_the_new_key_is_in_no_file(
    renewal: Renewal,
) -> None:
    directory = renewal.identity.store.directory
    before = {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    renewal.asked()
    after = {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    assert after == before


def test_without_an_answer_it_asks_again_for_the_same_key_after_10_minutes(
    renewal: Renewal, authority: Authority
) -> None:
    first = renewal.asked()
    assert renewal.question(after_ms=10 * MINUTE_MS - 1) is None
    second = renewal.asked(after_ms=1)
    assert second.nonce != first.nonce
    renewal.answer(authority.answer(first))
    assert renewal.renewed == 0
    # Signed anew each time, and yet of one key: the first one's certificate would do.
    renewal.answer(authority.answer(CertificateRequest(second.nonce, first.csr)))
    assert renewal.renewed == 1


def test_a_new_connection_makes_no_unit_ask_sooner(renewal: Renewal) -> None:
    renewal.asked()
    renewal.errand.connected()
    assert renewal.question(after_ms=MINUTE_MS) is None


def test_another_set_of_authorities_at_the_depot_brings_its_certificate(
    identity: Identity, authority: Authority
) -> None:
    identity.store.install(authority.papers())
    renewal, new = Renewal(identity), Authority("new")
    renewal.utc_ms = None
    both = authority.pem + new.pem
    for same in ("", digest(authority.pem)):
        renewal.errand.told_authorities(same)
        assert renewal.question() is None
    renewal.errand.told_authorities(digest(both))
    renewal.answer(new.answer(renewal.asked(), both))
    assert identity.papers
    assert identity.papers.authorities_digest == digest(both)
    assert renewal.question(after_ms=DAY_MS) is None


def test_a_depot_that_gives_other_authorities_than_it_names_is_asked_once_for_each(
    identity: Identity, authority: Authority
) -> None:
    identity.store.install(authority.papers())
    renewal = Renewal(identity)
    for told in ("1" * 64, "2" * 64):
        renewal.errand.told_authorities(told)
        renewal.answer(authority.answer(renewal.asked(after_ms=DAY_MS)))
        assert renewal.question(after_ms=DAY_MS) is None
    assert renewal.renewed == 2


def test_a_certificate_that_is_born_old_is_not_asked_for_without_pause(
    renewal: Renewal, authority: Authority
) -> None:
    renewal.answer(authority.answer(renewal.asked(), since=-300, until=100))
    assert renewal.renewed == 1
    assert renewal.question(after_ms=10 * MINUTE_MS - 1) is None
    assert renewal.question(after_ms=1)


def test_a_refusal_is_told_once_and_asked_again(
    renewal: Renewal, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        question = renewal.asked(after_ms=10 * MINUTE_MS)
        renewal.answer(Refused(question.nonce, "ben is retired\x1b[2J\nno more"))
    [told] = caplog.messages
    assert "the depot refuses: ben is retired [2J no more" in told
    assert renewal.renewed == 0


WRONG: dict[str, Callable[[Authority, CertificateRequest], Certified]] = {
    "another key": lambda authority, asked: authority.answer(
        CertificateRequest(asked.nonce, signing_request(new_key(), "ben"))
    ),
    "another unit": lambda authority, asked: authority.answer(asked, name="panda"),
    "another authority": lambda authority, asked: Authority("x").answer(asked, authority.pem),
    "ended": lambda authority, asked: authority.answer(asked, since=-9, until=-1),
    "no certificate": lambda _authority, asked: Certified(asked.nonce, "hello", "hello"),
    "no authority": lambda authority, asked: authority.answer(asked, "hello"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_certificate_that_would_not_do_is_told_and_not_used(
    renewal: Renewal, authority: Authority, caplog: pytest.LogCaptureFixture, wrong: str
) -> None:
    before = renewal.identity.papers
    for _ in range(2):
        renewal.answer(WRONG[wrong](authority, renewal.asked(after_ms=10 * MINUTE_MS)))
    [told] = caplog.messages
    assert "what the depot certified cannot be used" in told
    assert renewal.identity.papers == before
    assert renewal.renewed == 0


def test_a_card_that_refuses_costs_nothing_but_time(
    renewal: Renewal, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    before = renewal.identity.papers
    for _ in range(2):
        question = renewal.asked(after_ms=10 * MINUTE_MS)
        with no_room():
            renewal.answer(authority.answer(question))
    [told] = caplog.messages
    assert "cannot be written (File too large)" in told
    assert renewal.identity.papers == before
    renewal.answer(authority.answer(renewal.asked(after_ms=10 * MINUTE_MS)))
    assert renewal.renewed == 1


def test_no_secret_is_in_any_line_or_repr(
    renewal: Renewal, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    renewal.answer(authority.answer(renewal.asked(), name="panda"))
    renewal.answer(authority.answer(renewal.asked(after_ms=10 * MINUTE_MS)))
    papers = renewal.identity.papers
    assert papers
    secret = papers.key.decode().splitlines()[1]
    shown = [repr(papers), repr(renewal.identity), repr(renewal.errand)]
    assert secret not in caplog.text + "".join(shown)
    assert len(caplog.messages) == 2


BYTES = st.binary() | st.text().map(str.encode)
PEMS = st.text() | st.sampled_from([Authority().pem, "-----BEGIN CERTIFICATE-----\nMA==\n"])


@pytest.mark.parametrize("start", [b"", b'{"answer":"certified",', b'{"answer":"refused",'])
@given(rest=BYTES)
def test_no_answer_whatever_its_bytes_ends_the_errand(start: bytes, rest: bytes) -> None:
    renewal = Renewal(Identity(NOWHERE, "ben"))
    renewal.answer(start + rest)
    assert renewal.renewed == 0


@given(certificate=PEMS, authorities=PEMS)
def test_whatever_the_depot_takes_for_a_certificate_there_is_one_kind_of_error(
    certificate: str, authorities: str
) -> None:
    answer = Certified("0" * 16, certificate, authorities)
    with pytest.raises(BadPapers):
        certified(answer, KEY, "ben", LOGIN, None)
