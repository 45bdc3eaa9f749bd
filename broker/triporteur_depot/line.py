"""The depot's line to its broker: MQTT 5 through paho, opened again whenever it is lost.

What the broker refuses or ends is told once, with what to do:

    0x86, 0x87  of the log-in        a wrong password: tried again, every 30 s at last
    0x87        of a subscription    asked again every 30 s; meanwhile, where it is of what units
                                     tell, deaf, as pages then say
    0x87, 0x97  of what a unit is told: told again when the unit next asks
    0x8B        the broker stops:    tried again
    0x8E        another depot took this one's place: tried again after a minute and longer
    no word, soon after the log-in, and again: the same, for mosquitto 2.0 does not say 0x8E
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode

from triporteur_depot.connection import Broker, Connection
from triporteur_depot.rivalry import Rivalry
from triporteur_depot.telling import Telling
from triporteur_wire.messages import Ack

__all__ = ["Broker", "Line"]

_log = logging.getLogger(__name__)

_SOONEST_RECONNECT_S, _LONGEST_RECONNECT_S = 1, 30
_ASK_AGAIN_S = 30.0
_UNSPECIFIED, _BAD_PASSWORD, _NOT_AUTHORIZED, _TAKEN_OVER = 0x80, 0x86, 0x87, 0x8E


class Line:
    """`told` and `asked` are topics and their QoS: without the first, the depot is deaf.

    `on_message` is called in paho's thread, with the number of the connection it came on. So is
    `on_hearing`, when the broker has said whether units are heard.
    """

    def __init__(
        self,
        broker: Broker,
        told: dict[str, int],
        asked: dict[str, int],
        on_message: Callable[[int, mqtt.MQTTMessage], None],
        on_hearing: Callable[[], None],
    ) -> None:
        self._broker = broker
        self._subscriptions = told | asked
        self._told = frozenset(told)
        self._on_message = on_message
        self._on_hearing = on_hearing
        self._connection_no = 0
        self._acknowledging = threading.Lock()
        self._hears = self._lost = False
        self._refused: frozenset[str] = frozenset()
        self._rivalry = Rivalry()
        self._asked_s: float | None = None
        self._client = self._make_client()
        self._telling = Telling(self._client)

    @property
    def is_deaf(self) -> bool:
        """Whether units are not heard: not yet, not now, or the broker refuses what we ask."""
        return not self._hears

    @property
    def moves(self) -> bool:
        """Whether the line's thread does what it is for, with a broker or looking for one."""
        return self._client.moves

    def open(self) -> None:
        self._client.open()

    def close(self) -> None:
        self._client.close()

    def tend(self) -> None:
        """Does what is due now and then. Raises what ended the line's thread, if anything did."""
        self._client.check()
        self._telling.heed()
        asked_s = self._asked_s
        if asked_s is not None and time.monotonic() - asked_s >= _ASK_AGAIN_S:
            self._subscribe()

    def acknowledge(self, mid: int, qos: int, connection_no: int) -> None:
        """Tells the broker that a message is done with, if it came on this connection."""
        # On another connection the same number is another message, not stored yet.
        with self._acknowledging:
            if connection_no == self._connection_no:
                self._client.ack(mid, qos)

    def tell(self, unit: str, ack: Ack, *, anew: bool) -> None:
        """Tells a unit its marks; `anew` even if they are what it was told last."""
        self._telling.tell(unit, ack, anew=anew)

    def give(self, to: str, payload: bytes) -> None:
        """Has the broker keep a message."""
        self._telling.give(to, payload)

    def answer(self, to: str, payload: bytes) -> None:
        """Says something that is worth nothing later. Only in paho's thread."""
        self._telling.answer(to, payload)

    def _make_client(self) -> Connection:
        client = Connection(self._broker)
        client.reconnect_delay_set(_SOONEST_RECONNECT_S, _LONGEST_RECONNECT_S)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = lambda _c, _u, message: self._on_message(self._connection_no, message)
        return client

    # In paho's thread.

    def _on_connect(self, _c: Any, _u: Any, _flags: Any, reason: ReasonCode, said: Any) -> None:
        if reason.is_failure:
            self._note_lost(_refused(self._broker, reason))
            return
        _log.info("broker: connected")
        self._lost = False
        self._rivalry.connected()
        self._telling.connected(getattr(said, "MaximumPacketSize", None))
        self._client.reconnect_delay_set(_SOONEST_RECONNECT_S, _LONGEST_RECONNECT_S)
        self._subscribe()

    def _on_disconnect(
        self, _c: Any, _u: Any, flags: mqtt.DisconnectFlags, reason: ReasonCode, _p: Any
    ) -> None:
        with self._acknowledging:
            self._connection_no += 1
        self._hears, self._refused = False, frozenset()
        self._asked_s = None
        self._telling.ended()
        silent = not flags.is_disconnect_packet_from_server and reason.value == _UNSPECIFIED
        away_s = self._rivalry.ended(taken_over=reason.value == _TAKEN_OVER, silent=silent)
        if away_s is not None:
            self._yield(away_s)
        elif reason.is_failure:
            self._note_lost(str(reason))

    def _on_connect_fail(self, _c: Any, _u: Any) -> None:
        self._rivalry.unreachable()
        self._note_lost(f"nothing answers at {self._broker.host}:{self._broker.port}")

    def _on_subscribe(
        self, _c: Any, _u: Any, _mid: int, reasons: list[ReasonCode], _p: Any
    ) -> None:
        answers = zip(self._subscriptions, reasons, strict=False)
        refused = {name: reason for name, reason in answers if reason.is_failure}
        self._hears = not refused.keys() & self._told
        if not refused:
            self._asked_s = None
        self._note_refused(refused)
        self._on_hearing()

    def _on_publish(self, _c: Any, _u: Any, mid: int, reason: ReasonCode, _p: Any) -> None:
        self._telling.answered(mid, reason)

    def _note_refused(self, refused: dict[str, ReasonCode]) -> None:
        """Whatever is refused is one line; and one, when nothing is any more."""
        if refused.keys() - self._refused:
            _log.error(
                "broker: does not let %r hear %s (%s); run triporteur-depot broker once, which "
                "tells it what the depot may do",
                self._broker.user,
                ", ".join(refused) if self._hears else "the units",
                next(iter(refused.values())),
            )
        elif self._refused and not refused:
            _log.info("broker: lets the depot hear the units again")
        self._refused = frozenset(refused)

    def _yield(self, wait_s: int) -> None:
        self._client.reconnect_delay_set(wait_s, wait_s)
        self._lost = True
        _log.warning(
            "broker: another depot logs in as %r, it seems, and has taken this one's place; end "
            "one of them. Trying again in %d s",
            self._broker.user,
            wait_s,
        )

    def _note_lost(self, why: str) -> None:
        if not self._lost:
            _log.warning("broker: no connection (%s); trying again", why)
        self._lost = True

    # In either.

    def _subscribe(self) -> None:
        self._asked_s = time.monotonic()
        self._client.subscribe([(name, qos) for name, qos in self._subscriptions.items()])


def _refused(broker: Broker, reason: ReasonCode) -> str:
    if reason.value not in {_BAD_PASSWORD, _NOT_AUTHORIZED}:
        return str(reason)
    if broker.password is None:
        return f"{reason}: the broker asks for a password; name its file in [mqtt] password_file"
    return f"{reason}: what [mqtt] password_file holds is not the password of {broker.user!r}"
