"""Certificates for units' consoles: for whom, under which names, and what they are good for."""

import ssl
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.depot.authority.counter import DAY_MS, NONCE, Counter
from triporteur_depot.authority import consoles, issued
from triporteur_depot.authority.certificates import Key, new_key
from triporteur_depot.authority.console_registrar import ConsoleRegistrar
from triporteur_depot.database import open_writer
from triporteur_wire.requests import CertificateRequest, Certified, ConsoleRequest, Refused

pytestmark = pytest.mark.slow

NAME = "ben.triporteur.internal"
KEY = new_key()


def csr(*names: str, key: Key | rsa.RSAPrivateKey = KEY, subject: str = "") -> str:
    common = [x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)] if subject else []
    request = x509.CertificateSigningRequestBuilder(x509.Name(common))
    if names:
        found = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        request = request.add_extension(found, critical=True)
    return request.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


class Window:
    """Where units ask for their consoles."""

    def __init__(self, folder: Path) -> None:
        self.counter = Counter(folder)
        self.registrar = ConsoleRegistrar(
            self.counter.vault,
            partial(open_writer, self.counter.database),
            lambda: self.counter.now_ms,
            ("triporteur.internal", "trike.example"),
            ("Broker.Trike.example",),
        )

    def enrol(self, *units: str) -> None:
        for unit in units:
            self.counter.enrol(unit)

    def prove(self, question: ConsoleRequest, unit: str = "ben") -> ConsoleRequest:
        held = self.counter.held[unit]
        signature = held.key.sign(question.signed, ec.ECDSA(hashes.SHA256())).hex()
        return replace(question, serial=held.serial, signature=signature)

    def ask(self, request: str, unit: str = "ben") -> Certified | Refused:
        return self.registrar.answer(unit, self.prove(ConsoleRequest(NONCE, request, "0"), unit))

    def certified(self, request: str, unit: str = "ben") -> x509.Certificate:
        answer = self.ask(request, unit)
        assert isinstance(answer, Certified), answer
        return x509.load_pem_x509_certificate(answer.certificate.encode())

    def refused(self, request: str, unit: str = "ben") -> str:
        answer = self.ask(request, unit)
        assert isinstance(answer, Refused), answer
        return answer.reason


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    made = Window(tmp_path)
    made.enrol("ben", "zoe", "broker")
    yield made
    made.counter.connection.close()


def test_a_console_s_certificate_is_a_server_s_and_no_unit_s(window: Window) -> None:
    made = window.certified(csr(NAME))
    [authority] = window.counter.vault.authorities()
    made.verify_directly_issued_by(authority.certificate)
    assert made.public_key() == KEY.public_key()
    assert made.subject.rfc4514_string() == "CN=Triporteur console"
    found = made.extensions
    uses = found.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(uses) == [ExtendedKeyUsageOID.SERVER_AUTH]
    names = found.get_extension_for_class(x509.SubjectAlternativeName).value
    assert list(names) == [x509.DNSName(NAME)]
    assert not found.get_extension_for_class(x509.BasicConstraints).value.ca
    assert made.not_valid_after_utc == window.counter.now + timedelta(days=400)


def test_it_may_be_called_after_the_unit_in_every_domain_of_the_depot(window: Window) -> None:
    made = window.certified(csr("ben.trike.example", NAME))
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["ben.trike.example", NAME]


@pytest.mark.parametrize(
    "name",
    [
        "zoe.triporteur.internal",
        "*.triporteur.internal",
        "triporteur.internal",
        "a.ben.triporteur.internal",
        "ben.triporteur.internal.evil.example",
        "www.gouv.fr",
        "ben",
        "BEN.triporteur.internal",
        "ben.triporteur.internal\x00.fr",
    ],
)
def test_no_unit_may_stand_in_for_anything_else(window: Window, name: str) -> None:
    for request in (csr(name), csr(NAME, name)):
        said = window.refused(request)
        assert "its console may be called: ben.triporteur.internal, ben.trike.example." in said
    assert consoles.find(window.counter.vault.directory, "ben") is None


def test_no_console_is_called_as_the_broker_is(window: Window) -> None:
    assert "may be called: broker.triporteur.internal." in window.refused(
        csr("broker.trike.example"), "broker"
    )


