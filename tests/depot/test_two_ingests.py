"""More than one ingest, and a broker that comes and goes: a real mosquitto throughout."""

import random
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.depot.ingest.desk import LOG, batch, status
from tests.rig import Road, end, wait_for
from triporteur_depot import line
from triporteur_depot.database import epoch, open_reader, open_writer
from triporteur_depot.ingest import Message
from triporteur_depot.line import Broker
from triporteur_depot.subscriber import Subscriber
from triporteur_wire.messages import Ack, decode_ack
from triporteur_wire.topics import Channel, topic

pytestmark = pytest.mark.slow

NOW_MS = 1_800_000_000_000
UNITS = ("ana", "ben", "cleo")


@contextmanager
def listening(port: int, database: Path, name: str = "depot") -> Iterator[Subscriber]:
    """An ingest at work in its thread, which has begun to listen."""
    made = Subscriber(Broker("127.0.0.1", port, 20, name), partial(open_writer, database))
    client, subscribed = made._line._client, threading.Event()
    client.on_subscribe = lambda *_: subscribed.set()
    stop = threading.Event()
    thread = threading.Thread(target=made.run, args=(stop, lambda: NOW_MS))
    thread.start()
    try:
        assert subscribed.wait(120)
        yield made
    finally:
        stop.set()
        thread.join()


class Units:
    """Speaks for every unit, and hears what they are told."""

    def __init__(self, port: int) -> None:
        self.told: dict[str, Ack] = {}
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, "units", protocol=mqtt.MQTTv5)
        self._client.on_connect = lambda client, *_: client.subscribe(topic("+", Channel.ACK), 1)
        self._client.on_message = self._on_message
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def _on_message(self, _c: object, _u: object, message: mqtt.MQTTMessage) -> None:
        unit = message.topic.split("/")[2]
        self.told[unit] = decode_ack(bytes(message.payload))

    def send(self, message: Message) -> None:
        said = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        said.UserProperty = list(message.properties)
        self._client.publish(
            topic(message.unit, message.channel), message.payload, qos=1, properties=said
        )

    def mark(self, unit: str) -> int:
        return self.told[unit].marks.get(LOG, 0) if unit in self.told else 0

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def road(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Road]:
    monkeypatch.setattr(line, "_SOONEST_RECONNECT_S", 0.2)
    with Road(tmp_path) as made:
        yield made


@pytest.fixture
def broker(road: Road) -> subprocess.Popen[bytes]:
    return road.start_broker()


@pytest.fixture
def units(road: Road, broker: subprocess.Popen[bytes]) -> Iterator[Units]:
    made = Units(road.broker_port)
    yield made
    made.close()


def telling(units: Units, first: int, last: int) -> Callable[[], bool]:
    """Sends ben's records, as units do until they know that all is stored."""

    def told() -> bool:
        units.send(batch(first, last))
        return units.mark("ben") == last

    return told


def asking(units: Units, unit: str, last: int) -> Callable[[], bool]:
    """Says a status, as units do, until the unit knows that all is stored."""

    def asked() -> bool:
        units.send(replace(status({LOG: last}), unit=unit))
        return units.mark(unit) == last

    return asked


def test_two_ingests_at_once_store_everything_once_and_tell_right_marks(
    road: Road, units: Units
) -> None:
    dice = random.Random(7)
    database = road.folder / "shared.db"
    batches = [
        replace(batch(first, first + 9), unit=unit)
        for unit in UNITS
        for first in range(1, 1000, 10)
    ] * 2
    dice.shuffle(batches)
    open_writer(database).close()
    with (
        listening(road.broker_port, database, "depot"),
        listening(road.broker_port, database, "depot-2"),
    ):
        for message in batches:
            units.send(message)
        for unit in UNITS:
            wait_for(asking(units, unit, 1000), f"{unit} is told everything")
    with closing(open_reader(database)) as connection:
        asked = connection.execute
        assert asked("SELECT count(*), min(seq), max(seq) FROM records").fetchall() == [
            (3000, 1, 1000)
        ]
        assert asked("SELECT first, last FROM coverage").fetchall() == 3 * [(1, 1000)]
        assert asked("SELECT stored FROM logs").fetchall() == 3 * [(1000,)]
        assert asked("SELECT log_id FROM conflicts").fetchall() == []
        assert asked("SELECT log_id FROM given_up").fetchall() == []


def test_a_depot_elsewhere_takes_the_place_and_the_first_one_does_not_fight(
    road: Road, units: Units, caplog: pytest.LogCaptureFixture
) -> None:
    here, there = road.folder / "here.db", road.folder / "there.db"
    with listening(road.broker_port, here):
        wait_for(telling(units, 1, 10), "the first depot stores")
        told = units.told["ben"].epoch
        with listening(road.broker_port, there):
            wait_for(lambda: "taken this one's place" in caplog.text, "the first one says so")
            wait_for(telling(units, 1, 20), "the second depot stores")
            assert units.told["ben"].epoch != told
            assert caplog.text.count("taken this one's place") == 1
    for database, records in ((here, 10), (there, 20)):
        with closing(open_reader(database)) as connection:
            assert connection.execute("SELECT count(*) FROM records").fetchone() == (records,)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_broker_that_is_ended_and_comes_back_empty_is_told_everything_again(
    road: Road,
    broker: subprocess.Popen[bytes],
    units: Units,
    how: signal.Signals,
    tmp_path: Path,
) -> None:
    with listening(road.broker_port, tmp_path / "depot.db"):
        wait_for(telling(units, 1, 10), "the depot stores")
        end(broker, how)
        units.told.clear()
        road.start_broker()
        wait_for(asking(units, "ben", 10), "the depot tells the broker anew")
        wait_for(telling(units, 11, 20), "the depot stores again")


def test_an_ingest_that_dies_between_commit_and_acknowledgement_loses_and_doubles_nothing(
    road: Road, units: Units, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Died(Exception):
        pass

    def die(*_: object) -> None:
        raise Died

    died = threading.Event()
    database = tmp_path / "depot.db"
    doomed = Subscriber(Broker("127.0.0.1", road.broker_port, 20), partial(open_writer, database))
    monkeypatch.setattr(doomed, "_answer", die)

    def run() -> None:
        with pytest.raises(Died):
            doomed.run(threading.Event(), lambda: NOW_MS)
        died.set()

    thread = threading.Thread(target=run)
    thread.start()

    def sent() -> bool:
        units.send(batch(1, 10))
        return died.is_set()

    wait_for(sent, "the ingest dies after a commit")
    thread.join()
    assert units.mark("ben") == 0
    with closing(open_reader(database)) as connection:
        assert connection.execute("SELECT count(*) FROM records").fetchone() == (10,)
        before = epoch(connection)
    with listening(road.broker_port, database):
        wait_for(telling(units, 1, 10), "the next one tells the unit")
    assert units.told["ben"].epoch == before
    with closing(open_reader(database)) as connection:
        assert connection.execute("SELECT count(*) FROM records").fetchone() == (10,)
        assert connection.execute("SELECT * FROM conflicts").fetchall() == []
