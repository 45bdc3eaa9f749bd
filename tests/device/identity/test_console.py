"""The errand for the console: what is carried to the depot, and what is brought back."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from tests.device.identity.authority import Authority
from triporteur_device.delivery.errands import Errand
from triporteur_device.identity import ConsoleErrand, Identity
from triporteur_wire.requests import (
    CertificateRequest,
    Certified,
    ConsoleRequest,
    Refused,
    decode_console_request,
    encode,
)

MINUTE_MS = 60_000
CSR = "-----BEGIN CERTIFICATE REQUEST-----\nMA==\n"


class Carrying:
    """An errand with the time in the test's hand."""

    def __init__(self, identity: Identity, folder: Path) -> None:
        self.request, self.certified = folder / "request.pem", folder / "console.pem"
        self.mono_ms = 0
        self.errand = ConsoleErrand(identity, self.request, self.certified)
        self.as_errand: Errand = self.errand

    def question(self, after_ms: int = 0) -> ConsoleRequest | None:
        self.mono_ms += after_ms
        sent = self.errand.due(self.mono_ms)
        return decode_console_request(sent) if sent is not None else None

    def asked(self, after_ms: int = 0) -> ConsoleRequest:
        question = self.question(after_ms)
        assert question
        return question

    def answer(self, answer: Certified | Refused | bytes) -> None:
        payload = answer if isinstance(answer, bytes) else encode(answer)
        self.errand.answered(payload, self.mono_ms)


@pytest.fixture
def carrying(identity: Identity, authority: Authority, tmp_path: Path) -> Carrying:
    """Of a unit that is enrolled, whose console wants nothing yet."""
    identity.store.install(authority.papers())
    return Carrying(identity, tmp_path)


def test_it_asks_while_the_console_does(carrying: Carrying) -> None:
    assert carrying.question() is None
    carrying.request.write_text(CSR)
    assert carrying.asked().csr == CSR
    carrying.request.unlink()
    assert carrying.question(after_ms=10 * MINUTE_MS) is None


def test_the_unit_vouches_for_the_request_and_for_nothing_else(
    carrying: Carrying, identity: Identity
) -> None:
    carrying.request.write_text(CSR)
    asked, papers = carrying.asked(), identity.papers
    assert papers
    held = x509.load_pem_x509_certificate(papers.certificate.encode())
    key = held.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert int(asked.serial, 16) == held.serial_number
    key.verify(bytes.fromhex(asked.signature), asked.signed, ec.ECDSA(hashes.SHA256()))
    # Moved to the other question, by whoever can, the signature would be worth nothing.
    elsewhere = CertificateRequest(asked.nonce, asked.csr, asked.serial, asked.signature)
    assert elsewhere.signed != asked.signed


def test_without_an_answer_it_asks_again_after_ten_minutes(carrying: Carrying) -> None:
    carrying.request.write_text(CSR)
    first = carrying.asked()
    assert carrying.question(after_ms=10 * MINUTE_MS - 1) is None
    assert carrying.asked(after_ms=1).nonce != first.nonce


def test_another_request_is_carried_within_a_minute_and_no_faster(carrying: Carrying) -> None:
    carrying.request.write_text(CSR)
    carrying.asked()
    carrying.request.write_text(CSR + "other")
    assert carrying.question(after_ms=MINUTE_MS - 1) is None
    assert carrying.asked(after_ms=1).csr == CSR + "other"


def test_what_is_certified_is_left_for_the_console(carrying: Carrying) -> None:
    carrying.request.write_text(CSR)
    carrying.answer(Certified(carrying.asked().nonce, "a certificate", "authorities"))
    assert carrying.certified.read_text() == "a certificate"
    assert carrying.certified.stat().st_mode & 0o777 == 0o640


def test_an_answer_to_nothing_that_was_asked_is_passed_over(carrying: Carrying) -> None:
    carrying.answer(Certified("0" * 16, "planted", ""))
    carrying.request.write_text(CSR)
    nonce = carrying.asked().nonce
    carrying.answer(Certified("0" * 16, "planted", ""))
    assert not carrying.certified.exists()
    carrying.answer(Certified(nonce, "a certificate", ""))
    carrying.answer(Certified(nonce, "planted", ""))
    assert carrying.certified.read_text() == "a certificate"


def test_a_refusal_is_told_once(carrying: Carrying, caplog: pytest.LogCaptureFixture) -> None:
    carrying.request.write_text(CSR)
    for _ in range(3):
        carrying.answer(Refused(carrying.asked(10 * MINUTE_MS).nonce, "no\x1b[2J\nsuch name"))
    [told] = caplog.messages
    assert "the depot refuses: no [2J such name" in told


def test_a_unit_that_is_not_enrolled_asks_nothing(identity: Identity, tmp_path: Path) -> None:
    carrying = Carrying(identity, tmp_path)
    carrying.request.write_text(CSR)
    assert carrying.question() is None


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _link(path: Path) -> None:
    path.with_name("secret").write_text("what the agent alone may read")
    path.symlink_to(path.with_name("secret"))


HOSTILE: dict[str, Callable[[Path], object]] = {
    "pipe": _pipe,
    "link": _link,
    "folder": lambda path: path.mkdir(),
    "empty": lambda path: path.touch(),
    "no text": lambda path: path.write_text("é"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_console_that_was_taken_over_gets_nothing_carried_that_is_no_text(
    carrying: Carrying, what: str
) -> None:
    HOSTILE[what](carrying.request)
    assert carrying.question() is None


def test_only_so_much_is_carried(carrying: Carrying) -> None:
    carrying.request.write_text("x" * 1_000_000)
    assert len(carrying.asked().csr) == 8_000


@given(payload=st.binary() | st.text().map(str.encode))
def test_no_answer_whatever_its_bytes_ends_the_errand(payload: bytes) -> None:
    nowhere = Path("/dev/null/nowhere")
    ConsoleErrand(Identity(nowhere, "ben"), nowhere, nowhere).answered(payload, 0)