def test_what_else_is_asked_for_is_not_given(window: Window) -> None:
    names = x509.SubjectAlternativeName(
        [x509.DNSName(NAME), x509.RFC822Name("a@b.fr"), x509.UniformResourceIdentifier("x://y")]
    )
    greedy = (
        x509.CertificateSigningRequestBuilder(
            x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "zoe")])
        )
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(KEY, hashes.SHA256())
    )
    made = window.certified(greedy.public_bytes(Encoding.PEM).decode())
    assert made.subject.rfc4514_string() == "CN=Triporteur console"
    found = made.extensions
    assert list(found.get_extension_for_class(x509.SubjectAlternativeName).value) == [
        x509.DNSName(NAME)
    ]
    assert not found.get_extension_for_class(x509.BasicConstraints).value.ca
    assert list(found.get_extension_for_class(x509.ExtendedKeyUsage).value) == [
        ExtendedKeyUsageOID.SERVER_AUTH
    ]


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ("hello", "no PKCS #10"),
        (csr(), "bears no names"),
        (csr(subject=NAME), "bears no names"),
        (csr(*(f"{number}.fr" for number in range(6))), "1 to 5 names"),
    ],
    ids=["no request", "no names", "a subject alone", "many names"],
)
def test_a_bad_request_is_refused_in_words(window: Window, request_: str, said: str) -> None:
    assert said in window.refused(request_)


def test_an_rsa_key_is_refused_in_words(window: Window) -> None:
    key = rsa.generate_private_key(65537, 2048)
    assert "must be an EC key" in window.refused(csr(NAME, key=key))


def test_the_unit_must_vouch_for_it(window: Window) -> None:
    good = window.prove(ConsoleRequest(NONCE, csr(NAME), "0"))
    others = window.prove(ConsoleRequest(NONCE, csr(NAME), "0"), "zoe")
    for wrong in (
        replace(good, signature=""),
        replace(good, csr=csr(NAME, key=new_key())),
        replace(good, nonce="f" * 16),
        replace(good, serial="abc"),
        others,
    ):
        answer = window.registrar.answer("ben", wrong)
        assert isinstance(answer, Refused)
    assert isinstance(window.registrar.answer("ben", good), Certified)


def test_a_question_for_one_purpose_is_none_for_the_other(window: Window) -> None:
    """Who can move messages must not have the console's key certified as the unit's."""
    as_unit = csr(NAME, subject="ben")
    for_console = window.prove(ConsoleRequest(NONCE, as_unit, "0"))
    moved = CertificateRequest(NONCE, as_unit, for_console.serial, for_console.signature)
    answer = window.counter.registrar.answer("ben", moved)
    assert isinstance(answer, Refused)
    assert "not signed by the key of ben" in answer.reason
    for_unit = window.counter.held["ben"].prove(CertificateRequest(NONCE, as_unit))
    back = ConsoleRequest(NONCE, as_unit, for_unit.serial, for_unit.signature)
    assert isinstance(window.registrar.answer("ben", back), Refused)


def test_a_console_s_certificate_proves_nothing_about_the_unit(window: Window) -> None:
    made = window.certified(csr(NAME))
    assert issued.find(window.counter.connection, f"{made.serial_number:x}") is None
    question = CertificateRequest(NONCE, csr(subject="ben"), f"{made.serial_number:x}")
    signature = KEY.sign(question.signed, ec.ECDSA(hashes.SHA256())).hex()
    answer = window.counter.registrar.answer("ben", replace(question, signature=signature))
    assert isinstance(answer, Refused)


def test_who_was_shut_out_gets_none(window: Window) -> None:
    window.counter.revoke("ben")
    assert window.refused(csr(NAME)) == "ben was shut out."


def test_a_lost_answer_is_given_again_for_a_day(window: Window) -> None:
    first = window.certified(csr(NAME))
    assert window.certified(csr(NAME)) == first
    assert window.certified(csr(NAME, key=new_key())) != first
    second = window.certified(csr(NAME))
    window.counter.now_ms += DAY_MS
    assert window.certified(csr(NAME)) != second


def test_one_that_asks_and_asks_is_told_to_wait(window: Window) -> None:
    for _ in range(10):
        window.certified(csr(NAME, key=new_key()))
    said = window.refused(csr(NAME, key=new_key()))
    assert said == "ben was given 10 certificates today. Ask tomorrow."
    window.certified(csr("zoe.triporteur.internal"), "zoe")
    window.counter.now_ms += DAY_MS
    window.certified(csr(NAME, key=new_key()))


def test_the_certificate_is_what_a_phone_takes_that_trusts_the_authority(
    window: Window, tmp_path: Path
) -> None:
    """And one that knows the older authority alone, after a new one was made."""
    older = window.counter.vault.authorities()[0].certificate
    window.counter.vault.succeed(window.counter.now)
    answer = window.ask(csr(NAME))
    assert isinstance(answer, Certified)
    assert answer.certificate.count("BEGIN CERTIFICATE") == 2
    leaf, cross = x509.load_pem_x509_certificates(answer.certificate.encode())
    leaf.verify_directly_issued_by(cross)
    cross.verify_directly_issued_by(older)
    ssl.create_default_context(cadata=older.public_bytes(Encoding.PEM).decode())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(request_=st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_whatever_is_asked_with_is_refused_in_a_sentence(window: Window, request_: str) -> None:
    assert window.refused(request_)
