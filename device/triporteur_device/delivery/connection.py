"""A connection to the broker: paho's MQTT 5 client, kept to what it is here, a pipe.

paho would send its whole queue at once on reconnecting, whatever the window (its pull request
698): so it never holds a queue. The thread stays paho's: started by another, it would write to
the socket from two threads. Its callbacks only call the listener, in that thread.
"""

import random
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any, Protocol

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from triporteur_device.identity.tls import words_for
from triporteur_wire.messages import Offline, encode
from triporteur_wire.topics import Channel, topic

#: The broker keeps the will back this long: a 4G blip is not a departure.
_WILL_DELAY_S = 30
#: So long the broker remembers what is subscribed, and need not send every content again.
_SESSION_S = 86_400
_SOONEST_RECONNECT_S = 5
_LONGEST_RECONNECT_S = 30
#: MQTT 5, 3.14.2.1: another client took our name. Mosquitto 2.0 says nothing, and hangs up.
_TAKEN_OVER = 0x8E
_UNSPECIFIED = 0x80
#: So many connections in a row, each taken and soon ended without a word, are a quarrel over the
#: name too. Both would throw each other off for ever: who was thrown off lets the other speak.
_CUT_SHORT, _SHORT_S = 3, 60
_YIELD_S = 60
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
    """Opened again whenever it is lost, until `close`."""

    def __init__(self, broker: Broker, context: ssl.SSLContext | None, listener: Listener) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, broker.unit, protocol=mqtt.MQTTv5)
        self._broker = broker
        self._listener = listener
        self._fault: Exception | None = None
        self._why = ""
        self._answered = False
        self._greeted_s = 0.0
        self._cut_short = 0
        if context is not None:
            self.tls_set_context(context)
        self.max_inflight_messages_set(_IN_FLIGHT)
        self._set_pace()
        will = properties(PacketTypes.WILLMESSAGE, WillDelayInterval=_WILL_DELAY_S)
        self.will_set(topic(broker.unit, Channel.STATUS), encode(Offline("lost")), 1, True, will)
        self.on_connect = self._greeted
        self.on_connect_fail = self._failed
        self.on_socket_open = _at_once
        self.on_disconnect = self._parted
        self.on_message = lambda _client, _data, message: listener.heard(message)
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

    def _set_pace(self) -> None:
        # Drawn by lot, so that a fleet does not come back in one instant after a broker's restart.
        soonest_s = random.randint(1, _SOONEST_RECONNECT_S)  # noqa: S311
        self.reconnect_delay_set(soonest_s, _LONGEST_RECONNECT_S)

    def _greeted(self, _c: Any, _d: Any, _flags: Any, reason: ReasonCode, _p: Any) -> None:
        self._answered = True
        if not reason.is_failure:
            self._greeted_s = time.monotonic()
            self._set_pace()
        self._listener.greeted(reason)

    def _failed(self, _c: Any, _d: Any) -> None:
        self._cut_short = 0  # in a quarrel the broker is always there
        self._listener.unreachable(self._why)

    def _parted(self, _c: Any, _d: Any, flags: Any, reason: ReasonCode, _p: Any) -> None:
        self.drop_out_messages()
        if not self._answered:
            # With TLS 1.3 a client is done before the broker has looked at its certificate.
            self._listener.unreachable(
                f"{self._broker} hung up without an answer; is this unit's certificate revoked, "
                "or out of its dates?"
            )
            return
        wordless = not flags.is_disconnect_packet_from_server and reason.value == _UNSPECIFIED
        short = time.monotonic() - self._greeted_s < _SHORT_S
        self._cut_short = self._cut_short + 1 if wordless and short else 0
        if reason.value == _TAKEN_OVER or self._cut_short >= _CUT_SHORT:
            self._listener.parted(self._yield())
        else:
            self._listener.parted(str(reason))

    def _yield(self) -> str:
        """Stays away for a while; says why."""
        yield_s = random.randint(_YIELD_S, 2 * _YIELD_S)  # noqa: S311
        self.reconnect_delay_set(yield_s, 2 * _YIELD_S)
        return (
            f"another client bears the name {self._broker.unit}, it seems: is this card a copy of "
            f"another unit's? This one stays away for {yield_s} s"
        )


def _at_once(_client: Any, _data: Any, connection: Any) -> None:
    """A small packet is not held back for the next to join it: the depot's time is in one."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def session() -> Properties:
    """What the broker keeps of a connection that is lost: what is subscribed, and the will."""
    return properties(PacketTypes.CONNECT, SessionExpiryInterval=_SESSION_S)


def properties(packet: int, **values: Any) -> Properties:
    """MQTT 5 properties of a kind of packet."""
    made = Properties(packet)  # type: ignore[no-untyped-call]
    for name, value in values.items():
        setattr(made, name, value)
    return made
