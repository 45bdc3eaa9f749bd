"""The publisher against a broker that does what brokers do: refuses, goes away, falls silent."""

import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.chaos.relay import Relay
from tests.depot.scripted_broker import CONNECT, DISCONNECT, PUBLISH, SUBSCRIBE, ScriptedBroker
from tests.rig import Road, wait_for
from triporteur_device.clock import WallTime, boottime_ms
from triporteur_device.delivery import Broker, Delivered, Publisher
from triporteur_device.delivery.journals import Journals
from triporteur_device.delivery.link_meter import LinkMeter
from triporteur_device.delivery.shipper import Shipper
from triporteur_device.delivery.time_errand import TimeErrand
from triporteur_device.journal import JournalReader, JournalWriter
from triporteur_wire.messages import (
    MAX_LOGS,
    Ack,
    Delivery,
    Offline,
    Reading,
    Status,
    decode_status,
    encode,
)
from triporteur_wire.parcels import pack
from triporteur_wire.records import Event
from triporteur_wire.requests import TimeResponse, decode_time_request
from triporteur_wire.requests import encode as encode_answer
from triporteur_wire.topics import Channel, Verb, topic

pytestmark = pytest.mark.slow

UTC_MS = 1_800_000_000_000
STATUS = Status("ben", "", "1", 1, 1, None, 15, {}, {}, Delivery(False, 0, None, 0, {}))


class Unit:
    """A publisher at work in its thread, over a journal that the test writes."""

    def __init__(
        self,
        folder: Path,
        port: int,
        *,
        keepalive_s: int = 20,
        budget: int = 0,
        gather_ms: int = 0,
        off_by_key: bool = False,
    ) -> None:
        self.journal = JournalWriter(folder / "device.journal", 1, 0, "test")
        self.news: list[object] = []
        self.stop = threading.Event()
        self.publisher = Publisher(
            Broker("127.0.0.1", port, keepalive_s, "ben"),
            None,
            Journals(JournalReader(folder / "device.journal")),
            Shipper(gather_ms=gather_ms),
            LinkMeter(folder / "link.json", budget, lambda: UTC_MS),
            boottime_ms,
            self.news.append,
            off_by_key=off_by_key,
        )
        self.publisher.ask(TimeErrand(self.news.append, self.news.append))
        self._thread = threading.Thread(target=self.publisher.run, args=(self.stop,))

    def __enter__(self) -> "Unit":
        self._thread.start()
        self.publisher.show(STATUS)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.publisher.committed()  # wakes it
        self._thread.join(120)
        self.journal.close()
        assert not self._thread.is_alive()

    def record(self, name: str) -> None:
        self.journal.append(1, Event(name))
        self.journal.commit()
        self.publisher.committed()

    @property
    def connected(self) -> bool:
        return self.publisher.delivery(None, durable=True).connected

    def heard(self, kind: type) -> list[object]:
        return [one for one in self.news if isinstance(one, kind)]


@pytest.fixture
def broker() -> Iterator[ScriptedBroker]:
    with ScriptedBroker() as made:
        yield made


@pytest.fixture
def unit(tmp_path: Path, broker: ScriptedBroker) -> Iterator[Unit]:
    with Unit(tmp_path, broker.port) as made:
        wait_for(lambda: said(broker, "journal"), "the first batch arrives")
        yield made


def said(broker: ScriptedBroker, channel: str, connection_no: int = 1) -> list[bytes]:
    name = f"triporteur/v1/ben/{channel}".encode()
    found = broker.sent(PUBLISH, connection_no)
    return [body for body in found if body[2 : 2 + int.from_bytes(body[:2], "big")] == name]


def lines(caplog: pytest.LogCaptureFixture, words: str) -> list[logging.LogRecord]:
    return [record for record in caplog.records if words in record.getMessage()]


def test_the_status_goes_before_the_backlog(unit: Unit, broker: ScriptedBroker) -> None:
    order = [body for body in broker.sent(PUBLISH) if b"/request/" not in body]
    assert b"/status" in order[0]
    assert b"/journal" in order[1]
    assert unit.connected


def test_everything_that_the_depot_may_say_is_subscribed(
    unit: Unit, broker: ScriptedBroker
) -> None:
    [subscription] = wait_for(lambda: broker.sent(SUBSCRIBE), "the unit subscribes")
    for filter_ in ("ack", "settings", "content/+", "response/+"):
        assert f"triporteur/v1/ben/{filter_}".encode() in subscription
    del unit


@pytest.mark.slow
@pytest.mark.parametrize("reason", [0x10, 0x87, 0x97])
def test_a_batch_that_the_broker_does_not_take_goes_again_and_is_said_once(
    tmp_path: Path, broker: ScriptedBroker, caplog: pytest.LogCaptureFixture, reason: int
) -> None:
    broker.puback = reason
    with Unit(tmp_path, broker.port):
        wait_for(lambda: len(said(broker, "journal")) >= 2, "the batch goes again")
        broker.puback = 0
        wait_for(lambda: lines(caplog, "takes records again"), "the broker takes it")
        assert len(lines(caplog, "does not take records")) == 1


