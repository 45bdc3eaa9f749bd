"""The third witness: what the units told the broker of their journals' ends.

A card that lies may lose what nobody but the unit knew of. Nobody can then miss it: only what was
told can be asked for.
"""

from collections import defaultdict
from threading import Lock
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from triporteur_wire.messages import Status, decode_status
from triporteur_wire.topics import Channel, topic


class Witness:
    """Listens to every status, as the depot does; use as a context."""

    def __init__(self, port: int, password: str) -> None:
        self._port = port
        self._told: dict[str, int] = defaultdict(int)
        self._lock = Lock()
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.username_pw_set("depot", password)
        self._client.on_connect = self._listen
        self._client.on_message = self._hear

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def told(self, log: str) -> int:
        """The last seq of this log that a status named; 0 when none did."""
        with self._lock:
            return self._told[log]

    def _listen(self, client: Client, *_: Any) -> None:
        client.subscribe(topic("+", Channel.STATUS))

    def _hear(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        status = decode_status(bytes(message.payload))
        if isinstance(status, Status):
            with self._lock:
                for log, seq in status.delivery.logs.items():
                    self._told[log] = max(self._told[log], seq)
