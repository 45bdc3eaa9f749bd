"""What the depot has its broker keep for units: their marks, and what they are given."""

import logging
import queue

from paho.mqtt.reasoncodes import ReasonCode

from triporteur_depot.connection import Connection
from triporteur_wire.messages import Ack, encode
from triporteur_wire.topics import Channel, topic

_log = logging.getLogger(__name__)

#: Of a packet beside its payload: topic, header and properties.
_BESIDE_BYTES = 200


class Telling:
    """Of one line; `connected`, `ended` and `answered` are for paho's thread."""

    def __init__(self, client: Connection) -> None:
        self._client = client
        self._said: dict[str, Ack] = {}
        self._on_its_way: dict[int, str] = {}
        self._answers: queue.SimpleQueue[tuple[int, ReasonCode]] = queue.SimpleQueue()
        self._most_bytes: int | None = None
        self._refusal_told = False

    def connected(self, most_bytes: int | None) -> None:
        """The broker takes packets of `most_bytes`, or of any size."""
        self._most_bytes = most_bytes
        self._refusal_told = False
        self._said.clear()

    def ended(self) -> None:
        # What was on its way to a unit is perhaps older than what it is told next.
        self._client.drop_out_messages()
        self._on_its_way.clear()

    def answered(self, mid: int, reason: ReasonCode) -> None:
        self._answers.put((mid, reason))

    def heed(self) -> None:
        """Does what the broker's answers ask for."""
        while not self._answers.empty():
            mid, reason = self._answers.get()
            unit = self._on_its_way.pop(mid, None)
            if unit is not None and reason.is_failure:
                self._said.pop(unit, None)
                self._note_refused(unit, str(reason))

    def tell(self, unit: str, ack: Ack, *, anew: bool) -> None:
        """Tells a unit its marks; `anew` even if they are what it was told last."""
        if not anew and self._said.get(unit) == ack:
            return
        self._said[unit] = ack
        mid = self.give(topic(unit, Channel.ACK), encode(ack))
        if mid is not None:
            self._on_its_way[mid] = unit

    def give(self, to: str, payload: bytes) -> int | None:
        """Has the broker keep a message; its number, or None for one that the broker refuses."""
        return self._publish(to, payload, retain=True)

    def answer(self, to: str, payload: bytes) -> None:
        """Says something that is worth nothing later. Only in paho's thread."""
        self._publish(to, payload, retain=False)

    def _publish(self, to: str, payload: bytes, *, retain: bool) -> int | None:
        """A larger one than the broker takes would end the connection, for all units."""
        if self._most_bytes is not None and len(payload) + _BESIDE_BYTES > self._most_bytes:
            self._note_refused(to, f"it takes {self._most_bytes} bytes at the most")
            return None
        return self._client.publish(to, payload, qos=1, retain=retain).mid

    def _note_refused(self, whom: str, why: str) -> None:
        if not self._refusal_told:
            self._refusal_told = True
            _log.error(
                "broker: does not take what the depot tells %s (%s); told again when units ask",
                *(whom, why),
            )
