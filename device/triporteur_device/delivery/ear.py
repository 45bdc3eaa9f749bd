"""What one connection tells, in paho's thread, as events for the publisher's.

A connection that was closed on purpose tells nothing more of itself: that is of no use to the next
one. A message that it brought counts: the broker has our word that it arrived.
"""

from collections.abc import Callable
from functools import partial
from typing import Protocol

import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode


class Told(Protocol):
    """Who acts on the events, in a thread of its own."""

    def take_greeting(self, reason: ReasonCode) -> None:
        """The broker took the connection, or refused it."""

    def take_loss(self, why: str) -> None:
        """The connection ended, or did not come about."""

    def take_message(self, topic: str, payload: bytes) -> None:
        """A message arrived."""

    def take_answer(self, mid: int, reason: ReasonCode) -> None:
        """The broker answered to a message of ours."""


class Ear:
    """Listens to one connection, and puts what it hears where it is told."""

    def __init__(self, put: Callable[[Callable[[], None]], None], told: Told) -> None:
        self._put = put
        self._told = told
        self._is_closed = False

    def close(self) -> None:
        """What it says of itself, and was not acted on yet, counts no more."""
        self._is_closed = True

    def greeted(self, reason: ReasonCode) -> None:
        self._tell(partial(self._told.take_greeting, reason))

    def unreachable(self, why: str) -> None:
        self._tell(partial(self._told.take_loss, why))

    def parted(self, why: str) -> None:
        self._tell(partial(self._told.take_loss, why))

    def heard(self, message: mqtt.MQTTMessage) -> None:
        self._put(partial(self._told.take_message, message.topic, bytes(message.payload)))

    def answered(self, mid: int, reason: ReasonCode) -> None:
        self._tell(partial(self._told.take_answer, mid, reason))

    def _tell(self, event: Callable[[], None]) -> None:
        self._put(partial(self._act, event))

    def _act(self, event: Callable[[], None]) -> None:
        if not self._is_closed:
            event()
