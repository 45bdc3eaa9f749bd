"""What a connection asks for, what it costs, and how it meets a broker that shuts the unit out."""

import queue
import ssl
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from paho.mqtt.client import MQTTMessage
from paho.mqtt.reasoncodes import ReasonCode

from tests.depot.scripted_broker import CONNECT, PUBLISH, ScriptedBroker
from tests.device.identity.authority import HOST, Authority
from tests.device.identity.handshake import broker_context
from tests.device.identity.tls_server import TlsServer
from tests.rig import free_port, wait_for
from triporteur_device.delivery.connection import Broker, Connection
from triporteur_device.delivery.link_meter import LinkMeter
from triporteur_device.identity import Identity
from triporteur_wire.parcels import MAX_PARCEL_BYTES

LONG_S = 120


#: Real delays between real attempts.
pytestmark = pytest.mark.slow


class Ear:
    """Hears what a connection tells."""

    def __init__(self) -> None:
        self.greetings: queue.SimpleQueue[ReasonCode] = queue.SimpleQueue()
        self.losses: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.messages: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def greeted(self, reason: ReasonCode) -> None:
        self.greetings.put(reason)

    def unreachable(self, why: str) -> None:
        self.losses.put(why)

    def parted(self, why: str) -> None:
        self.losses.put(why)

    def heard(self, message: MQTTMessage) -> None:
        self.messages.put(bytes(message.payload))

    def answered(self, mid: int, reason: ReasonCode) -> None:
        """Nothing is sent here."""


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def meter(tmp_path: Path) -> LinkMeter:
    return LinkMeter(tmp_path / "link.json", 0, lambda: None)


@pytest.fixture
def broker() -> Iterator[ScriptedBroker]:
    with ScriptedBroker() as made:
        yield made


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture
def identity(tmp_path: Path, authority: Authority) -> Identity:
    made = Identity(tmp_path / "identity", "ben")
    made.store.install(authority.papers())
    return made


def opened(
    port: int, ear: Ear, meter: LinkMeter | None = None, context: ssl.SSLContext | None = None
) -> "closing[Connection]":
    broker = Broker(HOST if context else "127.0.0.1", port, 20, "ben")
    connection = Connection(broker, context, ear, meter.count if meter else None)
    connection.open()
    return closing(connection)


def test_the_broker_is_told_the_largest_packet_which_is_a_parcel(
    broker: ScriptedBroker, ear: Ear
) -> None:
    with opened(broker.port, ear):
        ear.greetings.get(timeout=LONG_S)
    [asked] = broker.sent(CONNECT)
    at = asked.index(b"\x27")  # MQTT 5, 3.1.2.11.4
    assert MAX_PARCEL_BYTES < int.from_bytes(asked[at + 1 : at + 5], "big") < 2 * MAX_PARCEL_BYTES


def test_a_message_whose_topic_is_no_text_is_dropped_and_the_next_is_heard(
    broker: ScriptedBroker, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(broker.port, ear) as connection:
        ear.greetings.get(timeout=LONG_S)
        broker._send(PUBLISH, b"\x00\x02\xff\xfe\x00lost")
        broker.publish("triporteur/v1/ben/ack", b"heard")
        assert ear.messages.get(timeout=LONG_S) == b"heard"
        connection.check()
    assert [told for told in caplog.messages if "topic is no text" in told]


def test_a_connection_is_counted_to_its_end(
    broker: ScriptedBroker, ear: Ear, meter: LinkMeter
) -> None:
    with opened(broker.port, ear, meter):
        ear.greetings.get(timeout=LONG_S)
        assert meter.use.sent_bytes == 0
        broker.drop()
        ear.losses.get(timeout=LONG_S)
        [greeting] = wait_for(lambda: broker.sent(CONNECT), "the broker read the greeting")
        assert meter.use.sent_bytes > len(greeting)
        assert meter.use.received_bytes > 0


def test_a_broker_that_hangs_up_is_counted_and_soon_tried_less_often(
    tmp_path: Path, identity: Identity, authority: Authority, ear: Ear, meter: LinkMeter
) -> None:
    """As with a certificate that was revoked."""
    context = broker_context(tmp_path, *authority.broker(), authority.pem)
    with (
        TlsServer(context) as server,
        opened(server.port, ear, meter, identity.context_each_time(lambda: True)) as connection,
    ):
        assert "hung up without an answer" in ear.losses.get(timeout=LONG_S)
        once = meter.use
        assert once.sent_bytes > 1_000
        assert connection._reconnect_max_delay == 600
        ear.losses.get(timeout=LONG_S)
        wait_for(lambda: meter.use.sent_bytes > 1.5 * once.sent_bytes, "the next try is counted")
        doubled_s = 2 * connection._reconnect_min_delay
        wait_for(lambda: (connection._reconnect_delay or 0) >= doubled_s, "the delay is doubled")


def test_a_broker_that_is_not_ours_is_counted_and_soon_tried_less_often(
    tmp_path: Path, identity: Identity, ear: Ear, meter: LinkMeter
) -> None:
    stranger = Authority("stranger")
    context = broker_context(tmp_path, *stranger.broker(), stranger.pem)
    with (
        TlsServer(context) as server,
        opened(server.port, ear, meter, identity.context_each_time(lambda: True)) as connection,
    ):
        assert "is it our depot?" in ear.losses.get(timeout=LONG_S)
        assert connection._reconnect_max_delay == 600
        assert meter.use.received_bytes > 500


def test_without_papers_the_broker_is_soon_tried_less_often(
    tmp_path: Path, broker: ScriptedBroker, ear: Ear
) -> None:
    newcomer = Identity(tmp_path / "none", "ben").context_each_time(lambda: True)
    with opened(broker.port, ear, context=newcomer) as connection:
        assert "not enrolled" in ear.losses.get(timeout=LONG_S)
        assert connection._reconnect_max_delay == 600


def test_a_broker_that_refuses_is_tried_less_often_until_it_lets_the_unit_in(
    broker: ScriptedBroker, ear: Ear
) -> None:
    broker.connack = 0x87
    with opened(broker.port, ear) as connection:
        assert ear.greetings.get(timeout=LONG_S).is_failure
        assert connection._reconnect_max_delay == 600
        broker.connack = 0
        broker.drop()
        while ear.greetings.get(timeout=LONG_S).is_failure:
            pass  # it called before
        assert connection._reconnect_max_delay == 30


def test_where_no_network_is_the_delay_stays_short(ear: Ear) -> None:
    with opened(free_port(), ear) as connection:
        ear.losses.get(timeout=LONG_S)
        assert connection._reconnect_max_delay == 30
