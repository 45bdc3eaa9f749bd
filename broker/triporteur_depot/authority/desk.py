"""The registrar's connection: questions come in, answers go out, one at a time.

One thread: whoever asks waits his turn in the broker's queue, which is bounded.
"""

import logging
import secrets
import threading
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from triporteur_depot.authority.broker import DOOR, REGISTRAR
from triporteur_depot.authority.console_registrar import ConsoleRegistrar
from triporteur_depot.authority.registrar import Registrar
from triporteur_wire.enrolment import NEWCOMER
from triporteur_wire.manager import Manager
from triporteur_wire.reading import Unreadable
from triporteur_wire.requests import (
    Certified,
    Refused,
    decode_certificate_request,
    decode_console_request,
    encode,
)
from triporteur_wire.topics import Address, Channel, Verb, parse, topic

#: What it says of itself to the service manager.
HEARING, DEAF = "broker heard", "broker away"

_log = logging.getLogger(__name__)

_TURN_S = 0.5
_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 30.0
_RECEIVE_MAXIMUM = 10
_MAXIMUM_PACKET_BYTES = 100_000
_SUCCESS = MQTTErrorCode.MQTT_ERR_SUCCESS


class Desk:
    """Answers at the broker until it is told to stop."""

    def __init__(
        self,
        registrar: Registrar,
        consoles: ConsoleRegistrar,
        host: str,
        port: int,
        password: str,
        manager: Manager,
    ) -> None:
        self._registrar = registrar
        self._consoles = consoles
        self._address = (host, port)
        self._manager = manager
        self._hears = self._lost = self._refused = False
        self._failing = False
        self._wait_s = _FIRST_WAIT_S
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            # Two of them answer twice the same, rather than end each other's connection.
            client_id=f"{REGISTRAR}-{secrets.token_hex(4)}",
            protocol=mqtt.MQTTv5,
        )
        self._client.username_pw_set(REGISTRAR, password)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message

    def run(self, stop: threading.Event) -> None:
        """Works until `stop`; a broker that is away is asked again and again.

        Ready after the first try, whatever came of it. This thread is paho's too: its tries and
        turns are the work.
        """
        self._tell_manager()
        while not stop.is_set():
            is_connected = self._connect()
            self._manager.ready()
            self._manager.progress()
            if is_connected:
                self._listen(stop)
            stop.wait(self._wait_s)
            self._wait_s = min(2 * self._wait_s, _LONGEST_WAIT_S)
        self._manager.stopping()
        self._client.disconnect()

    def _listen(self, stop: threading.Event) -> None:
        """Until the connection is lost, or of no use."""
        self._refused = False
        while not (stop.is_set() or self._refused) and self._client.loop(_TURN_S) is _SUCCESS:
            self._manager.progress()
        self._hears = False
        self._tell_manager()

    def _tell_manager(self) -> None:
        """For the doctor too: whether newcomers and units are heard."""
        self._manager.status(HEARING if self._hears else DEAF)

    def _connect(self) -> bool:
        try:
            self._client.connect(*self._address, clean_start=True, properties=_limits())
        except OSError as error:
            self._note_lost(str(error))
            return False
        return True

    def _on_connect(
        self, client: mqtt.Client, _u: Any, _f: Any, reason: ReasonCode, _p: Any
    ) -> None:
        if reason.is_failure:
            self._note_lost(str(reason))
            return
        asked = topic("+", Channel.REQUEST, Verb.CERTIFICATE)
        for_console = topic("+", Channel.REQUEST, Verb.CONSOLE)
        client.subscribe([(asked, 1), (DOOR + asked, 1), (for_console, 1)])

    def _on_subscribe(
        self, _c: mqtt.Client, _u: Any, _mid: int, reasons: list[ReasonCode], _p: Any
    ) -> None:
        refused = next((reason for reason in reasons if reason.is_failure), None)
        if refused is not None:
            self._note_refused(refused)
            return
        _log.info("broker: connected")
        self._hears, self._lost, self._wait_s = True, False, _FIRST_WAIT_S
        self._tell_manager()

    def _on_disconnect(self, _c: Any, _u: Any, _f: Any, reason: ReasonCode, _p: Any) -> None:
        if reason.is_failure:
            self._note_lost(str(reason))

    def _note_lost(self, why: str) -> None:
        if not self._lost:
            _log.warning("broker: no connection (%s); trying again", why)
        self._lost = True

    def _note_refused(self, reason: ReasonCode) -> None:
        if not self._lost:
            _log.error(
                "broker: does not let %r hear who asks (%s); run: triporteur-depot broker",
                *(REGISTRAR, reason),
            )
        self._lost = self._refused = True

    def _on_message(self, client: mqtt.Client, _u: Any, message: mqtt.MQTTMessage) -> None:
        room = DOOR if message.topic.startswith(DOOR) else ""
        address = parse(message.topic.removeprefix(room))
        # A question that was kept is an old one: who asked it may be shut out by now.
        if address is None or message.retain or not _comes_from(address.unit, room):
            return
        try:
            answer = self._answer(address, bytes(message.payload))
        except Unreadable:
            return  # without its nonce nobody would know what the answer is to
        except Exception as error:  # noqa: BLE001 - the top of the loop over questions
            self._note_failing(error)
            return
        self._failing = False
        reply = topic(address.unit, Channel.RESPONSE, address.name)
        client.publish(room + reply, encode(answer), qos=1)

    def _answer(self, address: Address, payload: bytes) -> Certified | Refused:
        if address.name == Verb.CONSOLE:
            return self._consoles.answer(address.unit, decode_console_request(payload))
        return self._registrar.answer(address.unit, decode_certificate_request(payload))

    def _note_failing(self, error: Exception) -> None:
        """What was asked will be asked again."""
        if not self._failing:
            _log.error("nobody can be certified now (%s); units will ask again", error)
        self._failing = True


def _comes_from(asker: str, room: str) -> bool:
    """Whether it is from where such a one comes in: newcomers by the door, units not."""
    return asker.startswith(NEWCOMER) == (room == DOOR)


def _limits() -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.ReceiveMaximum = _RECEIVE_MAXIMUM
    properties.MaximumPacketSize = _MAXIMUM_PACKET_BYTES
    return properties
