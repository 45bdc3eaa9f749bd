"""paho's client as the depot needs it.

The session is clean: what the depot has not stored, the units still hold and send again, so that
nothing depends on the broker's queue. Receive Maximum is the back-pressure.

The thread stays paho's: started by another, it would write to the socket from two threads.
"""

import socket
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

_RECEIVE_MAXIMUM = 100
#: Many times the largest batch of a unit: the broker keeps larger packets to itself.
_MAXIMUM_PACKET_BYTES = 1_000_000


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
