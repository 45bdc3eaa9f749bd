"""The publisher: status first, then the journals' backlog, and what the unit asks the depot.

What is not stored at the depot stands in the journals; the window is ours, and on a lost
connection everything in flight is dropped and read again from the marks.

paho's thread only puts events into an inbox (see `ear`); `run` does the rest.
"""

import logging
import queue
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from triporteur_device.delivery.connection import Broker, Connection, properties
from triporteur_device.delivery.downstream import Delivered, wanted
from triporteur_device.delivery.ear import Ear
from triporteur_device.delivery.errands import Errand, Errands
from triporteur_device.delivery.herald import Herald, words
from triporteur_device.delivery.journals import Journals
from triporteur_device.delivery.link_meter import LinkMeter
from triporteur_device.delivery.outbox import Outbox
from triporteur_device.delivery.shipper import Shipper
from triporteur_wire import envelope
from triporteur_wire.envelope import Batch
from triporteur_wire.messages import Ack, Delivery, LinkUse, Status, decode_ack
from triporteur_wire.topics import Channel, parse, topic

_log = logging.getLogger(__name__)

_FAREWELL_S = 2.0
_WAKE_S = 1.0


class Publisher:
    """Sends status and journals, takes what the depot says.

    `context` is what to connect with, None in plain. Where the unit's power goes `off_by_key`, it
    takes its leave as soon as the key is off, and comes back with it. `on_news` is called in the
    publisher's thread with every acknowledgement and every parcel.
    """

    def __init__(
        self,
        broker: Broker,
        context: ssl.SSLContext | None,
        journals: Journals,
        shipper: Shipper,
        meter: LinkMeter,
        mono_ms: Callable[[], int],
        on_news: Callable[[Ack | Delivered], None],
        *,
        off_by_key: bool = False,
    ) -> None:
        self._broker = broker
        self._topic = partial(topic, broker.unit)
        self._context = context
        self._outbox = Outbox(journals, shipper, mono_ms)
        self._meter = meter
        self._errands = Errands()
        self._mono_ms = mono_ms
        self._on_news = on_news
        self._herald = Herald(off_by_key=off_by_key)
        self._status: Status | None = None
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._connected = False
        self._outdated = threading.Event()
        self._lost_ms: int | None = None
        self._told_lost: set[str] = set()

    def run(self, stop: threading.Event) -> None:
        """Connects, sends and resends until `stop`, then says goodbye.

        Raises whatever ended the connection's thread, and sqlite3.Error of the own journal.
        """
        try:
            while not stop.is_set():
                if self._herald.has_left:
                    self._take_events(_WAKE_S)
                else:
                    self._converse(stop)
        finally:
            self._meter.keep()
            self._outbox.close()

    def ask(self, errand: Errand) -> None:
        """Adds a question to those that the depot is asked. Before `run` only."""
        self._errands.add(errand)

    def committed(self) -> None:
        """Tells that the journal has new records."""
        self._inbox.put(self._outbox.refresh)

    def reconnect(self) -> None:
        """Connects anew: the unit's papers are others now."""
        self._outdated.set()

    def show(self, status: Status) -> None:
        """Gives the unit's newest status; it is sent when due, and first on a new connection.

        The backlog waits for the first one: how a unit fares matters more than how it fared.
        """
        self._inbox.put(partial(self._take_status, status))

    def delivery(self, now_utc_ms: int | None, *, durable: bool) -> Delivery:
        """What waits for the depot now; `durable` is whether it would outlive a power cut."""
        return self._outbox.backlog.delivery(self._connected, now_utc_ms, durable)

    @property
    def link(self) -> LinkUse:
        """What the link carried this month."""
        return self._meter.use

    @property
    def link_is_spent(self) -> bool:
        """Whether the month has cost what it may: the backlog then waits."""
        return self._meter.is_spent

    @property
    def is_delivering(self) -> bool:
        """Whether records are under way. In the publisher's thread only."""
        return self._outbox.is_under_way

    # What a connection tells, in the publisher's thread.

    def take_greeting(self, reason: ReasonCode) -> None:
        """The broker took the connection, or refused it."""
        if reason.is_failure:
            self.take_loss(f"refused: {reason}")
            return
        self._connected = True
        self._outbox.start_over()
        self._errands.connected()
        if self._status:
            self._say(self._status)
        self._connection.subscribe(wanted(self._broker.unit))
        if self._lost_ms is not None:
            _log.info("depot: back after %d s", (self._mono_ms() - self._lost_ms) // 1000)
            self._lost_ms = None
            self._told_lost.clear()

    def take_loss(self, why: str) -> None:
        """The connection ended, or did not come about: said once for each reason."""
        self._connected = False
        self._lost_ms = self._mono_ms() if self._lost_ms is None else self._lost_ms
        if why not in self._told_lost:
            self._told_lost.add(why)
            _log.warning("depot: no connection (%s); trying again", why)

    def take_answer(self, mid: int, reason: ReasonCode) -> None:
        """The broker answered to a message."""
        # 0x10 "no matching subscribers" is a success to MQTT, but nobody has the message.
        self._outbox.answered(mid, "" if reason.value == 0 else str(reason))

    def take_message(self, name: str, payload: bytes) -> None:
        """The depot said something."""
        address = parse(name)
        match address.channel if address else None:
            case Channel.ACK:
                self._take_ack(payload)
            case Channel.RESPONSE if address:
                self._errands.answered(address.name, payload, self._mono_ms())
            case Channel.SETTINGS | Channel.CONTENT | Channel.RELEASE if address:
                self._on_news(Delivered(address.channel, address.name, payload))

    # In the publisher's thread too.

    def _converse(self, stop: threading.Event) -> None:
        """One connection after another, until `stop` or until the unit should show new papers."""
        self._outdated.clear()
        ear = Ear(self._inbox.put, self)
        self._connection = Connection(self._broker, self._context, ear, self._meter.count)
        self._connection.open()
        try:
            while not (stop.is_set() or self._outdated.is_set() or self._herald.has_left):
                self._connection.check()
                self._take_events(_WAKE_S)
                self._meter.look(self._connection.line)
                if self._connected:
                    self._ask()
                    if self._status and not self._meter.is_spent:
                        self._outbox.ship(self._send)
            if self._connected and (stop.is_set() or self._herald.has_left):
                self._say_goodbye()
        finally:
            ear.close()
            self._connection.close()
            self._connected = False
            self._drain()

    def _take_events(self, timeout_s: float) -> None:
        with suppress(queue.Empty):
            self._inbox.get(timeout=timeout_s)()
            self._drain()
        self._outbox.refresh()  # another room may have committed

    def _drain(self) -> None:
        """Acts on what was told until now; of a connection that was closed, on messages alone."""
        with suppress(queue.Empty):
            while True:
                self._inbox.get_nowait()()

    def _take_ack(self, payload: bytes) -> None:
        try:
            news = decode_ack(payload)
        except ValueError as error:
            _log.warning("depot: an acknowledgement cannot be read (%s); ignored", error)
            return
        self._on_news(self._outbox.acknowledge(news))

    def _take_status(self, status: Status) -> None:
        self._status = status
        self._herald.look(status)
        if self._connected and self._herald.is_due(status):
            self._say(status)

    def _say(self, status: Status) -> None:
        payload = words(status, self._outbox.named(status.delivery.logs))
        self._connection.publish(self._topic(Channel.STATUS), payload, qos=0, retain=True)
        self._herald.said(status)

    def _ask(self) -> None:
        for verb, question in self._errands.due(self._mono_ms()):
            self._connection.publish(self._topic(Channel.REQUEST, verb), question, qos=1)

    def _send(self, batch: Batch) -> int:
        said = properties(PacketTypes.PUBLISH, UserProperty=envelope.properties(batch.range))
        info = self._connection.publish(
            self._topic(Channel.JOURNAL), envelope.pack(batch), qos=1, properties=said
        )
        return int(info.mid)

    def _say_goodbye(self) -> None:
        """Sends what still waits, as far as two seconds go, and says that the unit leaves."""
        until_ms = self._mono_ms() + round(_FAREWELL_S * 1000)
        if not self._meter.is_spent:
            self._outbox.ship_all(self._send)
        with suppress(RuntimeError, ValueError):  # the connection went at this very moment
            farewell = self._connection.publish(
                self._topic(Channel.STATUS), self._herald.farewell(), qos=1, retain=True
            )
            farewell.wait_for_publish(_FAREWELL_S)
        while self._outbox.is_under_way and self._connected and self._mono_ms() < until_ms:
            self._take_events(_WAKE_S / 10)
            self._outbox.ship(self._send)
