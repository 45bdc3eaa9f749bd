"""Papers, and the road to a real broker: each fault planted, and the doctor's sentence for it."""

import os
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.device.doctor.patient import (
    MYSELF,
    NOW_MS,
    STATUS,
    Patient,
    is_attention,
    is_well,
    is_wrong,
)
from tests.device.identity.authority import DAY_MS, Authority
from tests.device.identity.authority import NOW_MS as TODAY_MS
from tests.device.identity.tls_server import TlsServer
from tests.rig import free_port, wait_for
from tests.tls import SecuredBroker
from triporteur_device.config import DeviceConfig
from triporteur_device.delivery.connection import Broker, Connection
from triporteur_device.doctor.bedside import Acting
from triporteur_device.doctor.broker import broker
from triporteur_device.doctor.papers import enrolment, key
from triporteur_device.identity import Identity
from triporteur_device.identity.store import Store
from triporteur_device.snapshot import TROUBLE_NAME
from triporteur_wire.findings import Answer


@pytest.fixture
def config(patient: Patient) -> DeviceConfig:
    return patient.configured()


def store(config: DeviceConfig) -> Store:
    made = Store(Path(config.identity.directory))
    made.secure()
    return made


# Papers


def test_a_unit_without_papers_is_told_both_steps(config: DeviceConfig) -> None:
    answer = enrolment(config, TODAY_MS)
    assert is_wrong(answer, "not enrolled", "triporteur-depot enrol ben", "enrol FILE")


def test_a_bundle_that_waits_is_told_with_what_is_in_the_way(
    config: DeviceConfig, authority: Authority
) -> None:
    store(config).put_bundle(authority.bundle())
    assert is_attention(enrolment(config, TODAY_MS), "as soon as there is a network")
    trouble = Path(config.snapshot.path).with_name(TROUBLE_NAME)
    trouble.parent.mkdir()
    trouble.write_text("depot:8884 does not answer")
    assert is_attention(enrolment(config, TODAY_MS), "the agent says: depot:8884 does not answer")


def test_a_pipe_in_the_place_of_the_agents_word_holds_no_doctor_up(
    config: DeviceConfig, authority: Authority
) -> None:
    store(config).put_bundle(authority.bundle())
    trouble = Path(config.snapshot.path).with_name(TROUBLE_NAME)
    trouble.parent.mkdir()
    os.mkfifo(trouble)
    assert is_attention(enrolment(config, TODAY_MS), "a bundle waits")


def test_papers_in_their_dates_are_well(config: DeviceConfig, authority: Authority) -> None:
    store(config).install(authority.papers())
    assert is_well(enrolment(config, TODAY_MS), "until 20")
    assert is_well(enrolment(config, None), "nobody knows")


@pytest.mark.parametrize(("days", "judged"), [(-1, is_wrong), (30, is_attention)])
def test_papers_that_ended_or_end_soon(
    config: DeviceConfig, authority: Authority, days: float, judged: object
) -> None:
    store(config).install(authority.papers(since=-400, until=days))
    assert callable(judged)
    assert judged(enrolment(config, TODAY_MS), "the certificate end")


def test_papers_of_another_unit_are_told(config: DeviceConfig, authority: Authority) -> None:
    store(config).install(authority.papers("panda"))
    assert is_wrong(enrolment(config, TODAY_MS), "of 'panda'", "names this unit 'ben'")


def test_damaged_papers_are_told(config: DeviceConfig, authority: Authority) -> None:
    kept = store(config)
    kept.install(authority.papers())
    (kept.folder(kept.generation() or "") / "certificate.pem").write_text("nothing")
    assert is_wrong(enrolment(config, TODAY_MS), "damaged", "triporteur-depot replace ben")


def test_a_unit_that_speaks_in_plain_is_told(patient: Patient) -> None:
    assert is_attention(enrolment(patient.configured(mqtt="tls = false"), None), "in plain")


def test_a_key_that_others_can_read_is_wrong_and_is_left_as_it_is(
    config: DeviceConfig, authority: Authority
) -> None:
    kept = store(config)
    kept.install(authority.papers())
    assert is_well(key(config, MYSELF), "closed to everybody")
    opened = kept.folder(kept.generation() or "") / "key.pem"
    opened.chmod(0o644)
    assert is_wrong(key(config, MYSELF), "can read", "key.pem")
    assert opened.stat().st_mode & 0o777 == 0o644


def test_a_key_that_is_not_the_agents_is_wrong(config: DeviceConfig, authority: Authority) -> None:
    store(config).install(authority.papers())
    agent = Acting(os.getuid() + 1, frozenset())
    assert is_wrong(key(config, agent), "chown -R")