def test_another_client_of_the_same_name_is_said_and_given_way(
    unit: Unit, broker: ScriptedBroker, caplog: pytest.LogCaptureFixture
) -> None:
    broker.disconnect(0x8E)
    wait_for(lambda: not unit.connected, "the unit is thrown off")
    [line] = wait_for(lambda: lines(caplog, "another client bears the name ben"), "it says why")
    assert line.levelname == "WARNING"
    connection = unit.publisher._connection
    assert connection._reconnect_min_delay >= 60


@pytest.mark.slow
def test_two_units_of_one_name_deliver_in_turns(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Mosquitto 2.0 says nothing to the one that it throws off."""
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    with Road(tmp_path) as road:
        road.start_broker()
        with Unit(folders[0], road.broker_port), Unit(folders[1], road.broker_port):
            wait_for(lambda: lines(caplog, "another client bears the name ben"), "one yields")


def test_a_quarrel_is_forgotten_once_the_unit_is_let_in_again(
    unit: Unit, broker: ScriptedBroker
) -> None:
    connection = unit.publisher._connection
    connection.reconnect_delay_set(1, 120)
    broker.drop()
    wait_for(lambda: broker.sent(CONNECT, 2), "the unit comes again")
    wait_for(lambda: connection._reconnect_max_delay == 30, "it is let in")


@pytest.mark.slow
@pytest.mark.parametrize("reason", [0x8B, 0x97])
def test_a_broker_that_sends_everybody_away_is_tried_again(
    unit: Unit, broker: ScriptedBroker, caplog: pytest.LogCaptureFixture, reason: int
) -> None:
    broker.disconnect(reason)
    wait_for(lambda: len(broker.sent(CONNECT, 2)) == 1, "the unit comes again")
    wait_for(lambda: said(broker, "journal", 2), "what is not stored is sent again")
    wait_for(lambda: unit.connected, "it says so")
    assert len(lines(caplog, "no connection")) == len(lines(caplog, "back after")) == 1


@pytest.mark.slow
def test_a_refused_login_is_said_in_the_brokers_words(
    tmp_path: Path, broker: ScriptedBroker, caplog: pytest.LogCaptureFixture
) -> None:
    broker.connack = 0x87
    with Unit(tmp_path, broker.port) as unit:
        wait_for(lambda: lines(caplog, "Not authorized"), "the refusal is said")
        assert not unit.connected


def test_marks_are_handed_on_and_end_the_sending(unit: Unit, broker: ScriptedBroker) -> None:
    broker.publish(topic("ben", Channel.ACK), encode(Ack("e", {unit.journal.log: 1})))
    wait_for(lambda: unit.heard(Ack), "the agent hears it")
    nothing_waits = lambda: unit.publisher.delivery(None, durable=True).waiting == 0  # noqa: E731
    wait_for(nothing_waits, "nothing waits")
    unit.record("two")
    wait_for(lambda: len(said(broker, "journal")) == 2, "only the new record is sent")


def test_every_log_aboard_is_named_once_on_each_connection(
    tmp_path: Path, broker: ScriptedBroker
) -> None:
    """A depot and its broker may have been put back to an older state: its marks then say so."""
    logs = []
    for boot_no in range(100):
        with JournalWriter(tmp_path / "device.journal", boot_no, 0, "test") as journal:
            logs.append(journal.log)
    with Unit(tmp_path, broker.port) as unit:
        wait_for(lambda: named(broker), "the unit is connected")
        for count, second in enumerate(range(16, 100, 16), 2):
            unit.publisher.show(msgspec.structs.replace(STATUS, mono_ms=second * 1000))
            wait_for(lambda count=count: len(said(broker, "status")) >= count, "it is said")  # type: ignore[misc]
        assert set(logs) <= named(broker)
        assert max(map(len, named_each(broker))) <= MAX_LOGS


def named_each(broker: ScriptedBroker) -> list[set[str]]:
    told = [status_of(body) for body in said(broker, "status")]
    return [set(status.delivery.logs) for status in told if isinstance(status, Status)]


def status_of(body: bytes) -> Status | Offline:
    """Behind the topic stands the length of the properties, of which there are none."""
    return decode_status(body[3 + int.from_bytes(body[:2], "big") :])


def named(broker: ScriptedBroker) -> set[str]:
    return set().union(*named_each(broker))


def test_what_waits_is_sent_before_the_farewell(tmp_path: Path, broker: ScriptedBroker) -> None:
    with Unit(tmp_path, broker.port, gather_ms=3_600_000) as unit:
        wait_for(lambda: said(broker, "journal"), "the first batch goes at once")
        unit.record("last")
    wait_for(lambda: b"stopped" in said(broker, "status")[-1], "it says goodbye")
    assert len(said(broker, "journal")) == 2


def test_a_unit_whose_key_cuts_its_power_takes_its_leave_with_the_key_and_comes_back(
    tmp_path: Path, broker: ScriptedBroker
) -> None:
    with Unit(tmp_path, broker.port, off_by_key=True) as unit:
        wait_for(lambda: said(broker, "status"), "the unit speaks")
        unit.publisher.show(keyed(on=False))
        wait_for(lambda: b'"key"' in said(broker, "status")[-1], "it says goodbye")
        wait_for(lambda: broker.sent(DISCONNECT), "it hangs up, so that nobody calls it lost")
        wait_for(lambda: not unit.connected, "it knows")
        unit.publisher.show(keyed(on=False))
        unit.publisher.show(keyed(on=True))
        back = wait_for(lambda: said(broker, "status", 2), "it is back")
        assert isinstance(status_of(back[0]), Status)


def keyed(*, on: bool) -> Status:
    return msgspec.structs.replace(STATUS, readings={"gpio": {"key_on": Reading(on, 0)}})


def test_what_the_depot_gives_to_keep_is_handed_on(unit: Unit, broker: ScriptedBroker) -> None:
    parcel = pack(1, "text")
    broker.publish(topic("ben", Channel.CONTENT, "portal"), parcel)
    broker.publish(topic("ben", Channel.SETTINGS), pack(2, {}))
    broker.publish("triporteur/v1/ben/content", b"no name")
    broker.publish(topic("ben", Channel.SETTINGS), b"")
    broker.publish(topic("ben", Channel.RELEASE), b"offer")
    heard = wait_for(lambda: h if len(h := unit.heard(Delivered)) == 4 else [], "four arrive")
    assert heard[0] == Delivered(Channel.CONTENT, "portal", parcel)
    assert heard[2] == Delivered(Channel.SETTINGS, "", b"")
    assert heard[3] == Delivered(Channel.RELEASE, "", b"offer")


def test_the_depot_is_asked_what_time_it_is(unit: Unit, broker: ScriptedBroker) -> None:
    [question] = wait_for(lambda: said(broker, "request/time"), "the unit asks")
    nonce = decode_time_request(question[question.index(b"{") :]).nonce
    told = TimeResponse(nonce, UTC_MS, "ab" * 32)
    for name in (Verb.TIME, "unknown"):
        broker.publish(topic("ben", Channel.RESPONSE, name), encode_answer(told))
    [wall] = wait_for(lambda: unit.heard(WallTime), "the answer is taken")
    assert isinstance(wall, WallTime)
    assert (wall.utc_ms, wall.origin) == (UTC_MS, "depot")
    assert wall.mono_ms <= boottime_ms()
    assert wait_for(lambda: unit.heard(str), "and by whom it certifies") == ["ab" * 32]


@pytest.mark.parametrize("payload", [b"", b"\xff", b'{"nonce": 1}', b"{}"])
def test_an_answer_that_cannot_be_read_is_passed_over(
    unit: Unit, broker: ScriptedBroker, payload: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    broker.publish(topic("ben", Channel.RESPONSE, Verb.TIME), payload)
    broker.publish(topic("ben", Channel.ACK), payload)
    wait_for(lambda: lines(caplog, "acknowledgement cannot be read"), "the ack is passed over")
    assert lines(caplog, "answer about time cannot be read")
    unit.record("still")
    wait_for(lambda: len(said(broker, "journal")) == 2, "the unit goes on")


def test_new_papers_are_shown_on_a_new_connection(unit: Unit, broker: ScriptedBroker) -> None:
    unit.publisher.reconnect()
    wait_for(lambda: len(broker.sent(CONNECT, 2)) == 1, "the unit comes again")
    wait_for(lambda: unit.connected, "it is connected")


def test_a_month_that_is_spent_holds_the_backlog_and_not_the_status(
    tmp_path: Path, broker: ScriptedBroker
) -> None:
    with Unit(tmp_path, broker.port, budget=1) as unit:
        wait_for(lambda: unit.publisher.link_is_spent, "the month is spent")
        wait_for(lambda: said(broker, "status"), "the first status goes")
        sent = len(said(broker, "journal"))
        unit.record("waits")
        unit.publisher.show(msgspec.structs.replace(STATUS, mono_ms=16_000))
        wait_for(lambda: len(said(broker, "status")) >= 2, "the status goes on")
        assert len(said(broker, "journal")) == sent
        assert unit.publisher.delivery(None, durable=True).waiting >= 1
        assert unit.publisher.link.sent_bytes > 0


@pytest.mark.slow
def test_a_link_that_dies_without_a_word_is_noticed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    with Road(tmp_path) as road:
        road.start_broker()
        with (
            Relay(road.broker_port, listening) as relay,
            Unit(tmp_path, relay.port, keepalive_s=5) as unit,
        ):
            wait_for(lambda: unit.connected, "the unit is connected")
            relay.hold()
            wait_for(lambda: not unit.connected, "the silence is noticed")
            wait_for(lambda: lines(caplog, "Keep alive timeout"), "it is said")
            relay.heal()
            wait_for(lambda: unit.connected, "the unit is back")
