"""Stands where ThingsBoard would: no limits on the session, rows committed as they come.

`python -m bench.drain.thingsboard_store DATABASE PORT`
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import paho.mqtt.client as mqtt

from bench.bare import Row, Store, client, stopped_by_sigterm

_TELEMETRY = "v1/gateway/telemetry"
_QUESTIONS = "v1/devices/me/rpc/request/"
_ANSWERS = "v1/devices/me/rpc/response/"
#: What a ThingsBoard without rate limits says; 65536 is its own default for a payload.
_LIMITS = {
    "rateLimits": {},
    "gatewayRateLimits": {},
    "maxInflightMessages": 1000,
    "maxPayloadSize": 65536,
}


class _Sample(msgspec.Struct):
    ts: int
    values: msgspec.Raw


_DECODER = msgspec.json.Decoder(dict[str, list[_Sample]])


def rows_of(payload: bytes) -> Iterator[Row]:
    """The samples of one message. The time in ms is their key, as it is to ThingsBoard."""
    for device, samples in _DECODER.decode(payload).items():
        for sample in samples:
            yield sample.ts, device, sample.ts, bytes(sample.values)


def _answer(listener: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
    number = message.topic.removeprefix(_QUESTIONS)
    listener.publish(f"{_ANSWERS}{number}", msgspec.json.encode(_LIMITS), qos=1)
    listener.ack(message.mid, message.qos)


def _ask_for_questions(listener: mqtt.Client, *_: Any) -> None:
    listener.subscribe(f"{_QUESTIONS}+", qos=1)


if __name__ == "__main__":
    listener = client("store", manual_ack=True)
    store = Store(Path(sys.argv[1]), listener, rows_of, unique=True)
    listener.on_connect = _ask_for_questions
    listener.message_callback_add(f"{_QUESTIONS}+", _answer)
    store.run(int(sys.argv[2]), _TELEMETRY, stopped_by_sigterm())
