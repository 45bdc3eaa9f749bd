"""First contact with the depot's own broker and registrar, from a bundle to a renewal."""

import logging
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.device.identity.authority import DAY_MS, NOW_MS
from tests.rig import wait_for
from tests.tls import SecuredBroker
from triporteur_device.identity import CertificateErrand, FirstContact, Identity
from triporteur_device.identity.contact import ContactRefused
from triporteur_device.identity.door import ContactFailed
from triporteur_wire.enrolment import Bundle, decode_bundle
from triporteur_wire.topics import Channel, Verb, topic

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def depot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredBroker]:
    with SecuredBroker(tmp_path_factory.mktemp("depot")) as made:
        made.start()
        made.start_registrar()
        yield made


class Newcomer:
    """A unit of its own name, with its contact run by the test or in a thread."""

    def __init__(self, folder: Path, name: str) -> None:
        self.identity = Identity(folder / name, name)
        self.enrolled = threading.Event()
        self.utc_ms: int | None = None
        self.contact = FirstContact(self.identity, lambda: self.utc_ms, self.enrolled.set)

    def once(self) -> bool:
        return self.contact.once(threading.Event())

    @contextmanager
    def running(self) -> Iterator[None]:
        stop = threading.Event()
        thread = threading.Thread(target=self.contact.run, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


@pytest.fixture
def newcomer(tmp_path: Path, request: pytest.FixtureRequest) -> Newcomer:
    """Named after the test, so that each enrols at the one depot."""
    name = request.node.name.removeprefix("test_").replace("_", "-")[:32].rstrip("-")
    return Newcomer(tmp_path, name)


def replacement(depot: SecuredBroker, unit: str) -> Bundle:
    """What the depot makes for a unit that it has certified before."""
    path = depot.folder / f"{unit}.again"
    depot.command("replace", unit, "--out", str(path))
    return decode_bundle(path.read_bytes())


@contextmanager
def connected(context: ssl.SSLContext, port: int) -> Iterator[mqtt.Client]:
    """A connection with the unit's certificate, made by paho as the publisher makes it."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.tls_set_context(context)
    client.connect("localhost", port)
    client.loop_start()
    try:
        wait_for(client.is_connected, "the broker lets the unit in")
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def test_a_bundle_lets_the_unit_in_and_is_gone(depot: SecuredBroker, newcomer: Newcomer) -> None:
    identity = newcomer.identity
    identity.store.put_bundle(depot.bundle(identity.unit))
    assert newcomer.once()
    assert identity.enrolled
    assert newcomer.enrolled.is_set()
    assert not identity.pending
    assert sorted(path.name for path in identity.store.directory.iterdir()) == sorted(
        ["current", "contact.lock", str(identity.store.generation())]
    )
    with connected(identity.context(clock_is_vouched=True), depot.units_port):
        pass
    assert newcomer.once() is False


def test_a_running_unit_uses_a_bundle_as_soon_as_it_is_there(
    depot: SecuredBroker, newcomer: Newcomer, caplog: pytest.LogCaptureFixture
) -> None:
    bundle = depot.bundle(newcomer.identity.unit)
    caplog.set_level(logging.INFO)
    with newcomer.running():
        newcomer.identity.store.put_bundle(bundle)
        assert newcomer.enrolled.wait(120)
    [told] = caplog.messages
    assert told.startswith("enrolment: done; certified until ")
    assert bundle.token not in caplog.text


def test_a_depot_that_is_away_is_tried_until_it_is_back(
    depot: SecuredBroker, newcomer: Newcomer, caplog: pytest.LogCaptureFixture
) -> None:
    newcomer.identity.store.put_bundle(depot.bundle(newcomer.identity.unit))
    depot.stop()
    with newcomer.running():
        wait_for(lambda: caplog.messages, "the first attempt fails")
        depot.start()
        assert newcomer.enrolled.wait(120)
    lost = [told for told in caplog.messages if "cannot be reached" in told]
    assert len(lost) == 1


def test_a_lost_answer_is_given_again_for_the_same_key(
    depot: SecuredBroker, newcomer: Newcomer
) -> None:
    store = newcomer.identity.store
    bundle = depot.bundle(newcomer.identity.unit)
    store.put_bundle(bundle)
    key = store.bundle_key()
    assert newcomer.once()
    given = newcomer.identity.papers
    # As if it had never arrived: no papers, and bundle and key still there.
    (store.directory / "current").unlink()
    store.put_bundle(bundle)
    (store.directory / "key.pem").write_bytes(key)
    assert not newcomer.identity.enrolled
    assert newcomer.once()
    assert newcomer.identity.papers == given


def test_a_bundle_that_was_used_is_refused_until_a_new_one_comes(
    depot: SecuredBroker, newcomer: Newcomer, caplog: pytest.LogCaptureFixture
) -> None:
    unit, store = newcomer.identity.unit, newcomer.identity.store
    used = depot.bundle(unit)
    thief = Newcomer(store.directory, unit)
    thief.identity.store.put_bundle(used)
    assert thief.once()
    store.put_bundle(used)
    with newcomer.running():
        wait_for(lambda: "the depot refuses" in caplog.text, "the depot refuses")
        store.put_bundle(replacement(depot, unit))
        assert newcomer.enrolled.wait(120)
    [told] = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert "the depot refuses: This bundle was used already" in told


def test_refusals_are_refusals_and_what_may_pass_is_not(
    depot: SecuredBroker, newcomer: Newcomer
) -> None:
    unit, store = newcomer.identity.unit, newcomer.identity.store
    old = depot.bundle(unit)
    new = depot.bundle(unit)
    store.put_bundle(old)
    with pytest.raises(ContactRefused, match="This bundle was withdrawn"):
        newcomer.once()
    store.put_bundle(msgspec.structs.replace(new, token="0" * 64))
    with pytest.raises(ContactFailed, match="does not know this bundle") as failed:
        newcomer.once()
    assert not isinstance(failed.value, ContactRefused)


def test_a_bundle_whose_papers_are_in_use_is_swept_away_unused(
    depot: SecuredBroker, newcomer: Newcomer
) -> None:
    store = newcomer.identity.store
    bundle = depot.bundle(newcomer.identity.unit)
    store.put_bundle(bundle)
    assert newcomer.once()
    papers = newcomer.identity.papers
    store.put_bundle(bundle)  # as after a power cut between use and removal
    assert newcomer.once() is False
    assert not newcomer.identity.pending
    assert newcomer.identity.papers == papers


def test_with_a_new_bundle_a_unit_enrols_anew_under_a_new_key(
    depot: SecuredBroker, newcomer: Newcomer
) -> None:
    identity = newcomer.identity
    identity.store.put_bundle(depot.bundle(identity.unit))
    assert newcomer.once()
    before = identity.papers
    identity.store.put_bundle(replacement(depot, identity.unit))
    assert identity.papers == before
    assert newcomer.once()
    after = identity.papers
    assert before
    assert after
    assert (after.key, after.login) != (before.key, before.login)


def test_while_another_process_is_at_the_door_this_one_waits(
    depot: SecuredBroker, newcomer: Newcomer
) -> None:
    newcomer.identity.store.put_bundle(depot.bundle(newcomer.identity.unit))
    with Identity(newcomer.identity.store.directory, newcomer.identity.unit).store.contact():
        assert newcomer.once() is False
        assert newcomer.identity.pending
    assert newcomer.once()


def test_a_renewal_goes_the_units_own_way_and_the_next_connection_shows_it(
    depot: SecuredBroker, newcomer: Newcomer
) -> None:
    identity = newcomer.identity
    identity.store.put_bundle(depot.bundle(identity.unit))
    assert newcomer.once()
    before = identity.papers
    renewed = threading.Event()
    in_seven_months = NOW_MS + 210 * DAY_MS
    errand = CertificateErrand(identity, lambda: in_seven_months, renewed.set)
    context = identity.context_each_time(lambda: True)
    with connected(context, depot.units_port) as client:
        client.on_message = lambda _c, _u, message: errand.answered(bytes(message.payload), 0)
        client.subscribe(topic(identity.unit, Channel.RESPONSE, "+"), qos=1)
        question = errand.due(0)
        assert question
        client.publish(topic(identity.unit, Channel.REQUEST, Verb.CERTIFICATE), question, qos=1)
        assert renewed.wait(120)
    after = identity.papers
    assert before
    assert after
    assert after.key != before.key
    with connected(context, depot.units_port):
        pass