# The broker


def ask(config: DeviceConfig) -> Answer:
    return broker(config, None, clock_is_vouched=True)


def with_papers(patient: Patient, authority: Authority, port: int, host: str) -> DeviceConfig:
    config = patient.configured(host=host, mqtt=f"port = {port}")
    store(config).install(authority.papers())
    return config


def test_where_the_agent_is_connected_nothing_is_tried(config: DeviceConfig) -> None:
    assert is_well(broker(config, STATUS, clock_is_vouched=True), "the agent is connected")


def test_without_papers_nobody_is_asked(config: DeviceConfig) -> None:
    assert is_attention(ask(config), "was not asked", "not enrolled")


def test_a_port_where_nobody_listens_is_told(patient: Patient, authority: Authority) -> None:
    config = with_papers(patient, authority, free_port(), "127.0.0.1")
    assert is_wrong(ask(config), "cannot be reached (Connection refused)", "[mqtt] host")


def test_a_name_that_nobody_knows_is_told(patient: Patient, authority: Authority) -> None:
    config = with_papers(patient, authority, 8883, "depot.invalid")
    assert is_wrong(ask(config), "no network knows the name depot.invalid:8883")


def test_something_else_on_the_port_is_told(patient: Patient, authority: Authority) -> None:
    with TlsServer(None) as mail:
        config = with_papers(patient, authority, mail.port, "127.0.0.1")
        assert is_wrong(ask(config), "does not speak TLS as we do")


def test_a_depot_of_another_authority_is_told(patient: Patient, authority: Authority) -> None:
    key_pem, certificate = Authority("other").broker()
    papers = patient.folder / "other.pem"
    papers.write_text(key_pem + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers)
    with TlsServer(context) as other:
        config = with_papers(patient, authority, other.port, "127.0.0.1")
        assert is_wrong(ask(config), "certified by no authority this unit knows")


def test_a_broker_that_says_nothing_of_mqtt_is_told(patient: Patient) -> None:
    with TlsServer(None) as mail:
        config = patient.configured(mqtt=f"port = {mail.port}\ntls = false")
        assert is_wrong(ask(config), f"127.0.0.1:{mail.port}")


@pytest.fixture(scope="module")
def depot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredBroker]:
    with SecuredBroker(tmp_path_factory.mktemp("depot")) as made:
        made.start()
        yield made


def enrolled(patient: Patient, depot: SecuredBroker, unit: str) -> DeviceConfig:
    patient.configured(host="localhost", mqtt=f"port = {depot.units_port}")
    text = patient.toml.read_text().replace('name = "ben"', f'name = "{unit}"')
    directory = depot.enrol(unit).directory
    patient.toml.write_text(text.replace(str(patient.folder / "state/identity"), str(directory)))
    from triporteur_device.config import load

    return load(patient.toml)


@pytest.mark.slow
def test_the_depots_broker_lets_a_unit_in_and_not_one_that_is_revoked(
    patient: Patient, depot: SecuredBroker
) -> None:
    config = enrolled(patient, depot, "ben")
    assert is_well(ask(config), "lets this unit in")
    depot.command("revoke", "ben")
    assert is_wrong(ask(config), "hung up", "revoked")


class Deaf:
    """Hears what happens to a connection, and remembers that it was greeted."""

    def __init__(self) -> None:
        self.greetings = 0
        self.partings: list[str] = []

    def greeted(self, _reason: object) -> None:
        self.greetings += 1

    def unreachable(self, why: str) -> None:
        self.partings.append(why)

    parted = unreachable

    def heard(self, _message: object) -> None: ...

    def answered(self, _mid: int, _reason: object) -> None: ...


@pytest.mark.slow
def test_an_agent_that_is_connected_all_the_same_comes_back_by_itself(
    patient: Patient, depot: SecuredBroker
) -> None:
    """Only where its snapshot was not yet written: the doctor takes its place for a moment."""
    config = enrolled(patient, depot, "panda")
    identity = Identity(Path(config.identity.directory), "panda")
    listener = Deaf()
    where = Broker("localhost", depot.units_port, 5, "panda")
    agent = Connection(where, identity.context_each_time(lambda: True), listener)
    agent.open()
    try:
        wait_for(lambda: listener.greetings, "the agent is connected")
        assert is_well(ask(config))
        wait_for(lambda: listener.greetings > 1, "the agent is connected again")
    finally:
        agent.close()


def test_the_authority_of_these_tests_is_of_today() -> None:
    assert abs(NOW_MS - TODAY_MS) < 3650 * DAY_MS
