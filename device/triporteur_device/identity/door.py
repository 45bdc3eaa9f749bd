"""One visit at the depot's door for newcomers: log in with the bundle, ask, take the answer.

The visit runs paho's loop in the caller's thread, so that its callbacks do too.
"""

import threading
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from triporteur_device.identity.tls import EachTime, context_for, words_for
from triporteur_wire.enrolment import Bundle
from triporteur_wire.reading import Unreadable
from triporteur_wire.requests import (
    CertificateRequest,
    Certified,
    Refused,
    decode_certificate_response,
    encode,
)
from triporteur_wire.topics import Channel, Verb, topic

_KEEPALIVE_S = 20
_WAKE_S = 0.5
_ASK_AGAIN_MS = 20_000
#: Three questions without an answer: the next visit may find another way.
_LONGEST_VISIT_MS = 65_000
_BAD_USER_OR_PASSWORD, _NOT_AUTHORISED = 0x86, 0x87
_NOBODY_LISTENS = 0x10


class ContactFailed(Exception):
    """No answer, or none that helps; says why in a sentence for the workshop."""


class Visit:
    """Asks one question at the door that a bundle opens, once."""

    def __init__(
        self,
        bundle: Bundle,
        question: CertificateRequest,
        *,
        check_dates: bool,
        mono_ms: Callable[[], int],
    ) -> None:
        self._bundle = bundle
        self._question = question
        self._mono_ms = mono_ms
        self._where = f"{bundle.host}:{bundle.door_port}"
        self._asked_ms: int | None = None
        self._answer: Certified | Refused | None = None
        self._fault = ""
        self._client = self._make_client(check_dates)

    def run(self, stop: threading.Event) -> Certified | Refused | None:
        """The depot's answer, or None when stopped before. Raises ContactFailed."""
        until_ms = self._mono_ms() + _LONGEST_VISIT_MS
        self._connect()
        try:
            while not (self._answer or self._fault or stop.is_set()):
                if self._client.loop(_WAKE_S) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                    self._fail(f"{self._where} closed the connection")
                if self._mono_ms() >= until_ms:
                    self._fail("the depot does not answer; is its registrar running?")
                else:
                    self._ask_if_due()
        finally:
            self._client.disconnect()
            del self._client  # paho closes the pair of sockets that wakes it when nobody has it
        if self._fault:
            raise ContactFailed(self._fault)
        return self._answer

    def _make_client(self, check_dates: bool) -> mqtt.Client:
        bundle = self._bundle
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=bundle.login, protocol=mqtt.MQTTv5
        )
        client.username_pw_set(bundle.login, bundle.token)
        client.tls_set_context(
            EachTime(lambda: context_for(bundle.authorities, check_dates=check_dates))
        )
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        return client

    def _connect(self) -> None:
        bundle = self._bundle
        try:
            self._client.connect(bundle.host, bundle.door_port, _KEEPALIVE_S, clean_start=True)
        except (OSError, ValueError) as error:
            raise ContactFailed(words_for(error, self._where)) from error

    def _on_connect(self, _c: Any, _u: Any, _flags: Any, reason: ReasonCode, _p: Any) -> None:
        if reason.value in (_BAD_USER_OR_PASSWORD, _NOT_AUTHORISED):
            self._fail(
                f"{self._where} does not know this bundle: it was used, withdrawn or has expired; "
                "ask the depot for a new one"
            )
        elif reason.is_failure:
            self._fail(f"{self._where} lets nobody in now ({reason})")
        else:
            self._client.subscribe(self._topic(Channel.RESPONSE), qos=1)

    def _on_subscribe(self, _c: Any, _u: Any, _mid: int, reasons: Any, _p: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            self._fail(f"{self._where} gives newcomers no answers ({reasons[0]}); see its rights")
        else:
            self._ask()

    def _on_publish(self, _c: Any, _u: Any, _mid: int, reason: ReasonCode, _p: Any) -> None:
        if reason.value == _NOBODY_LISTENS:
            self._fail("nobody at the depot takes the question; is its registrar running?")
        elif reason.is_failure:
            self._fail(f"{self._where} takes no question from newcomers ({reason}); see its rights")

    def _on_message(self, _c: Any, _u: Any, message: mqtt.MQTTMessage) -> None:
        try:
            answer = decode_certificate_response(bytes(message.payload))
        except Unreadable as error:
            self._fail(f"the depot's answer cannot be read ({error})")
            return
        if answer.nonce == self._question.nonce:
            self._answer = answer

    def _ask_if_due(self) -> None:
        if self._asked_ms is not None and self._mono_ms() - self._asked_ms >= _ASK_AGAIN_MS:
            self._ask()

    def _ask(self) -> None:
        self._asked_ms = self._mono_ms()
        self._client.publish(self._topic(Channel.REQUEST), encode(self._question), qos=1)

    def _fail(self, words: str) -> None:
        """The first fault is the one that counts: what follows comes of it."""
        self._fault = self._fault or words

    def _topic(self, channel: Channel) -> str:
        return topic(self._bundle.login, channel, Verb.CERTIFICATE)
