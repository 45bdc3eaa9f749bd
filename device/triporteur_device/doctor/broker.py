"""The road to the depot's broker, walked once: name, port, TLS, and what the broker says."""

import ssl
import time
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from triporteur_device.config import DeviceConfig
from triporteur_device.delivery.connection import session
from triporteur_device.identity.identity import own_context
from triporteur_device.identity.papers import BadPapers
from triporteur_device.identity.store import Store
from triporteur_device.identity.tls import EachTime, words_for
from triporteur_wire.findings import Answer, attention, well, wrong
from triporteur_wire.messages import Status

_PATIENCE_S = 10.0
_WAKE_S = 0.2
_KEEPALIVE_S = 20


def broker(config: DeviceConfig, status: Status | None, *, clock_is_vouched: bool) -> Answer:
    """Whether the broker lets this unit in. Where the agent is connected nothing is tried."""
    where = f"{config.mqtt.host}:{config.mqtt.port}"
    if status and status.delivery.connected:
        return well(f"the agent is connected to {where}; {status.delivery.waiting} records wait")
    context = None
    if config.mqtt.tls:
        store = Store(Path(config.identity.directory))
        generation = store.generation()
        if generation is None:
            return attention(f"{where} was not asked: this unit is not enrolled, see above")
        try:
            papers = store.read(generation)
        except BadPapers:
            return attention(f"{where} was not asked: the certificate is damaged, see above")
        folder = store.folder(generation)
        context = own_context(folder, papers, check_dates=clock_is_vouched)
    return _Call(config, context).answer()


class _Call:
    """One connection in the unit's name, which says nothing. The agent's session stays as it is."""

    def __init__(self, config: DeviceConfig, context: ssl.SSLContext | None) -> None:
        self._where = f"{config.mqtt.host}:{config.mqtt.port}"
        self._mqtt = config.mqtt
        self._reason: ReasonCode | None = None
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, config.unit.name, protocol=mqtt.MQTTv5, manual_ack=True
        )
        if context:
            self._client.tls_set_context(EachTime(lambda: context))
        self._client.on_connect = self._greeted

    def answer(self) -> Answer:
        try:
            self._client.connect(
                self._mqtt.host,
                self._mqtt.port,
                _KEEPALIVE_S,
                clean_start=False,
                properties=session(),
            )
        except (OSError, ValueError) as error:
            return wrong(words_for(error, self._where) + _more(error))
        ended = self._listen()
        self._client.disconnect()
        return self._judged(ended)

    def _listen(self) -> bool:
        """Until the broker answers; True when it hung up instead."""
        until_s = time.monotonic() + _PATIENCE_S
        while self._reason is None and time.monotonic() < until_s:
            if self._client.loop(_WAKE_S) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return self._reason is None
        return False

    def _judged(self, ended: bool) -> Answer:
        if ended:
            return wrong(
                f"{self._where} hung up without an answer: is this unit's certificate revoked, or "
                "out of its dates? At the depot: triporteur-depot units"
            )
        if self._reason is None:
            return wrong(f"{self._where} takes the call and says nothing; is it an MQTT broker?")
        if self._reason.is_failure:
            return wrong(f"{self._where} refuses ({self._reason}): it speaks MQTT 5, not to us")
        return well(f"{self._where} lets this unit in")

    def _greeted(self, _c: Any, _u: Any, _flags: Any, reason: ReasonCode, _p: Any) -> None:
        self._reason = reason


def _more(error: OSError | ValueError) -> str:
    if isinstance(error, ssl.SSLError):
        return ""
    return "; is [mqtt] host right, and is there a network?"
