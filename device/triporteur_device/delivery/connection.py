"""A connection to the broker: paho's MQTT 5 client, kept to what it is here, a pipe.

paho would send its whole queue at once on reconnecting, whatever the window (its pull request
698): so it never holds a queue. The thread stays paho's: started by another, it would write to
the socket from two threads. Its callbacks only call the listener, in that thread.
"""

import logging
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from triporteur_device.delivery.patience import Patience
from triporteur_device.identity.tls import EachTime, NotEnrolled, words_for
from triporteur_wire.messages import LOST, Offline, encode
from triporteur_wire.topics import Channel, topic

_log = logging.getLogger(__name__)

#: The broker keeps the will back this long: a 4G blip is not a departure.
_WILL_DELAY_S = 30
#: So long the broker remembers what is subscribed, and need not send every content again.
_SESSION_S = 86_400
#: A parcel, the largest that the depot sends, and room for its topic: all else stays at the broker.
_LARGEST_PACKET_BYTES = 300_000
#: MQTT 5, 3.14.2.1: another client took our name. Mosquitto 2.0 says nothing, and hangs up.
_TAKEN_OVER = 0x8E
_UNSPECIFIED = 0x80
#: Two batches a window more than the shipper sends: its own are never held back here.
_IN_FLIGHT = 20


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker listens, and as which unit we speak to it."""

    host: str
    port: int
    keepalive_s: int
    unit: str

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Listener(Protocol):
    """Told, in paho's thread, what happens to a connection."""

    def greeted(self, reason: ReasonCode) -> None:
        """The broker took the connection, or refused it."""

    def unreachable(self, why: str) -> None:
        """It could not be reached."""

    def parted(self, why: str) -> None:
        """The connection ended."""

    def heard(self, message: mqtt.MQTTMessage) -> None:
        """A message arrived."""

    def answered(self, mid: int, reason: ReasonCode) -> None:
        """The broker answered to a message of ours."""


class Connection(mqtt.Client):
    """Opened again whenever it is lost, until `close`.

    `on_closing` is given every TCP connection before it is closed, in paho's thread.
    """

    def __init__(
        self,
        broker: Broker,
        context: ssl.SSLContext | None,
        listener: Listener,
        on_closing: Callable[[socket.socket], None] | None = None,
    ) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, broker.unit, protocol=mqtt.MQTTv5)
        self._broker = broker
        self._listener = listener
        self._fault: Exception | None = None
        self._why = ""
        self._answered = False
        if context is not None:
            self.tls_set_context(context)
        if isinstance(context, EachTime):
            context.on_closing = on_closing
        self._on_closing = on_closing
        self.on_socket_close = self._closing
        self.max_inflight_messages_set(_IN_FLIGHT)
        self._patience = Patience(self)
        will = properties(PacketTypes.WILLMESSAGE, WillDelayInterval=_WILL_DELAY_S)
        self.will_set(topic(broker.unit, Channel.STATUS), encode(Offline(LOST)), 1, True, will)
        self.on_connect = self._greeted
        self.on_connect_fail = self._failed
        self.on_socket_open = _at_once
        self.on_disconnect = self._parted
        self.on_message = self._heard
        self.on_publish = lambda _c, _d, mid, reason, _p: listener.answered(mid, reason)

    def open(self) -> None:
        """Connects, and again whenever that is needed, in paho's thread."""
        self.connect_async(
            self._broker.host,
            self._broker.port,
            self._broker.keepalive_s,
            clean_start=False,
            properties=session(),
        )
        self.loop_start()

    def close(self) -> None:
        """Ends it, and its thread."""
        self.disconnect()
        self.loop_stop()
        # By which its thread was woken: paho keeps them until somebody collects what is left.
        self._reset_sockets(sockpair_only=True)

    @property
    def line(self) -> socket.socket | None:
        """The TCP connection of now, or None."""
        found = self.socket()
        return found if isinstance(found, socket.socket) else None

    def check(self) -> None:
        """Raises what ended the thread, if anything did."""
        if self._fault:
            raise self._fault

    def reconnect(self) -> MQTTErrorCode:
        """One attempt, made by paho. Keeps what it failed with: paho tells nobody."""
        self._answered = False
        try:
            return super().reconnect()
        except OSError as error:
            self._why = words_for(error, str(self._broker))
            if isinstance(error, ssl.SSLError | NotEnrolled):
                self._patience.shut_out()
            raise

    def loop_forever(
        self, timeout: float = 1.0, retry_first_connection: bool = False
    ) -> MQTTErrorCode:
        """The body of paho's thread."""
        try:
            return super().loop_forever(timeout, retry_first_connection)
        except Exception as error:  # noqa: BLE001 - the top of the thread: none may die unseen
            self._fault = error
            return MQTTErrorCode.MQTT_ERR_UNKNOWN

    def _greeted(self, _c: Any, _d: Any, _flags: Any, reason: ReasonCode, _p: Any) -> None:
        self._answered = True
        if reason.is_failure:
            self._patience.shut_out()
        else:
            self._patience.let_in()
        self._listener.greeted(reason)

    def _closing(self, _c: Any, _d: Any, line: Any) -> None:
        if self._on_closing:
            self._on_closing(line)

    def _heard(self, _c: Any, _d: Any, message: mqtt.MQTTMessage) -> None:
        try:
            _ = message.topic
        except UnicodeDecodeError:
            _log.warning("depot: a message whose topic is no text; ignored")
        else:
            self._listener.heard(message)

    def _failed(self, _c: Any, _d: Any) -> None:
        self._patience.away()
        self._listener.unreachable(self._why)

    def _parted(self, _c: Any, _d: Any, flags: Any, reason: ReasonCode, _p: Any) -> None:
        self.drop_out_messages()
        if not self._answered:
            # With TLS 1.3 a client is done before the broker has looked at its certificate.
            self._patience.shut_out()
            self._listener.unreachable(
                f"{self._broker} hung up without an answer; is this unit's certificate revoked, "
                "or out of its dates?"
            )
            return
        wordless = not flags.is_disconnect_packet_from_server and reason.value == _UNSPECIFIED
        if self._patience.is_quarrel(wordless=wordless) or reason.value == _TAKEN_OVER:
            self._listener.parted(
                f"another client bears the name {self._broker.unit}, it seems: is this card a copy "
                f"of another unit's? This one stays away for {self._patience.give_way()} s"
            )
        else:
            self._listener.parted(str(reason))


def _at_once(_client: Any, _data: Any, connection: Any) -> None:
    """A small packet is not held back for the next to join it: the depot's time is in one."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def session() -> Properties:
    """How long the broker keeps a lost session, and the most that it sends in one packet."""
    return properties(
        PacketTypes.CONNECT,
        SessionExpiryInterval=_SESSION_S,
        MaximumPacketSize=_LARGEST_PACKET_BYTES,
    )


def properties(packet: int, **values: Any) -> Properties:
    """MQTT 5 properties of a kind of packet."""
    made = Properties(packet)  # type: ignore[no-untyped-call]
    for name, value in values.items():
        setattr(made, name, value)
    return made
