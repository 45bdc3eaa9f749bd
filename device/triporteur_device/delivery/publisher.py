"""The publisher: MQTT 5 through paho, which is only a pipe here.

paho would send its whole queue at once on reconnecting, whatever the window (its pull request
698): so it never holds a queue. What is not stored at the depot stands in the journal, the window
is ours, and on a lost connection everything in flight is dropped and read again from the marks.

Callbacks of paho's thread only put events into an inbox; `run` does the rest.
"""

import logging
import queue
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from triporteur_device.delivery.backlog import read_backlog
from triporteur_device.delivery.connection import Connection
from triporteur_device.delivery.herald import Herald
from triporteur_device.delivery.shipper import WINDOW, Shipper
from triporteur_device.journal import JournalReader, Stretch, merged
from triporteur_wire.envelope import pack, properties
from triporteur_wire.messages import Ack, Delivery, Offline, Status, decode_ack, encode
from triporteur_wire.topics import Channel, topic

_log = logging.getLogger(__name__)

#: The broker keeps the will back this long: a 4G blip is not a departure.
_WILL_DELAY_S = 30
_FAREWELL_S = 2.0
_WAKE_S = 1.0
_SOONEST_RECONNECT_S = 5
_LONGEST_RECONNECT_S = 30


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker listens, and as which unit we speak to it."""

    host: str
    port: int
    keepalive_s: int
    unit: str


class Publisher:
    """Sends status and journal, takes acknowledgements.

    `on_ack` is called in the publisher's thread with every acknowledgement of the depot.
    """

    def __init__(
        self,
        broker: Broker,
        journal: JournalReader,
        mono_ms: Callable[[], int],
        on_ack: Callable[[Ack], None],
    ) -> None:
        self._broker = broker
        self._journal = journal
        self._mono_ms = mono_ms
        self._on_ack = on_ack
        self._shipper = Shipper()
        self._herald = Herald()
        self._status: Status | None = None
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._connected = False
        self._lost_ms: int | None = None
        self._ack = Ack(journal.epoch() or "", {log.log: log.mark for log in journal.logs()})
        self._backlog = read_backlog(journal, self._ack)
        self._client = self._make_client()

    def run(self, stop: threading.Event) -> None:
        """Connects, sends and resends until `stop`, then says goodbye.

        Raises whatever ended the connection's thread.
        """
        self._client.connect_async(
            self._broker.host,
            self._broker.port,
            self._broker.keepalive_s,
            clean_start=True,
            properties=_session(),
        )
        self._client.loop_start()
        while not stop.is_set():
            self._client.check()
            self._take_events()
            self._ship()
        self._leave()

    def committed(self) -> None:
        """Tells that the journal has new records."""
        self._inbox.put(self._refresh)

    def show(self, status: Status) -> None:
        """Gives the unit's newest status; it is sent when due, and first on a new connection.

        The backlog waits for the first one: how a unit fares matters more than how it fared.
        """
        self._inbox.put(partial(self._take_status, status))

    def delivery(self, now_utc_ms: int | None, *, durable: bool) -> Delivery:
        """What waits for the depot now; `durable` is whether it would outlive a power cut."""
        return self._backlog.delivery(self._connected, now_utc_ms, durable)

    def _make_client(self) -> Connection:
        client = Connection(
            CallbackAPIVersion.VERSION2, client_id=self._broker.unit, protocol=mqtt.MQTTv5
        )
        client.max_inflight_messages_set(WINDOW + 2)
        # Drawn by lot, so that a fleet does not come back in one instant after a broker's restart.
        client.reconnect_delay_set(random.randint(1, _SOONEST_RECONNECT_S), _LONGEST_RECONNECT_S)  # noqa: S311
        will = _properties(PacketTypes.WILLMESSAGE, WillDelayInterval=_WILL_DELAY_S)
        client.will_set(self._topic(Channel.STATUS), encode(Offline("lost")), 1, True, will)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        return client

    # In paho's thread: nothing but events.

    def _on_connect(self, _c: Any, _u: Any, _flags: Any, reason: ReasonCode, _p: Any) -> None:
        self._inbox.put(partial(self._greeted, reason))

    def _on_connect_fail(self, _c: Any, _u: Any) -> None:
        where = f"nothing answers at {self._broker.host}:{self._broker.port}"
        self._inbox.put(partial(self._note_lost, where))

    def _on_disconnect(self, _c: Any, _u: Any, _flags: Any, reason: ReasonCode, _p: Any) -> None:
        self._client.drop_out_messages()
        self._inbox.put(partial(self._parted, reason))

    def _on_message(self, _c: Any, _u: Any, message: mqtt.MQTTMessage) -> None:
        self._inbox.put(partial(self._acknowledged, bytes(message.payload)))

    def _on_publish(self, _c: Any, _u: Any, mid: int, reason: ReasonCode, _p: Any) -> None:
        self._inbox.put(partial(self._answered, mid, reason))

    # In our thread.

    def _take_events(self) -> None:
        try:
            self._inbox.get(timeout=_WAKE_S)()
            while True:
                self._inbox.get_nowait()()
        except queue.Empty:
            pass

    def _greeted(self, reason: ReasonCode) -> None:
        if reason.is_failure:
            self._note_lost(str(reason))
            return
        self._connected = True
        self._shipper.start_over()
        if self._status:
            self._say(self._status)
        self._client.subscribe(self._topic(Channel.ACK), qos=1)
        if self._lost_ms is not None:
            _log.info("depot: back after %d s", (self._mono_ms() - self._lost_ms) // 1000)
            self._lost_ms = None

    def _parted(self, reason: ReasonCode) -> None:
        self._connected = False
        self._note_lost(str(reason))

    def _note_lost(self, why: str) -> None:
        if self._lost_ms is None:
            self._lost_ms = self._mono_ms()
            _log.warning("depot: no connection (%s); trying again", why)

    def _answered(self, mid: int, reason: ReasonCode) -> None:
        # 0x10 "no matching subscribers" is a success to MQTT, but nobody has the message.
        if reason.value == 0:
            self._shipper.accepted(mid)
        else:
            self._shipper.refused(mid, self._mono_ms())

    def _acknowledged(self, payload: bytes) -> None:
        try:
            news = decode_ack(payload)
        except ValueError as error:
            _log.warning("depot: an acknowledgement cannot be read (%s); ignored", error)
            return
        self._ack = merged(self._ack, news)
        self._on_ack(news)
        self._refresh()

    def _refresh(self) -> None:
        self._backlog = read_backlog(self._journal, self._ack)

    def _take_status(self, status: Status) -> None:
        self._status = status
        if self._connected and self._herald.is_due(status):
            self._say(status)

    def _say(self, status: Status) -> None:
        # Made a moment before the connection, perhaps; said, it is true.
        delivery = msgspec.structs.replace(status.delivery, connected=True)
        payload = encode(msgspec.structs.replace(status, delivery=delivery))
        self._client.publish(self._topic(Channel.STATUS), payload, qos=0, retain=True)
        self._herald.said(status)

    def _ship(self) -> None:
        while self._connected and self._status:
            stretch = self._shipper.next(self._backlog.logs, self._mono_ms())
            if stretch is None or not self._send(stretch):
                return

    def _send(self, stretch: Stretch) -> bool:
        batch = self._journal.batch(stretch)
        if batch is None:
            return False
        said = _properties(PacketTypes.PUBLISH, UserProperty=properties(batch.range))
        info = self._client.publish(
            self._topic(Channel.JOURNAL), pack(batch), qos=1, properties=said
        )
        span = (batch.range.first, batch.range.last)
        self._shipper.sent(info.mid, stretch.log_id, *span, self._mono_ms())
        return True

    def _leave(self) -> None:
        if self._connected:
            with suppress(RuntimeError, ValueError):  # the connection went at this very moment
                farewell = self._client.publish(
                    self._topic(Channel.STATUS), encode(Offline("stopped")), qos=1, retain=True
                )
                farewell.wait_for_publish(_FAREWELL_S)
        self._client.disconnect()
        self._client.loop_stop()
        self._journal.close()

    def _topic(self, channel: Channel) -> str:
        return topic(self._broker.unit, channel)


def _session() -> Properties:
    # The session outlives the connection only for the will to be held back.
    return _properties(PacketTypes.CONNECT, SessionExpiryInterval=_WILL_DELAY_S)


def _properties(packet: int, **values: Any) -> Properties:
    made = Properties(packet)  # type: ignore[no-untyped-call]
    for name, value in values.items():
        setattr(made, name, value)
    return made
