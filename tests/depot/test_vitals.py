"""What the service manager hears of the ingest: that it works, and nothing once its line hangs."""

import logging
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.enums import MQTTErrorCode

from tests.depot.scripted_broker import ScriptedBroker
from tests.manager import Listener
from tests.rig import free_port, wait_for
from triporteur_depot import connection, line, subscriber
from triporteur_depot.connection import Connection
from triporteur_depot.database import broker_lost_ms, note_broker, open_writer
from triporteur_depot.line import Broker
from triporteur_depot.subscriber import Answering, Subscriber
from triporteur_wire.manager import Manager
from triporteur_wire.topics import Channel, Verb, topic

pytestmark = pytest.mark.slow

NOW_MS = 1_800_000_000_000
#: So many turns take longer than two words to the manager lie apart.
MANY = 20


class Ingest:
    """At work in its thread; `manager` is whom it tells of it."""

    def __init__(self, folder: Path, port: int, answering: Mapping[str, Answering]) -> None:
        self.turns = 0
        self.stop = threading.Event()
        self.manager = Listener(folder / "notify")
        ear = Subscriber(
            Broker("127.0.0.1", port, 20),
            partial(open_writer, folder / "depot.db"),
            answering,
            Manager(self.manager.words | {"WATCHDOG_USEC": "90000000"}),
        )
        self._thread = threading.Thread(target=ear.run, args=(self.stop, self._now_ms))
        self._thread.start()

    def heard_in_many_turns(self) -> list[str]:
        self.manager.heard()
        until = self.turns + MANY
        wait_for(lambda: self.turns >= until, "it turns")
        return self.manager.heard()

    def end(self) -> None:
        self.stop.set()
        self._thread.join()

    def _now_ms(self) -> int:
        self.turns += 1
        return NOW_MS


@contextmanager
def ingest(
    folder: Path, port: int, answering: Mapping[str, Answering] | None = None
) -> Iterator[Ingest]:
    made = Ingest(folder, port, answering or {})
    with made.manager:
        try:
            yield made
        finally:
            made.end()


class Hanging:
    """Answers nobody, and holds up who asks."""

    def __init__(self) -> None:
        self.release = threading.Event()

    def answer(self, _unit: str, _question: bytes) -> bytes | None:
        self.release.wait()
        return None


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "_SOONEST_RECONNECT_S", 0.1)
    monkeypatch.setattr(line, "_LONGEST_RECONNECT_S", 0.1)
    monkeypatch.setattr(subscriber, "_WAKE_S", 0.05)


def test_an_ingest_that_is_heard_says_so(tmp_path: Path) -> None:
    with ScriptedBroker() as broker, ingest(tmp_path, broker.port) as it:
        said = it.manager.heard_until("STATUS=broker heard", "READY=1")
    # That the line has tried is said when it is known, which may be before or after the rest.
    assert said.count("READY=1") == 1
    assert [word for word in said if word.startswith("STATUS=")] in (
        ["STATUS=broker away", "STATUS=broker heard"],
        ["STATUS=broker heard"],
    )


def test_that_units_are_heard_is_said_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriber, "_WAKE_S", 3600.0)
    with ScriptedBroker() as broker, ingest(tmp_path, broker.port) as it:
        try:
            it.manager.heard_until("STATUS=broker heard")
        finally:
            it.stop.set()
            broker.publish(topic("ben", Channel.STATUS), b"")


def test_a_broker_that_lets_in_and_never_says_so_is_not_heard(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        with ingest(tmp_path, port) as it:
            words = ("STATUS=broker away", "READY=1", "WATCHDOG=1")
            assert set(it.manager.heard_until(*words) + it.heard_in_many_turns()) == {*words}


def test_a_broker_that_is_away_ends_no_ingest(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with ingest(tmp_path, free_port()) as it:
        said = it.manager.heard_until("STATUS=broker away", "READY=1", "WATCHDOG=1")
        assert said.count("READY=1") == 1
        assert set(it.heard_in_many_turns()) == {"WATCHDOG=1"}
    assert caplog.text.count("broker: no connection") == 1


def test_a_line_that_hangs_is_told_of_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_PATIENCE_S", 2.0)
    hanging = Hanging()
    with ScriptedBroker() as broker, ingest(tmp_path, broker.port, {Verb.TIME: hanging}) as it:
        it.manager.heard_until("STATUS=broker heard")
        broker.publish(topic("ben", Channel.REQUEST, Verb.TIME), b"{}")
        try:
            wait_for(lambda: it.heard_in_many_turns() == [], "nothing is said any more")
        finally:
            hanging.release.set()
        it.manager.heard_until("WATCHDOG=1")


def test_a_line_that_never_tried_is_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, begin = threading.Event(), Connection.loop_forever

    def late(line: Connection, *given: Any, **named: Any) -> MQTTErrorCode:
        release.wait()
        return begin(line, *given, **named)

    monkeypatch.setattr(Connection, "loop_forever", late)
    with ScriptedBroker() as broker, ingest(tmp_path, broker.port) as it:
        try:
            wait_for(lambda: it.turns >= MANY, "it turns")
            assert it.manager.heard() == ["STATUS=broker away"]
        finally:
            release.set()
        it.manager.heard_until("READY=1")


def test_since_when_units_are_not_heard_outlasts_a_new_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    database = open_writer(tmp_path / "depot.db")
    note_broker(database, NOW_MS - 60_000)
    with ingest(tmp_path, free_port()) as it:
        wait_for(lambda: it.turns >= MANY, "it turns")
        assert broker_lost_ms(database) == NOW_MS - 60_000
    database.close()
