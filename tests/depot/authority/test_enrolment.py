"""From a bundle to a certificate and on, with broker and registrar each a process."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from tests.depot.authority.caller import Caller
from tests.rig import end, wait_for
from tests.tls import SecuredBroker, signing_request
from triporteur_depot.authority.certificates import Key, new_key
from triporteur_wire.enrolment import Bundle
from triporteur_wire.requests import (
    CertificateRequest,
    Certified,
    Refused,
    decode_certificate_response,
    encode,
    new_nonce,
)
from triporteur_wire.topics import Channel, Verb, topic

pytestmark = pytest.mark.slow


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[SecuredBroker]:
    with SecuredBroker(tmp_path) as made:
        made.start()
        made.start_registrar()
        yield made


def ask(caller: Caller, asker: str, unit: str, key: Key) -> Certified | Refused:
    """What the registrar answers."""
    nonce = new_nonce()
    caller.listen(topic(asker, Channel.RESPONSE, Verb.CERTIFICATE))
    question = encode(CertificateRequest(nonce, signing_request(unit, key)))
    caller.publish(topic(asker, Channel.REQUEST, Verb.CERTIFICATE), question)
    _, payload = wait_for(lambda: caller.heard, "the registrar answers")[-1]
    answer = decode_certificate_response(payload)
    assert answer.nonce == nonce
    return answer


def at_the_door(broker: SecuredBroker, bundle: Bundle) -> Caller:
    context = ssl.create_default_context(cadata=bundle.authorities)
    return Caller(broker.door_port, context=context, login=(bundle.login, bundle.token))


def test_a_bundle_becomes_a_certificate_and_that_another(broker: SecuredBroker) -> None:
    bundle, key = broker.bundle("ben"), new_key()
    with at_the_door(broker, bundle) as newcomer:
        answer = ask(newcomer, bundle.login, "ben", key)
    assert isinstance(answer, Certified)
    assert answer.authorities == bundle.authorities
    papers = broker.keep("ben", key, answer.certificate)
    with Caller(broker.units_port, context=papers.context()) as unit:
        assert unit.is_in
        renewed = ask(unit, "ben", "ben", new_key())
    assert isinstance(renewed, Certified)
    assert renewed.certificate != answer.certificate


def test_a_used_bundle_is_told_so_at_the_door(broker: SecuredBroker) -> None:
    bundle = broker.bundle("ben")
    with at_the_door(broker, bundle) as newcomer:
        ask(newcomer, bundle.login, "ben", new_key())
    with at_the_door(broker, bundle) as another:
        answer = ask(another, bundle.login, "ben", new_key())
    assert isinstance(answer, Refused)
    assert answer.reason.startswith("This bundle was used already. At the depot")


def test_the_registrar_survives_whatever_it_is_asked(broker: SecuredBroker) -> None:
    ben = broker.enrol("ben")
    asks = topic("ben", Channel.REQUEST, Verb.CERTIFICATE)
    nonce = new_nonce()
    hostile = [
        b"",
        b"\xff" * 1000,
        b"[" * 90_000,
        b'{"nonce":"' + nonce.encode() + b'","csr":""}',
        encode(CertificateRequest(nonce, "-----BEGIN CERTIFICATE REQUEST-----\n" + "A" * 30_000)),
        encode(CertificateRequest(nonce, "\0\ud7ff\U0010ffff")),
        b"x" * 900_000,
    ]
    with Caller(broker.units_port, context=ben.context()) as unit:
        for each in hostile:
            assert unit.publish(asks, each) == 0
        assert isinstance(ask(unit, "ben", "ben", new_key()), Certified)


def test_the_registrar_comes_back_with_its_broker(broker: SecuredBroker) -> None:
    ben, log = broker.enrol("ben"), broker.folder / "registrar.log"
    broker.stop()
    wait_for(lambda: "broker: no connection" in log.read_text(), "the registrar notices")
    broker.start()
    wait_for(lambda: log.read_text().count("broker: connected") == 2, "the registrar is back")
    with Caller(broker.units_port, context=ben.context()) as unit:
        assert isinstance(ask(unit, "ben", "ben", new_key()), Certified)
    assert log.read_text().count("broker: no connection") == 1


def test_the_registrar_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    with SecuredBroker(tmp_path) as broker:
        broker.start()
        assert end(broker.start_registrar()) == 0


# A new authority, without a journey


def test_a_unit_that_trusts_the_old_authority_alone_comes_to_the_new_one(
    broker: SecuredBroker,
) -> None:
    ben, key = broker.enrol("ben"), new_key()
    old = ben.context()
    said = broker.command("rollover", "--authority")
    assert "Restart the broker" in said
    for restarted in (False, True):
        if restarted:
            broker.stop()
            broker.start()
        with Caller(broker.units_port, context=old) as unit:
            assert unit.is_in
    registrar = broker.folder / "registrar.log"
    wait_for(lambda: registrar.read_text().count("connected") == 2, "the registrar is back")
    with Caller(broker.units_port, context=old) as unit:
        answer = ask(unit, "ben", "ben", key)
    assert isinstance(answer, Certified)
    assert len(x509.load_pem_x509_certificates(answer.authorities.encode())) == 2
    renewed = broker.keep("ben", key, answer.certificate)
    assert broker.attempt("rollover", "--forget-old").returncode == 0
    broker.stop()
    broker.start()
    with Caller(broker.units_port, context=renewed.context()) as unit:
        assert unit.is_in
    with (
        socket.create_connection(("localhost", broker.units_port)) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        old.wrap_socket(plain, server_hostname="localhost")


def test_a_new_certificate_needs_no_restart_of_the_broker(broker: SecuredBroker) -> None:
    ben = broker.enrol("ben").context()
    before = broker.directory / "private" / "broker.pem"
    first = before.read_bytes()
    assert "The broker knows." in broker.command("rollover")
    assert before.read_bytes() != first
    leaf = x509.load_pem_x509_certificate(before.read_bytes())

    def presented() -> bool:
        der = ssl.get_server_certificate(("localhost", broker.door_port))
        return x509.load_pem_x509_certificate(der.encode()) == leaf

    wait_for(presented, "the broker shows the new one")
    with Caller(broker.units_port, context=ben) as unit:
        assert unit.is_in


def test_a_certificate_of_the_new_authority_can_be_revoked_and_so_can_an_old_one(
    broker: SecuredBroker,
) -> None:
    old = broker.enrol("old").context()
    broker.command("rollover", "--authority")
    new = broker.enrol("new").context()
    for unit, context in (("old", old), ("new", new)):
        with Caller(broker.units_port, context=context) as caller:
            assert caller.is_in
        broker.command("revoke", unit)
        with Caller(broker.units_port, context=context) as caller:
            assert not caller.is_in
