"""A registrar that says what the test tells it to, at the real broker."""

import queue
from collections.abc import Callable
from types import TracebackType

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.tls import SecuredBroker
from triporteur_depot.authority.broker import DOOR
from triporteur_wire.requests import CertificateRequest, decode_certificate_request
from triporteur_wire.topics import Channel, Verb, topic

Script = Callable[[CertificateRequest], bytes | None]


class ScriptedRegistrar:
    """Answers with what the script makes of a question, None for no answer; use as a context.

    `questions` holds those that came, in order.
    """

    def __init__(self, broker: SecuredBroker, script: Script) -> None:
        self.questions: queue.SimpleQueue[CertificateRequest] = queue.SimpleQueue()
        self._script = script
        self._ready: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        password = (broker.directory / "private" / "registrar.password").read_text().strip()
        self._client.username_pw_set("registrar", password)
        self._client.on_message = self._heed
        self._client.on_subscribe = lambda *_: self._ready.put(True)
        self._client.connect("127.0.0.1", broker.local_port)

    def __enter__(self) -> "ScriptedRegistrar":
        self._client.loop_start()
        self._client.subscribe(DOOR + topic("+", Channel.REQUEST, Verb.CERTIFICATE), qos=1)
        self._ready.get(timeout=60)
        return self

    def __exit__(
        self, _t: type[BaseException] | None, _e: BaseException | None, _b: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _heed(self, _c: object, _u: object, message: mqtt.MQTTMessage) -> None:
        question = decode_certificate_request(bytes(message.payload))
        answer = self._script(question)
        self.questions.put(question)
        if answer is not None:
            asker = message.topic.removeprefix(DOOR).split("/")[2]
            reply = DOOR + topic(asker, Channel.RESPONSE, Verb.CERTIFICATE)
            self._client.publish(reply, answer, qos=1)
