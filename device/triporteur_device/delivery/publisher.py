"""The publisher: status first, then the journals' backlog, and what the unit asks the depot.

What is not stored at the depot stands in the journals; the window is ours, and on a lost
connection everything in flight is dropped and read again from the marks.

paho's thread only puts events into an inbox; `run` does the rest.
"""

import logging
import queue
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from triporteur_device.delivery.backlog import read_backlog
from triporteur_device.delivery.connection import Broker, Connection, properties
from triporteur_device.delivery.errands import Errand, Errands
from triporteur_device.delivery.herald import Herald
from triporteur_device.delivery.journals import Journals
from triporteur_device.delivery.link_meter import LinkMeter
from triporteur_device.delivery.shipper import Shipper
from triporteur_device.journal import Stretch, merged
from triporteur_wire import envelope
from triporteur_wire.messages import Ack, Delivery, LinkUse, Offline, Status, decode_ack, encode
from triporteur_wire.topics import Channel, parse, topic

_log = logging.getLogger(__name__)

_FAREWELL_S = 2.0
_WAKE_S = 1.0
_AT_ONCE = SubscribeOptions(qos=1)
#: A content may be large: what was delivered before does not come again with each connection.
_IF_NEW = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
_FROM_DEPOT = (
    (Channel.ACK, "", _AT_ONCE),
    (Channel.SETTINGS, "", _AT_ONCE),
    (Channel.CONTENT, "+", _IF_NEW),
    (Channel.RESPONSE, "+", _AT_ONCE),
)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the depot sent down for the unit to keep: settings, or the named content."""

    channel: Channel
    name: str
    payload: bytes


class Publisher:
    """Sends status and journals, takes what the depot says.

    `context` is what to connect with, None in plain. `on_news` is called in the publisher's thread
    with every acknowledgement and every parcel.
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
    ) -> None:
        self._broker = broker
        self._context = context
        self._journals = journals
        self._shipper = shipper
        self._meter = meter
        self._errands = Errands()
        self._mono_ms = mono_ms
        self._on_news = on_news
        self._herald = Herald()
        self._status: Status | None = None
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._connected = False
        self._outdated = threading.Event()
        self._lost_ms: int | None = None
        self._refused: str | None = None
        self._version: object = None
        self._ack = journals.known()
        self._backlog = read_backlog(journals, self._ack)

    def run(self, stop: threading.Event) -> None:
        """Connects, sends and resends until `stop`, then says goodbye.

        Raises whatever ended the connection's thread, and sqlite3.Error of the own journal.
        """
        try:
            while not stop.is_set():
                self._converse(stop)
        finally:
            self._meter.keep()
            self._journals.close()

    def ask(self, errand: Errand) -> None:
        """Adds a question to those that the depot is asked. Before `run` only."""
        self._errands.add(errand)

    def committed(self) -> None:
        """Tells that the journal has new records."""
        self._inbox.put(self._refresh)

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
        return self._backlog.delivery(self._connected, now_utc_ms, durable)

    @property
    def link(self) -> LinkUse:
        """What the link carried this month."""
        return self._meter.use

    @property
    def link_is_spent(self) -> bool:
        """Whether the month has cost what it may: the backlog then waits."""
        return self._meter.is_spent

    # Told in paho's thread: nothing but events.

    def greeted(self, reason: ReasonCode) -> None:
        self._inbox.put(partial(self._take_greeting, reason))

    def unreachable(self, why: str) -> None:
        self._inbox.put(partial(self._note_lost, why))

    def parted(self, why: str) -> None:
        self._inbox.put(partial(self._take_parting, why))

    def heard(self, message: mqtt.MQTTMessage) -> None:
        self._inbox.put(partial(self._take_message, message.topic, bytes(message.payload)))

    def answered(self, mid: int, reason: ReasonCode) -> None:
        self._inbox.put(partial(self._take_answer, mid, reason))

    # In ours.

    def _converse(self, stop: threading.Event) -> None:
        """One connection after another, until `stop` or until the unit should show new papers."""
        self._outdated.clear()
        self._connection = Connection(self._broker, self._context, self)
        self._connection.open()
        try:
            while not (stop.is_set() or self._outdated.is_set()):
                self._connection.check()
                self._take_events()
                self._meter.look(self._connection.line)
                if self._connected:
                    self._ask()
                    self._ship()
            if stop.is_set():
                self._say_goodbye()
        finally:
            self._connection.close()
            self._connected = False

    def _take_events(self) -> None:
        try:
            self._inbox.get(timeout=_WAKE_S)()
            while True:
                self._inbox.get_nowait()()
        except queue.Empty:
            pass
        if self._journals.version() != self._version:
            self._refresh()  # another room committed

    def _take_greeting(self, reason: ReasonCode) -> None:
        if reason.is_failure:
            self._note_lost(f"refused: {reason}")
            return
        self._connected = True
        self._shipper.start_over()
        self._errands.connected()
        if self._status:
            self._say(self._status)
        wanted = [(self._topic(channel, name), how) for channel, name, how in _FROM_DEPOT]
        self._connection.subscribe(wanted)
        if self._lost_ms is not None:
            _log.info("depot: back after %d s", (self._mono_ms() - self._lost_ms) // 1000)
            self._lost_ms = None

    def _take_parting(self, why: str) -> None:
        self._connected = False
        self._note_lost(why)

    def _note_lost(self, why: str) -> None:
        if self._lost_ms is None:
            self._lost_ms = self._mono_ms()
            _log.warning("depot: no connection (%s); trying again", why)

    def _take_answer(self, mid: int, reason: ReasonCode) -> None:
        # 0x10 "no matching subscribers" is a success to MQTT, but nobody has the message.
        if reason.value == 0:
            if self._shipper.accepted(mid, self._mono_ms()):
                self._note_refusal(None)
        elif self._shipper.refused(mid, self._mono_ms()):
            self._note_refusal(str(reason))

    def _note_refusal(self, reason: str | None) -> None:
        if reason and self._refused is None:
            _log.warning("depot: the broker does not take records (%s); trying again", reason)
        elif reason is None and self._refused:
            _log.info("depot: the broker takes records again")
        self._refused = reason

    def _take_message(self, name: str, payload: bytes) -> None:
        address = parse(name)
        match address.channel if address else None:
            case Channel.ACK:
                self._take_ack(payload)
            case Channel.RESPONSE if address:
                self._errands.answered(address.name, payload, self._mono_ms())
            case Channel.SETTINGS | Channel.CONTENT if address:
                self._on_news(Delivered(address.channel, address.name, payload))

    def _take_ack(self, payload: bytes) -> None:
        try:
            news = decode_ack(payload)
        except ValueError as error:
            _log.warning("depot: an acknowledgement cannot be read (%s); ignored", error)
            return
        self._ack = merged(self._ack, news)
        self._on_news(self._ack)
        self._refresh()

    def _refresh(self) -> None:
        self._version = self._journals.version()
        self._backlog = read_backlog(self._journals, self._ack)

    def _take_status(self, status: Status) -> None:
        self._status = status
        if self._connected and self._herald.is_due(status):
            self._say(status)

    def _say(self, status: Status) -> None:
        # Made a moment before the connection, perhaps; said, it is true.
        delivery = msgspec.structs.replace(status.delivery, connected=True)
        payload = encode(msgspec.structs.replace(status, delivery=delivery))
        self._connection.publish(self._topic(Channel.STATUS), payload, qos=0, retain=True)
        self._herald.said(status)

    def _ask(self) -> None:
        for verb, question in self._errands.due(self._mono_ms()):
            self._connection.publish(self._topic(Channel.REQUEST, verb), question, qos=1)

    def _ship(self) -> None:
        while self._status and not self._meter.is_spent:
            stretch = self._shipper.next(self._backlog.logs, self._mono_ms())
            if stretch is None or not self._send(stretch):
                return

    def _send(self, stretch: Stretch) -> bool:
        batch = self._journals.batch(stretch)
        if batch is None:
            return False
        said = properties(PacketTypes.PUBLISH, UserProperty=envelope.properties(batch.range))
        info = self._connection.publish(
            self._topic(Channel.JOURNAL), envelope.pack(batch), qos=1, properties=said
        )
        span = (batch.range.first, batch.range.last)
        self._shipper.sent(info.mid, stretch.log, *span, self._mono_ms())
        return True

    def _say_goodbye(self) -> None:
        if self._connected:
            with suppress(RuntimeError, ValueError):  # the connection went at this very moment
                farewell = self._connection.publish(
                    self._topic(Channel.STATUS), encode(Offline("stopped")), qos=1, retain=True
                )
                farewell.wait_for_publish(_FAREWELL_S)

    def _topic(self, channel: Channel, name: str = "") -> str:
        return topic(self._broker.unit, channel, name)
