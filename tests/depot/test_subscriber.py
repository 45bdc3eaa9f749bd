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
from triporteur_depot import line, rivalry, subscriber
from triporteur_depot.database import Replaced, open_writer
from triporteur_depot.line import Broker
from triporteur_depot.subscriber import Subscriber
from triporteur_depot.timekeeper import Timekeeper
from triporteur_wire.messages import Ack, decode_ack, encode
from triporteur_wire.requests import TimeRequest, TimeResponse, decode_time_response
from triporteur_wire.requests import encode as encode_request
from triporteur_wire.topics import Channel, Verb, topic

pytestmark = pytest.mark.slow

STATUS, JOURNAL, ACK = (
    topic("ben", channel) for channel in (Channel.STATUS, Channel.JOURNAL, Channel.ACK)
)

ASKED = topic("ben", Channel.REQUEST, Verb.TIME)
ANSWERED = topic("ben", Channel.RESPONSE, Verb.TIME)
NONCE = "0123456789abcdef"
QUESTION = encode_request(TimeRequest(NONCE))
LEAST_S = (60, 120, 240, 480, 600, 600)


class Ear:
    """A subscriber at work in its thread."""

    def __init__(self, broker: ScriptedBroker, path: Path, password: str | None = None) -> None:
        self.broker = broker
        self.now_ms = 1_800_000_000_000
        self.utc_ms: int | None = 1_800_000_000_500
        self.stop = threading.Event()
        self._connection = open_writer(path)
        listening = Subscriber(
            Broker("127.0.0.1", broker.port, 20, password=password),
            partial(open_writer, path),
            {Verb.TIME: Timekeeper(lambda: self.utc_ms, lambda: "c0ffee")},
        )
        self.failure: Exception | None = None
        self.thread = threading.Thread(target=self._run, args=(listening,))

    def _run(self, listening: Subscriber) -> None:
        try:
            listening.run(self.stop, lambda: self.now_ms)
        except Replaced as error:
            self.failure = error

    def ask(self, query: str) -> list[tuple[object, ...]]:
        return self._connection.execute(query).fetchall()

    def subscribed(self, connection_no: int = 1) -> None:
        wait_for(lambda: self.broker.sent(SUBSCRIBE, connection_no), "the depot subscribes")

    def said(self, to: str) -> list[bytes]:
        """What the depot said on a topic of its first connection."""
        said = [one for one in self.broker.sent(PUBLISH) if to.encode() in one]
        return [one[one.index(b"{") :] for one in said]

    def told(self) -> list[Ack]:
        """The acknowledgements to ben."""
        return [decode_ack(one) for one in self.said(ACK)]

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


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "_SOONEST_RECONNECT_S", 0.1)
    monkeypatch.setattr(subscriber, "_WAKE_S", 0.05)


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


