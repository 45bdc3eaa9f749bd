"""What has arrived and is not stored yet, in bounded room.

At QoS 1 the broker stops at Receive Maximum. Nothing stops it at QoS 0: of that only the newest
message of a topic waits, which is all that a status is good for.
"""

import threading
from dataclasses import dataclass
from itertools import islice

from triporteur_depot.ingest import Message


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message, and what its PUBACK needs: its number, and the connection that number is of."""

    mid: int
    qos: int
    connection_no: int
    message: Message


class Inbox:
    """Filled by one thread, emptied by another."""

    def __init__(self) -> None:
        self._filled = threading.Condition()
        self._waiting: dict[object, Arrived] = {}

    def put(self, arrived: Arrived) -> None:
        message = arrived.message
        newest = (message.unit, message.channel, message.retained)
        with self._filled:
            key: object = (arrived.connection_no, arrived.mid) if arrived.qos else newest
            self._waiting.pop(key, None)
            self._waiting[key] = arrived
            self._filled.notify()

    def gather(self, most: int, timeout_s: float) -> list[Arrived]:
        """What has waited longest; nothing after `timeout_s` without any."""
        with self._filled:
            self._filled.wait_for(lambda: self._waiting, timeout_s)
            keys = list(islice(self._waiting, most))
            return [self._waiting.pop(key) for key in keys]

    def is_empty(self) -> bool:
        return not self._waiting
