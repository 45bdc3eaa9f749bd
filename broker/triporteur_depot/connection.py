"""paho's client as the depot needs it.

The session is clean: what the depot has not stored, the units still hold and send again, so that
nothing depends on the broker's queue. Receive Maximum is the back-pressure.

The thread stays paho's: started by another, it would write to the socket from two threads.
"""

import socket
import time
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

_RECEIVE_MAXIMUM = 100
#: Many times the largest batch of a unit: the broker keeps larger packets to itself.
_MAXIMUM_PACKET_BYTES = 1_000_000
#: paho's thread turns each second; a try to connect, and the look for a name before it, take long.
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and who speaks to it. `password` is None where none is asked."""

    host: str
    port: int
    keepalive_s: int
    user: str = "depot"
    password: str | None = None


class Connection(mqtt.Client):
    """Opened again whenever it is lost; `check` raises what ended its thread, if anything did."""

    _fault: Exception | None = None
    _moved_s: float | None = None
    _longest_wait_s = 0

    def __init__(self, broker: Broker) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id=broker.user,
            protocol=mqtt.MQTTv5,
            manual_ack=True,
        )
        self._broker = broker
        if broker.password is not None:
            self.username_pw_set(broker.user, broker.password)
        self.on_socket_open = _at_once

    def open(self) -> None:
        """Starts the thread that connects, now and ever after."""
        where = self._broker
        self.connect_async(
            where.host, where.port, where.keepalive_s, clean_start=True, properties=_limits()
        )
        self.loop_start()

    def close(self) -> None:
        """Ends connection and thread. paho would leave its own two sockets to the collector."""
        self.disconnect()
        self.loop_stop()
        self._reset_sockets(sockpair_only=True)

    def loop_forever(
        self, timeout: float = 1.0, retry_first_connection: bool = False
    ) -> MQTTErrorCode:
        """The body of paho's thread."""
        try:
            return super().loop_forever(timeout, retry_first_connection)
        except Exception as error:  # noqa: BLE001 - the top of the thread: `check` raises it
            self._fault = error
            return MQTTErrorCode.MQTT_ERR_UNKNOWN

    def loop_misc(self) -> MQTTErrorCode:
        """Ends each turn of paho's thread."""
        self._moved_s = time.monotonic()
        return super().loop_misc()

    def reconnect(self) -> MQTTErrorCode:
        """One try to connect. It is a sign of life however it ends, once it does."""
        try:
            return super().reconnect()
        finally:
            self._moved_s = time.monotonic()

    def reconnect_delay_set(self, min_delay: int = 1, max_delay: int = 120) -> None:
        """How long to wait between two tries."""
        self._longest_wait_s = max_delay
        super().reconnect_delay_set(min_delay, max_delay)

    @property
    def moves(self) -> bool:
        """Whether paho's thread turned or tried to connect, and not too long ago."""
        bound_s = self._longest_wait_s + _PATIENCE_S
        return self._moved_s is not None and time.monotonic() - self._moved_s < bound_s

    def check(self) -> None:
        """Raises what ended the thread."""
        if self._fault:
            raise self._fault


def _at_once(_c: Any, _u: Any, connection: Any) -> None:
    """Small packets are not held back for others to join them: what is asked is answered now."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _limits() -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.ReceiveMaximum = _RECEIVE_MAXIMUM
    properties.MaximumPacketSize = _MAXIMUM_PACKET_BYTES
    return properties
