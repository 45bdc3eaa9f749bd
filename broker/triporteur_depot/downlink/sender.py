"""A short connection of a command's own, to hand parcels to the broker that keeps them."""

import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, TypeVar

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from triporteur_depot.clock import utc_ms
from triporteur_depot.downlink.ledger import Given, note_sent

_USER = "depot"
_PATIENCE_S = 10.0
_TURN_S = 0.2
_KEEPALIVE_S = 20

Found = TypeVar("Found")


class NotSent(RuntimeError):
    """The broker was not reached, or did not take it; the sentence says why."""


class Sender:
    """Publishes retained messages one by one, each awaited; use as a context.

    Whoever bears its client id already loses his connection: unless one is named it is random, so
    that the ingest keeps its own. Raises NotSent.
    """

    def __init__(
        self, host: str, port: int, password: str | None, client_id: str | None = None
    ) -> None:
        self._address = (host, port)
        self._greeting: ReasonCode | None = None
        self._farewell = ""
        self._taken: dict[int, ReasonCode] = {}
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id or f"{_USER}-{secrets.token_hex(4)}",
            protocol=mqtt.MQTTv5,
        )
        if password is not None:
            self._client.username_pw_set(_USER, password)
        self._client.on_connect = self._on_connect
        self._client.on_publish = self._on_publish
        self._client.on_disconnect = self._on_disconnect

    def __enter__(self) -> "Sender":
        host, port = self._address
        try:
            self._client.connect(host, port, _KEEPALIVE_S, clean_start=True)
        except (OSError, UnicodeError) as error:
            raise NotSent(
                f"no broker answers at {host}:{port} ({error}); is it running?"
            ) from error
        reason = self._await(lambda: self._greeting, "does not greet")
        if reason.is_failure:
            raise NotSent(
                f"the broker at {host}:{port} does not let the depot in ({reason}); "
                "check [mqtt] password_file"
            )
        return self

    def __exit__(
        self, _t: type[BaseException] | None, _e: BaseException | None, _b: TracebackType | None
    ) -> None:
        self._client.disconnect()

    def send(self, topic: str, payload: bytes) -> None:
        """Returns once the broker has it. Raises NotSent."""
        number = self._client.publish(topic, payload, qos=1, retain=True).mid
        reason = self._await(lambda: self._taken.pop(number, None), f"does not take {topic}")
        # 0x10, nobody listens now, is no failure: the broker keeps it all the same.
        if reason.is_failure:
            raise NotSent(
                f"the broker refuses {topic} ({reason}); run triporteur-depot broker once, which "
                "tells it what the depot may do"
            )

    def _await(self, look: Callable[[], Found | None], what_not: str) -> Found:
        until = time.monotonic() + _PATIENCE_S
        while True:
            ended = self._client.loop(_TURN_S) is not MQTTErrorCode.MQTT_ERR_SUCCESS
            found = look()
            if found is not None:
                return found
            if ended or time.monotonic() > until:
                host, port = self._address
                why = self._farewell or ("the connection ended" if ended else "no answer")
                raise NotSent(f"the broker at {host}:{port} {what_not} ({why})")

    def _on_connect(self, _c: Any, _u: Any, _f: Any, reason: ReasonCode, _p: Any) -> None:
        self._greeting = reason

    def _on_publish(self, _c: Any, _u: Any, number: int, reason: ReasonCode, _p: Any) -> None:
        self._taken[number] = reason

    def _on_disconnect(self, _c: Any, _u: Any, _f: Any, reason: ReasonCode, _p: Any) -> None:
        self._farewell = str(reason)


def send_all(
    sender: Sender,
    connection: sqlite3.Connection,
    parcels: Sequence[Given],
    show: Callable[[str], None],
) -> tuple[list[Given], NotSent | None]:
    """What was sent, and what ended it before its end. `show` is told how far it has come."""
    sent: list[Given] = []
    try:
        with sender:
            for one in parcels:
                show(f"sending to {one.unit}: {len(sent) + 1}/{len(parcels)}")
                now_ms = utc_ms()  # before it is: its unit may answer at once
                sender.send(one.topic, one.payload)
                note_sent(connection, one, now_ms)
                sent.append(one)
    except NotSent as error:
        return sent, error
    return sent, None
