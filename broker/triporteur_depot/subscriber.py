"""The depot's ear: MQTT 5 through paho, each message acknowledged after it is committed.

The session is clean: what the depot has not stored, the units still hold and send again, so that
nothing depends on the broker's queue. Receive Maximum is the back-pressure.

The depot also listens to what the broker kept of its own acknowledgements: they tell when the
database is older than what units were told (see `ingest.memory`).
"""

import logging
import sqlite3
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from triporteur_depot.database import note_broker
from triporteur_depot.disk import Disk
from triporteur_depot.inbox import Arrived, Inbox
from triporteur_depot.ingest import Intake, Message, roll_up
from triporteur_wire.messages import Ack, encode
from triporteur_wire.topics import Channel, parse, topic

_log = logging.getLogger(__name__)

_CLIENT_ID = "depot"
_RECEIVE_MAXIMUM = 100
#: Many times the largest batch of a unit: the broker keeps larger packets to itself.
_MAXIMUM_PACKET_BYTES = 1_000_000
_COMMIT_TOGETHER = 50
_WAKE_S = 0.5
_LONGEST_RECONNECT_S = 30
#: In this order: what units were told is known before they answer to what they are told now.
_CHANNELS = (Channel.ACK, Channel.STATUS, Channel.JOURNAL)


class Subscriber:
    """Listens to every unit and stores what they say, until it is told to stop."""

    def __init__(
        self, host: str, port: int, keepalive_s: int, database: Callable[[], sqlite3.Connection]
    ) -> None:
        self._address = (host, port, keepalive_s)
        self._database = database
        self._inbox = Inbox()
        self._said: dict[str, Ack] = {}
        self._lost = False
        self._told_lost: bool | None = None
        self._connection_no = 0
        self._acknowledging = threading.Lock()

    def run(self, stop: threading.Event, now_ms: Callable[[], int]) -> None:
        """Works until `stop`. Raises sqlite3.Error when the database cannot be opened.

        Raises whatever ended the connection's thread.
        """
        connection = self._database()
        intake = Intake(connection, now_ms)
        client = self._make_client(now_ms)
        host, port, keepalive_s = self._address
        client.connect_async(host, port, keepalive_s, clean_start=True, properties=_limits())
        client.loop_start()
        try:
            disk = Disk(stop)
            while not stop.is_set():
                client.check()
                disk.insist(partial(self._tell_pages, connection, now_ms))
                arrived = self._inbox.gather(_COMMIT_TOGETHER, _WAKE_S)
                if arrived:
                    acks = disk.insist(partial(intake.take, [one.message for one in arrived]))
                    if acks is not None:
                        self._answer(client, arrived, acks)
                while self._inbox.is_empty() and disk.insist(partial(roll_up, connection)):
                    pass
        finally:
            client.disconnect()
            client.loop_stop()
            connection.close()

    def _make_client(self, now_ms: Callable[[], int]) -> "_Client":
        client = _Client(
            CallbackAPIVersion.VERSION2,
            client_id=_CLIENT_ID,
            protocol=mqtt.MQTTv5,
            manual_ack=True,
        )
        client.reconnect_delay_set(1, _LONGEST_RECONNECT_S)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_message = partial(self._on_message, now_ms)
        return client

    # In paho's thread.

    def _on_connect(
        self, client: mqtt.Client, _u: Any, _flags: Any, reason: ReasonCode, _p: Any
    ) -> None:
        if reason.is_failure:
            self._note_lost(str(reason))
            return
        _log.info("broker: connected")
        self._lost = False
        self._said.clear()
        client.subscribe([(topic("+", channel), 1) for channel in _CHANNELS])

    def _on_disconnect(self, _c: Any, _u: Any, _flags: Any, reason: ReasonCode, _p: Any) -> None:
        with self._acknowledging:
            self._connection_no += 1
        if reason.is_failure:
            self._note_lost(str(reason))

    def _on_connect_fail(self, _c: Any, _u: Any) -> None:
        host, port, _ = self._address
        self._note_lost(f"nothing answers at {host}:{port}")

    def _note_lost(self, why: str) -> None:
        if not self._lost:
            _log.warning("broker: no connection (%s); trying again", why)
        self._lost = True

    def _on_message(
        self, now_ms: Callable[[], int], client: mqtt.Client, _u: Any, message: mqtt.MQTTMessage
    ) -> None:
        known = parse(message.topic)
        if known is None or (known[1] is Channel.ACK and not message.retain):
            client.ack(message.mid, message.qos)  # none of ours, or the echo of what we say
            return
        unit, channel = known
        said = getattr(message.properties, "UserProperty", [])
        heard = Message(
            unit, channel, bytes(message.payload), said, message.retain, received_utc_ms=now_ms()
        )
        self._inbox.put(Arrived(message.mid, message.qos, self._connection_no, heard))

    # In ours.

    def _tell_pages(self, connection: sqlite3.Connection, now_ms: Callable[[], int]) -> None:
        """A depot without its broker must not say that its units are silent."""
        lost = self._lost
        if lost is not self._told_lost:
            note_broker(connection, now_ms() if lost else None)
            self._told_lost = lost

    def _answer(self, client: mqtt.Client, arrived: list[Arrived], acks: dict[str, Ack]) -> None:
        for one in arrived:
            # On another connection the same number is another message, not stored yet.
            with self._acknowledging:
                if one.connection_no == self._connection_no:
                    client.ack(one.mid, one.qos)
        for unit, ack in acks.items():
            if self._said.get(unit) != ack:
                self._said[unit] = ack
                client.publish(topic(unit, Channel.ACK), encode(ack), qos=1, retain=True)


class _Client(mqtt.Client):
    """paho with its own thread, whose death is told.

    The thread stays paho's: without one of its own it would write to the socket from ours too.
    """

    _fault: Exception | None = None

    def loop_forever(
        self, timeout: float = 1.0, retry_first_connection: bool = False
    ) -> MQTTErrorCode:
        """The body of paho's thread."""
        try:
            return super().loop_forever(timeout, retry_first_connection)
        except Exception as error:  # noqa: BLE001 - the top of the thread: `check` raises it
            self._fault = error
            return MQTTErrorCode.MQTT_ERR_UNKNOWN

    def check(self) -> None:
        """Raises what ended the thread, when something did."""
        if self._fault:
            raise self._fault


def _limits() -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.ReceiveMaximum = _RECEIVE_MAXIMUM
    properties.MaximumPacketSize = _MAXIMUM_PACKET_BYTES
    return properties
