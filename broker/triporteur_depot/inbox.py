"""What has arrived and is not stored yet, in bounded room.

At QoS 1 the broker stops at Receive Maximum. Nothing stops it at QoS 0: of that only the newest
message of a topic waits, which is all that a status is good for.
"""

import threading
from dataclasses import dataclass

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
        self._waiting: dict[str, dict[object, Arrived]] = {}
        self._woken = False

    def put(self, arrived: Arrived) -> None:
        message = arrived.message
        newest = (message.unit, message.channel, message.retained)
        with self._filled:
            key: object = (arrived.connection_no, arrived.mid) if arrived.qos else newest
            mine = self._waiting.setdefault(message.unit, {})
            mine.pop(key, None)
            mine[key] = arrived
            self._filled.notify()

    def wake(self) -> None:
        """Who gathers, or does so next, waits no longer."""
        with self._filled:
            self._woken = True
            self._filled.notify()

    def gather(self, most: int, timeout_s: float) -> list[Arrived]:
        """What has waited longest of each unit, one unit after the other.

        Nothing after `timeout_s` without any, or when woken.
        """
        with self._filled:
            self._filled.wait_for(lambda: self._waiting or self._woken, timeout_s)
            self._woken = False
            found: list[Arrived] = []
            while self._waiting and len(found) < most:
                found.append(self._next())
            return found

    def _next(self) -> Arrived:
        unit, mine = next(iter(self._waiting.items()))
        arrived = mine.pop(next(iter(mine)))
        del self._waiting[unit]
        if mine:  # its turn comes again after the others'
            self._waiting[unit] = mine
        return arrived

    def is_empty(self) -> bool:
        return not self._waiting
