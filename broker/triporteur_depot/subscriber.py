"""The depot's ear: MQTT 5 through paho, each message acknowledged after it is committed.

The session is clean: what the depot has not stored, the units still hold and send again, so that
nothing depends on the broker's queue. Receive Maximum is the back-pressure.
"""

import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from triporteur_depot.disk import Disk
from triporteur_depot.ingest import Intake, Message, roll_up
from triporteur_wire.messages import Ack, encode
from triporteur_wire.topics import Channel, parse, topic

_log = logging.getLogger(__name__)

_CLIENT_ID = "depot"
_RECEIVE_MAXIMUM = 100
_COMMIT_TOGETHER = 50
_WAKE_S = 0.5
_LONGEST_RECONNECT_S = 30


@dataclass(frozen=True, slots=True)
class _Arrived:
    mid: int
    qos: int
    message: Message


class Subscriber:
    """Listens to every unit and stores what they say, until it is told to stop."""

    def __init__(
        self, host: str, port: int, keepalive_s: int, database: Callable[[], sqlite3.Connection]
    ) -> None:
        self._address = (host, port, keepalive_s)
        self._database = database
        self._arrived: queue.SimpleQueue[_Arrived] = queue.SimpleQueue()
        self._said: dict[str, Ack] = {}
        self._lost = False
        self._client = self._make_client()

    def run(self, stop: threading.Event, now_ms: Callable[[], int]) -> None:
        """Works until `stop`. Raises sqlite3.Error when the database cannot be opened."""
        connection = self._database()
        intake = Intake(connection, now_ms)
        host, port, keepalive_s = self._address
        self._client.connect_async(host, port, keepalive_s, clean_start=True, properties=_limits())
        self._client.loop_start()
        try:
            disk = Disk(stop)
            while not stop.is_set():
                arrived = self._gather(_WAKE_S)
                if arrived:
                    acks = disk.insist(partial(intake.take, [one.message for one in arrived]))
                    if acks is not None:
                        self._answer(arrived, acks)
                while self._arrived.empty() and disk.insist(partial(roll_up, connection)):
                    pass
        finally:
            self._client.disconnect()
            self._client.loop_stop()
            connection.close()

    def _make_client(self) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=_CLIENT_ID,
            protocol=mqtt.MQTTv5,
            manual_ack=True,
        )
        client.reconnect_delay_set(1, _LONGEST_RECONNECT_S)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        return client

    def _on_connect(
        self, client: mqtt.Client, _u: Any, _flags: Any, reason: ReasonCode, _p: Any
    ) -> None:
        if reason.is_failure:
            self._note_lost(str(reason))
            return
        _log.info("broker: connected")
        self._lost = False
        self._said.clear()
        client.subscribe(
            [(topic("+", channel), 1) for channel in (Channel.STATUS, Channel.JOURNAL)]
        )

    def _on_disconnect(self, _c: Any, _u: Any, _flags: Any, reason: ReasonCode, _p: Any) -> None:
        self._note_lost(str(reason))

    def _on_connect_fail(self, _c: Any, _u: Any) -> None:
        host, port, _ = self._address
        self._note_lost(f"nothing answers at {host}:{port}")

    def _note_lost(self, why: str) -> None:
        if not self._lost:
            _log.warning("broker: no connection (%s); trying again", why)
        self._lost = True

    def _on_message(self, client: mqtt.Client, _u: Any, message: mqtt.MQTTMessage) -> None:
        known = parse(message.topic)
        if known is None:
            client.ack(message.mid, message.qos)
            return
        said = getattr(message.properties, "UserProperty", [])
        unit, channel = known
        self._arrived.put(
            _Arrived(
                message.mid,
                message.qos,
                Message(unit, channel, bytes(message.payload), said, message.retain),
            )
        )

    def _gather(self, timeout_s: float) -> list[_Arrived]:
        arrived: list[_Arrived] = []
        try:
            arrived.append(self._arrived.get(timeout=timeout_s))
            while len(arrived) < _COMMIT_TOGETHER:
                arrived.append(self._arrived.get_nowait())
        except queue.Empty:
            pass
        return arrived

    def _answer(self, arrived: list[_Arrived], acks: dict[str, Ack]) -> None:
        for one in arrived:
            self._client.ack(one.mid, one.qos)
        for unit, ack in acks.items():
            if self._said.get(unit) != ack:
                self._said[unit] = ack
                self._client.publish(topic(unit, Channel.ACK), encode(ack), qos=1, retain=True)


def _limits() -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.ReceiveMaximum = _RECEIVE_MAXIMUM
    return properties
