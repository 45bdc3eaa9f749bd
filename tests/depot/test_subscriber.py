"""The depot's ear on a broker that the test speaks for."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.depot.ingest.desk import LOG, batch, status
from tests.depot.scripted_broker import CONNECT, PUBACK, PUBLISH, SUBSCRIBE, ScriptedBroker
from tests.rig import wait_for
from triporteur_depot.database import open_writer
from triporteur_depot.subscriber import Subscriber
from triporteur_wire.messages import Ack, decode_ack, encode
from triporteur_wire.topics import Channel, topic

STATUS, JOURNAL, ACK = (
    topic("ben", channel) for channel in (Channel.STATUS, Channel.JOURNAL, Channel.ACK)
)


class Ear:
    """A subscriber at work in its thread."""

    def __init__(self, broker: ScriptedBroker, path: Path) -> None:
        self.broker = broker
        self.now_ms = 1_800_000_000_000
        self.stop = threading.Event()
        self._connection = open_writer(path)
        subscriber = Subscriber("127.0.0.1", broker.port, 20, partial(open_writer, path))
        self.thread = threading.Thread(target=subscriber.run, args=(self.stop, lambda: self.now_ms))

    def ask(self, query: str) -> list[tuple[object, ...]]:
        return self._connection.execute(query).fetchall()

    def subscribed(self, connection_no: int = 1) -> None:
        wait_for(lambda: self.broker.sent(SUBSCRIBE, connection_no), "the depot subscribes")

    def told(self) -> list[Ack]:
        """The acknowledgements to ben."""
        told = [one for one in self.broker.sent(PUBLISH) if ACK.encode() in one]
        return [decode_ack(one[one.index(b"{") :]) for one in told]

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """The disk takes nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")

    def end(self) -> None:
        self.stop.set()
        self.thread.join()
        self._connection.close()


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    with ScriptedBroker() as broker:
        made = Ear(broker, tmp_path / "depot.db")
        made.thread.start()
        made.subscribed()
        yield made
        made.end()


def send(broker: ScriptedBroker, mid: int, first: int, last: int) -> None:
    message = batch(first, last)
    broker.publish(JOURNAL, message.payload, mid=mid, properties=message.properties)


def test_a_batch_is_acknowledged_to_broker_and_unit(ear: Ear) -> None:
    send(ear.broker, 7, 1, 5)
    wait_for(ear.told, "ben is told")
    assert [ack.marks for ack in ear.told()] == [{LOG: 5}]
    assert ear.broker.sent(PUBACK)[0][:2] == b"\0\7"


def test_the_broker_is_told_how_much_and_how_large(ear: Ear) -> None:
    [connect] = ear.broker.sent(CONNECT)
    assert b"\x21" + (100).to_bytes(2, "big") in connect
    assert b"\x27" + (1_000_000).to_bytes(4, "big") in connect


def test_a_unit_was_heard_when_its_status_arrived(ear: Ear) -> None:
    with ear.refusing():
        arrived_ms = ear.now_ms
        ear.broker.publish(STATUS, status({}).payload)
        ear.broker.publish("elsewhere", b"", mid=1)
        wait_for(lambda: ear.broker.sent(PUBACK), "the depot has the messages")
        ear.now_ms += 90_000
    wait_for(lambda: ear.ask("SELECT * FROM units"), "the status is stored")
    assert ear.ask("SELECT heard_utc_ms FROM units") == [(arrived_ms,)]


def test_what_came_on_an_old_connection_is_not_acknowledged_on_the_new_one(ear: Ear) -> None:
    with ear.refusing():
        send(ear.broker, 7, 1, 5)
        ear.broker.publish("elsewhere", b"", mid=1)
        wait_for(lambda: ear.broker.sent(PUBACK), "the depot has the messages")
        ear.broker.drop()
        ear.subscribed(connection_no=2)
    wait_for(lambda: ear.broker.sent(PUBLISH, 2), "what came on the old connection is stored")
    send(ear.broker, 8, 6, 9)
    wait_for(lambda: ear.broker.sent(PUBACK, 2), "the new batch is acknowledged")
    assert [body[:2] for body in ear.broker.sent(PUBACK, 2)] == [b"\0\x08"]


def test_an_older_database_is_known_by_what_the_broker_kept(ear: Ear) -> None:
    send(ear.broker, 1, 1, 5)
    wait_for(ear.told, "ben is told")
    [before] = ear.told()
    ear.broker.publish(ACK, encode(Ack(before.epoch, {LOG: 9})), mid=2, retain=True)
    wait_for(lambda: len(ear.told()) == 2, "ben is told of a new epoch")
    assert ear.told()[1].epoch != before.epoch


def test_the_echo_of_an_acknowledgement_is_not_heeded(ear: Ear) -> None:
    send(ear.broker, 1, 1, 5)
    wait_for(ear.told, "ben is told")
    [before] = ear.told()
    ear.broker.publish(ACK, encode(Ack(before.epoch, {LOG: 9})), mid=2)
    send(ear.broker, 3, 6, 7)
    wait_for(lambda: len(ear.told()) == 2, "ben is told of the second batch")
    assert ear.told()[1] == Ack(before.epoch, {LOG: 7})
    assert len(ear.broker.sent(PUBACK)) == 3


def test_a_deliberate_stop_says_nothing_of_a_lost_connection(
    ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    ear.stop.set()
    ear.thread.join()
    assert [line for line in caplog.records if line.levelno >= logging.WARNING] == []


def test_a_lost_connection_is_said_once_and_so_is_its_return(
    ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    ear.broker.drop()
    ear.subscribed(connection_no=2)
    assert caplog.text.count("broker: no connection") == 1
    assert caplog.text.count("broker: connected") == 1


def test_a_connection_whose_thread_dies_ends_the_run(tmp_path: Path) -> None:
    nowhere = Subscriber("depot..example", 1883, 20, partial(open_writer, tmp_path / "depot.db"))
    with pytest.raises(UnicodeError):
        nowhere.run(threading.Event(), lambda: 0)
