"""The depot's ear: each message is stored, and acknowledged after it is committed.

The depot also listens to what the broker kept of its own acknowledgements: they tell when the
database is older than what units were told (see `ingest.memory`).
"""

import sqlite3
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Protocol

from paho.mqtt.client import MQTTMessage

from triporteur_depot import evenings
from triporteur_depot.database import Place, broker_lost_ms, note_broker
from triporteur_depot.disk import Disk
from triporteur_depot.downlink.resending import resend
from triporteur_depot.inbox import Arrived, Inbox
from triporteur_depot.ingest import Intake, Message, roll_up
from triporteur_depot.line import Broker, Line
from triporteur_wire.manager import Manager
from triporteur_wire.messages import Ack
from triporteur_wire.topics import Address, Channel, parse, topic

_COMMIT_TOGETHER = 50
_WAKE_S = 0.5
_EVENINGS_MS = 10_000
#: In this order: what units were told is known before they answer to what they are told now.
_HEARD = {topic("+", channel): 1 for channel in (Channel.ACK, Channel.STATUS, Channel.JOURNAL)}
_parse = lru_cache(maxsize=10_000)(parse)


class Answering(Protocol):
    """Who answers what units ask."""

    def answer(self, unit: str, question: bytes) -> bytes | None:
        """The answer, or None for none. Called in paho's thread: at once, and never raises."""


class Subscriber:
    """Listens to every unit and stores what they say, until it is told to stop.

    `answering` answers their questions, by verb. `manager` hears of every transaction.
    """

    def __init__(
        self,
        broker: Broker,
        database: Callable[[], sqlite3.Connection],
        answering: Mapping[str, Answering] | None = None,
        manager: Manager | None = None,
    ) -> None:
        self._database = database
        self._answering = answering or {}
        self._manager = manager or Manager({})
        self._inbox = Inbox()
        self._told_deaf: bool | None = None
        self._told_ready = False
        self._evenings_ms = 0
        self._listening_ms = 0
        self._now_ms: Callable[[], int] = lambda: 0
        # At QoS 0: a question does not wait behind what waits for the disk.
        asked = {topic("+", Channel.REQUEST, verb): 0 for verb in self._answering}
        self._line = Line(broker, _HEARD, asked, self._on_message, self._inbox.wake)

    def run(self, stop: threading.Event, now_ms: Callable[[], int]) -> None:
        """Works until `stop`; `now_ms` is the depot's UTC.

        Raises sqlite3.Error when the database cannot be opened, or is damaged; Replaced when its
        file was; and whatever ended the line's thread.
        """
        self._now_ms = now_ms
        connection = self._database()
        intake, place = Intake(connection, now_ms), Place(connection)
        self._line.open()
        try:
            disk = Disk(stop, self._tell_manager)
            while not stop.is_set():
                self._line.tend()
                self._tell_manager()
                self._tell_pages(connection, disk)
                self._look_at_evenings(connection, disk)
                arrived = self._inbox.gather(_COMMIT_TOGETHER, _WAKE_S)
                if arrived:
                    acks = disk.insist(partial(intake.take, [one.message for one in arrived]))
                    place.check()
                    if acks is not None:
                        self._answer(arrived, acks)
                        self._resend(connection, disk, arrived)
                while self._inbox.is_empty() and disk.insist(partial(roll_up, connection)):
                    pass
        finally:
            self._manager.stopping()
            self._line.close()
            connection.close()

    # In paho's thread.

    def _on_message(self, connection_no: int, message: MQTTMessage) -> None:
        known = _parse(message.topic)
        if known is None or (known.channel is Channel.ACK and not message.retain):
            # none of ours, or the echo of what we say
            self._line.acknowledge(message.mid, message.qos, connection_no)
        elif known.channel is Channel.REQUEST:
            self._asked(known, message)
        else:
            said = getattr(message.properties, "UserProperty", [])
            heard = Message(
                *(known.unit, known.channel, bytes(message.payload), said, message.retain),
                received_utc_ms=self._now_ms(),
            )
            self._inbox.put(Arrived(message.mid, message.qos, connection_no, heard))

    def _asked(self, known: Address, message: MQTTMessage) -> None:
        """At once, and not behind a commit: what passes meanwhile is the unit's error."""
        answering = self._answering.get(known.name)
        if answering and not message.retain:
            answer = answering.answer(known.unit, bytes(message.payload))
            if answer is not None:
                self._line.answer(topic(known.unit, Channel.RESPONSE, known.name), answer)

    # In ours.

    def _tell_manager(self) -> None:
        """Both threads do what they are for: this one is here, and the line's has just been."""
        if self._line.moves:
            if not self._told_ready:
                self._manager.ready()
                self._told_ready = True
            self._manager.progress()

    def _tell_pages(self, connection: sqlite3.Connection, disk: Disk) -> None:
        """A depot without its broker must not say that its units are silent."""
        deaf = self._line.is_deaf
        if deaf is not self._told_deaf:
            self._told_deaf = deaf
            self._listening_ms = self._now_ms()
            self._manager.status("broker away" if deaf else "broker heard")
            disk.insist(partial(self._note_broker, connection, deaf))

    def _note_broker(self, connection: sqlite3.Connection, deaf: bool) -> None:
        """One that starts without its broker may have lost it long ago."""
        since_ms = broker_lost_ms(connection) or self._listening_ms
        note_broker(connection, since_ms if deaf else None)

    def _look_at_evenings(self, connection: sqlite3.Connection, disk: Disk) -> None:
        now_ms = self._now_ms()
        if not 0 <= now_ms - self._evenings_ms < _EVENINGS_MS:
            self._evenings_ms = now_ms
            heard_since_ms = now_ms if self._told_deaf else self._listening_ms
            disk.insist(partial(evenings.look, connection, now_ms, heard_since_ms))

    def _resend(self, connection: sqlite3.Connection, disk: Disk, arrived: list[Arrived]) -> None:
        """What a unit's status shows that it lacks of what it was given."""
        heard = [one.message for one in arrived if one.message.channel is Channel.STATUS]
        for unit in {message.unit for message in heard if not message.retained}:
            lacking = disk.insist(partial(resend, connection, unit, self._now_ms()))
            for to, payload in lacking or ():
                self._line.give(to, payload)

    def _answer(self, arrived: list[Arrived], acks: dict[str, Ack]) -> None:
        for one in arrived:
            self._line.acknowledge(one.mid, one.qos, one.connection_no)
        # A unit that sends what is stored already does not know it.
        sending = {one.message.unit for one in arrived if one.message.channel is Channel.JOURNAL}
        for unit, ack in acks.items():
            self._line.tell(unit, ack, anew=unit in sending)
