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
from triporteur_wire.enrolment import Bundle, decode_bundle
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

#: MQTT 5: a clean start, a keepalive of 60 s; and all that is answered to ben.
CONNECT = b"\x10\x0d\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x00"
ANSWERS = topic("ben", Channel.RESPONSE, Verb.CERTIFICATE).encode()
SUBSCRIBE = bytes([0x82, len(ANSWERS) + 6, 0, 1, 0, 0, len(ANSWERS)]) + ANSWERS + b"\x01"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[SecuredBroker]:
    with SecuredBroker(tmp_path) as made:
        made.start()
        made.start_registrar()
        yield made


def ask(caller: Caller, asker: str, question: CertificateRequest) -> Certified | Refused:
    """What the registrar answers."""
    caller.listen(topic(asker, Channel.RESPONSE, Verb.CERTIFICATE))
    caller.publish(topic(asker, Channel.REQUEST, Verb.CERTIFICATE), encode(question))
    _, payload = wait_for(lambda: caller.heard, "the registrar answers")[-1]
    answer = decode_certificate_response(payload)
    assert answer.nonce == question.nonce
    return answer


def first_question(unit: str, key: Key) -> CertificateRequest:
    """A newcomer's, who has nothing to prove with."""
    return CertificateRequest(new_nonce(), signing_request(unit, key))


def at_the_door(broker: SecuredBroker, bundle: Bundle) -> Caller:
    context = ssl.create_default_context(cadata=bundle.authorities)
    return Caller(broker.door_port, context=context, login=(bundle.login, bundle.token))


def publication(payload: bytes) -> bytes:
    """A question of ben's as MQTT has it, QoS 0."""
    asks = topic("ben", Channel.REQUEST, Verb.CERTIFICATE).encode()
    size = len(asks) + len(payload) + 3
    return bytes([0x30, size & 0x7F | 0x80, size >> 7, 0, len(asks)]) + asks + b"\0" + payload


def test_a_bundle_becomes_a_certificate_and_that_another(broker: SecuredBroker) -> None:
    bundle, key = broker.bundle("ben"), new_key()
    with at_the_door(broker, bundle) as newcomer:
        answer = ask(newcomer, bundle.login, first_question("ben", key))
    assert isinstance(answer, Certified)
    assert answer.authorities == bundle.authorities
    papers = broker.keep("ben", key, answer.certificate)
    with Caller(broker.units_port, context=papers.context()) as unit:
        assert unit.is_in
        renewed = ask(unit, "ben", papers.question(new_key()))
    assert isinstance(renewed, Certified)
    assert renewed.certificate != answer.certificate


def test_a_used_bundle_is_told_so_at_the_door(broker: SecuredBroker) -> None:
    bundle = broker.bundle("ben")
    with at_the_door(broker, bundle) as newcomer:
        ask(newcomer, bundle.login, first_question("ben", new_key()))
    with at_the_door(broker, bundle) as another:
        answer = ask(another, bundle.login, first_question("ben", new_key()))
    assert isinstance(answer, Refused)
    assert answer.reason.startswith(
        "This bundle was used already. For another card of ben, at the depot"
    )


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
        assert isinstance(ask(unit, "ben", ben.question(new_key())), Certified)


def test_the_registrar_comes_back_with_its_broker(broker: SecuredBroker) -> None:
    ben, log = broker.enrol("ben"), broker.folder / "registrar.log"
    broker.stop()
    wait_for(lambda: "broker: no connection" in log.read_text(), "the registrar notices")
    broker.start()
    wait_for(lambda: log.read_text().count("broker: connected") == 2, "the registrar is back")
    with Caller(broker.units_port, context=ben.context()) as unit:
        assert isinstance(ask(unit, "ben", ben.question(new_key())), Certified)
    assert log.read_text().count("broker: no connection") == 1


def test_the_registrar_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    with SecuredBroker(tmp_path) as broker:
        broker.start()
        assert end(broker.start_registrar()) == 0


# What a thief tries


def test_a_stolen_card_gets_no_certificate_on_a_connection_it_began_before(
    broker: SecuredBroker,
) -> None:
    """TLS is done and the greeting is not when the card is revoked, and the unit has another."""
    stolen = broker.enrol("ben")
    with (
        socket.create_connection(("localhost", broker.units_port)) as plain,
        stolen.context().wrap_socket(plain, server_hostname="localhost") as thief,
    ):
        thief.sendall(CONNECT[:5])
        broker.command("revoke", "ben")
        broker.command("replace", "ben", "--out", str(broker.folder / "another"))
        bundle = decode_bundle((broker.folder / "another").read_bytes())
        with at_the_door(broker, bundle) as newcomer:
            first = ask(newcomer, bundle.login, first_question("ben", new_key()))
        assert isinstance(first, Certified)
        thief.sendall(CONNECT[5:] + SUBSCRIBE)
        for question in (stolen.question(new_key()), first_question("ben", new_key())):
            thief.sendall(publication(encode(question)))
            said = b""
            while b"}" not in said:
                said += thief.recv(20_000)
            answer = decode_certificate_response(said[said.index(b"{") :])
            assert isinstance(answer, Refused)
            assert "of ben" in answer.reason


def test_who_is_no_unit_is_not_certified(broker: SecuredBroker) -> None:
    log = broker.folder / "registrar.log"
    login, asks = ("depot", broker.depot_password()), (Channel.REQUEST, Verb.CERTIFICATE)
    with Caller(broker.local_port, login=login, client_id="another") as depot:
        question = encode(first_question("depot", new_key()))
        assert depot.publish(topic("depot", *asks), question) == 0x87
        bundle = broker.bundle("ben")
        # The depot may clear what was asked, and so ask: it is neither a newcomer nor a unit.
        depot.publish(topic(bundle.login, *asks), encode(first_question("ben", new_key())))
        depot.publish(topic("ben", *asks), encode(first_question("ben", new_key())))
        wait_for(lambda: "ben asked for a certificate and was refused" in log.read_text(), "no")
    assert f"{bundle.login} asked" not in log.read_text()
    assert "has a certificate" not in log.read_text()


def test_a_question_that_was_kept_is_not_answered(broker: SecuredBroker) -> None:
    ben, log = broker.enrol("ben"), broker.folder / "registrar.log"
    asks = topic("ben", Channel.REQUEST, Verb.CERTIFICATE)
    with Caller(broker.units_port, context=ben.context()) as unit:
        unit.publish(asks, encode(ben.question(new_key())), retain=True)
        unit.publish(asks, encode(ben.question(new_key())))
        wait_for(lambda: log.read_text().count("ben has a certificate") == 2, "both are answered")
        broker.stop()
        broker.start()
        wait_for(lambda: log.read_text().count("broker: connected") == 2, "the registrar is back")
    with Caller(broker.units_port, context=ben.context()) as unit:
        unit.publish(asks, encode(first_question("ben", new_key())))
        wait_for(lambda: "ben asked" in log.read_text(), "what is asked now is answered")
    assert log.read_text().count("ben has a certificate") == 2


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
        answer = ask(unit, "ben", ben.question(key))
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