def warnings(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Our own; others' are no part of this."""
    ours = [record for record in caplog.records if record.name.startswith("triporteur")]
    return [record for record in ours if record.levelno >= logging.WARNING]


def test_a_deliberate_stop_says_nothing_of_a_lost_connection(
    ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    ear.stop.set()
    ear.thread.join()
    assert warnings(caplog) == []


def test_a_lost_connection_is_said_once_and_so_is_its_return(
    ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    ear.broker.drop()
    ear.subscribed(connection_no=2)
    assert caplog.text.count("broker: no connection") == 1
    assert caplog.text.count("broker: connected") == 1


def test_a_connection_whose_thread_dies_ends_the_run(tmp_path: Path) -> None:
    nowhere = Subscriber(
        Broker("depot..example", 1883, 20), partial(open_writer, tmp_path / "depot.db")
    )
    with pytest.raises(UnicodeError):
        nowhere.run(threading.Event(), lambda: 0)


def test_a_question_is_answered_while_the_disk_refuses(ear: Ear) -> None:
    with ear.refusing():
        send(ear.broker, 7, 1, 5)
        ear.broker.publish(ASKED, QUESTION)
        [answer] = wait_for(lambda: ear.said(ANSWERED), "ben is told the time")
    assert decode_time_response(answer) == TimeResponse(NONCE, 1_800_000_000_500, "c0ffee")


def test_a_question_that_the_broker_kept_is_not_answered_nor_is_nonsense(ear: Ear) -> None:
    ear.broker.publish(ASKED, QUESTION, retain=True)
    ear.broker.publish(ASKED, b"\xff" * 900)
    ear.broker.publish(topic("ana", Channel.REQUEST, Verb.TIME), QUESTION)
    wait_for(lambda: ear.said(topic("ana", Channel.RESPONSE, Verb.TIME)), "ana is told the time")
    assert ear.said(ANSWERED) == []


def test_a_depot_that_was_replaced_says_so_and_stays_away(
    ear: Ear, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rivalry, "_SOONEST_RETURN_S", 1)
    ear.broker.disconnect(0x8E)
    wait_for(lambda: "taken this one's place" in caplog.text, "it is said")
    wait_for(lambda: ear.ask("SELECT * FROM meta WHERE key = 'broker_lost_utc_ms'"), "it is shown")
    ear.subscribed(connection_no=2)
    assert len(warnings(caplog)) == 1


def test_a_depot_that_is_cut_off_without_a_word_again_and_again_stays_away(
    ear: Ear, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rivalry, "_SOONEST_RETURN_S", 1)
    for number in (1, 2):
        ear.subscribed(connection_no=number)
        assert "taken this one's place" not in caplog.text
        ear.broker.drop()
    wait_for(lambda: "taken this one's place" in caplog.text, "it is said")
    ear.subscribed(connection_no=3)


def test_a_broker_that_takes_only_small_packets_is_not_sent_a_larger_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with ScriptedBroker() as broker:
        broker.most_bytes = 1000
        made = Ear(broker, tmp_path / "depot.db")
        made.thread.start()
        made.subscribed()
        broker.publish(STATUS, status({f"{number:016x}": 1 for number in range(60)}).payload)
        wait_for(lambda: "does not take what the depot tells" in caplog.text, "it is said")
        send(broker, 7, 1, 5)
        wait_for(made.told, "ben is told")
        made.end()
    assert [ack.marks for ack in made.told()] == [{LOG: 5}]
    assert caplog.text.count("1000 bytes at the most") == 1


def test_after_a_long_connection_a_quarrel_begins_anew() -> None:
    now_s = 0.0
    rivals = rivalry.Rivalry(lambda: now_s)
    waits = []
    for lasted_s in (10, 10, 10, 3_600, 10):
        rivals.connected()
        now_s += lasted_s
        waits.append(rivals.ended(taken_over=True, silent=False) or 0)
    assert [wait_s // 60 for wait_s in waits] == [
        pytest.approx(m, rel=0.25) for m in (1, 2, 4, 1, 2)
    ]


def test_two_depots_of_one_name_meet_ever_more_rarely_and_never_together() -> None:
    waits = [[rivalry.return_s(times) for _ in range(200)] for times in (0, 1, 2, 3, 4, 100)]
    assert [min(some) >= least for some, least in zip(waits, LEAST_S, strict=True)] == 6 * [True]
    assert max(waits[-1]) <= 750
    assert len(set(waits[0])) > 5


@pytest.mark.parametrize("reason", [0x8B, 0x89])
def test_a_broker_that_stops_is_lost_once_and_found_again(
    ear: Ear, caplog: pytest.LogCaptureFixture, reason: int
) -> None:
    ear.broker.disconnect(reason)
    ear.subscribed(connection_no=2)
    assert caplog.text.count("broker: no connection") == 1
    send(ear.broker, 1, 1, 5)
    wait_for(lambda: ear.broker.sent(PUBACK, 2), "the new connection works")


def test_a_wrong_password_is_told_once_with_what_to_do(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with ScriptedBroker() as broker:
        broker.connack = 0x87
        made = Ear(broker, tmp_path / "depot.db")
        made.thread.start()
        wait_for(lambda: broker.sent(CONNECT, 2), "the depot tries again")
        broker.connack = 0
        wait_for(lambda: "broker: connected" in caplog.text, "the depot is let in")
        made.end()
    assert caplog.text.count("[mqtt] password_file") == 1


def test_the_depot_logs_in_as_depot_with_its_password(tmp_path: Path) -> None:
    with ScriptedBroker() as broker:
        made = Ear(broker, tmp_path / "depot.db", password="s3cret")
        made.thread.start()
        [connect] = wait_for(lambda: broker.sent(CONNECT), "the depot logs in")
        made.end()
    assert connect.endswith(b"\0\5depot\0\6s3cret")


def test_a_depot_that_may_not_listen_is_deaf_until_it_may(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "_ASK_AGAIN_S", 0.1)
    with ScriptedBroker() as broker:
        broker.suback = 0x87
        made = Ear(broker, tmp_path / "depot.db")
        made.thread.start()
        wait_for(lambda: made.ask("SELECT * FROM meta WHERE key LIKE 'broker%'"), "it is shown")
        wait_for(lambda: len(broker.sent(SUBSCRIBE)) > 3, "the depot asks again")
        broker.suback = 0
        wait_for(
            lambda: not made.ask("SELECT * FROM meta WHERE key LIKE 'broker%'"), "it hears again"
        )
        made.end()
    assert caplog.text.count("does not let") == 1
    assert caplog.text.count("lets the depot hear") == 1


def test_a_depot_that_may_hear_no_questions_is_not_deaf(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "_ASK_AGAIN_S", 0.1)
    with ScriptedBroker() as broker:
        broker.refused = b"/request/"
        made = Ear(broker, tmp_path / "depot.db")
        made.thread.start()
        wait_for(lambda: len(broker.sent(SUBSCRIBE)) > 3, "the depot asks again")
        send(broker, 1, 1, 5)
        wait_for(made.told, "ben is told")
        assert made.ask("SELECT * FROM meta WHERE key LIKE 'broker%'") == []
        broker.refused = b""
        wait_for(lambda: "lets the depot hear" in caplog.text, "it is said")
        made.end()
    assert caplog.text.count("hear triporteur/v1/+/request/time (") == 1


@pytest.mark.parametrize("reason", [0x87, 0x97])
def test_what_the_broker_did_not_take_is_told_again_when_the_unit_asks(
    ear: Ear, caplog: pytest.LogCaptureFixture, reason: int
) -> None:
    ear.broker.puback = reason
    send(ear.broker, 1, 1, 5)
    wait_for(lambda: "does not take what the depot tells ben" in caplog.text, "it is said")
    ear.broker.puback = 0
    ear.broker.publish(STATUS, status({LOG: 5}).payload)
    wait_for(lambda: len(ear.told()) == 2, "ben is told again")
    assert ear.told()[0] == ear.told()[1]


def test_what_a_unit_knows_is_not_told_again_unless_it_sends_it_again(ear: Ear) -> None:
    send(ear.broker, 1, 1, 5)
    wait_for(ear.told, "ben is told")
    ear.broker.publish(STATUS, status({LOG: 5}).payload)
    send(ear.broker, 2, 1, 5)
    wait_for(lambda: len(ear.broker.sent(PUBACK)) == 2, "the batch is done with")
    wait_for(lambda: len(ear.told()) == 2, "ben is told again")
    ear.broker.publish(STATUS, status({LOG: 5}).payload)
    ear.broker.publish(STATUS, status({LOG: 4}).payload, mid=3)
    wait_for(lambda: len(ear.broker.sent(PUBACK)) == 3, "the status is done with")
    assert len(ear.told()) == 2


def test_an_answer_that_the_broker_does_not_take_ends_no_connection(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with ScriptedBroker() as broker:
        broker.most_bytes = 220
        made = Ear(broker, tmp_path / "depot.db")
        made.thread.start()
        made.subscribed()
        broker.publish(ASKED, QUESTION)
        wait_for(lambda: "does not take what the depot tells" in caplog.text, "it is said")
        made.end()
    assert made.said(ANSWERED) == []


def test_a_file_that_was_replaced_meanwhile_is_not_acknowledged(ear: Ear, tmp_path: Path) -> None:
    (tmp_path / "depot.db").rename(tmp_path / "moved.db")
    send(ear.broker, 7, 1, 5)
    ear.thread.join()
    assert isinstance(ear.failure, Replaced)
    assert ear.told() == []
    assert ear.broker.sent(PUBACK) == []
