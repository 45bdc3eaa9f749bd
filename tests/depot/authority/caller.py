"""Whoever calls the broker: a unit, a newcomer, the depot, a thief."""

import ssl
import threading
from types import TracebackType
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from tests.rig import wait_for

HOST = "localhost"


class Caller:
    """One connection; use as a context. It is not begun again."""

    def __init__(
        self,
        port: int,
        *,
        context: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
        client_id: str = "somebody",
        will: str | None = None,
    ) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.ended = threading.Event()
        self._port = port
        self._greeting: list[ReasonCode] = []
        self._granted = threading.Event()
        self._taken: dict[int, ReasonCode] = {}
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            protocol=mqtt.MQTTv5,
            reconnect_on_failure=False,
        )
        if context:
            self._client.tls_set_context(context)
        if login:
            self._client.username_pw_set(*login)
        if will:
            self._client.will_set(will, b"{}", qos=1)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message

    def __enter__(self) -> "Caller":
        """Raises OSError when TLS fails."""
        try:
            self._client.connect(HOST, self._port, keepalive=20)
        except OSError:
            self._close()
            raise
        self._client.loop_start()
        return self

    def __exit__(
        self, _t: type[BaseException] | None, _e: BaseException | None, _b: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        self._close()

    def _close(self) -> None:
        """paho leaves the pair of sockets that wakes its thread to the garbage collector."""
        self._client._reset_sockets()

    @property
    def is_in(self) -> bool:
        """Whether the broker let it in; waits until that is known."""
        wait_for(lambda: self._greeting or self.ended.is_set(), "the broker answers or hangs up")
        return bool(self._greeting) and not self._greeting[0].is_failure

    def publish(self, topic: str, payload: bytes = b"{}", *, retain: bool = False) -> int:
        """What the broker says to it: 0x87 is Not authorized."""
        number = self._client.publish(topic, payload, qos=1, retain=retain).mid
        wait_for(lambda: number in self._taken, "the broker acknowledges")
        return int(self._taken[number].value)

    def listen(self, *topics: str) -> None:
        """The broker grants every subscription; what it delivers is another matter."""
        self._granted.clear()
        self._client.subscribe([(topic, 1) for topic in topics])
        assert self._granted.wait(120)

    def _on_connect(self, _c: Any, _u: Any, _f: Any, reason: ReasonCode, _p: Any) -> None:
        self._greeting.append(reason)

    def _on_disconnect(self, *_: Any) -> None:
        self.ended.set()

    def _on_subscribe(self, *_: Any) -> None:
        self._granted.set()

    def _on_publish(self, _c: Any, _u: Any, number: int, reason: ReasonCode, _p: Any) -> None:
        self._taken[number] = reason

    def _on_message(self, _c: Any, _u: Any, message: mqtt.MQTTMessage) -> None:
        self.heard.append((message.topic, bytes(message.payload)))


def is_refused(port: int, context: ssl.SSLContext) -> bool:
    """Whether TLS fails, or the broker hangs up."""
    try:
        with Caller(port, context=context) as caller:
            return not caller.is_in
    except OSError:
        return True
