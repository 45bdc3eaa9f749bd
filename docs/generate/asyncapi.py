"""`asyncapi.json`: what is said over MQTT 5, from the channels and structs of `triporteur_wire`.

Written from the unit's side: it sends `status` and `journal`, and receives `ack`. What only the
agent's code knows (QoS, retain, the will) is said here, and tests hold it to messages really sent.
"""

import json
from typing import Any

import msgspec

from docs.generate.components import components
from docs.generate.draft07 import portable
from triporteur_device.config import MqttTable
from triporteur_wire import envelope, messages
from triporteur_wire.topics import UNIT_PATTERN, Channel, topic

WILL_DELAY_S = 30
WILL = messages.Offline("lost")

_BINDING = {"bindingVersion": "0.2.0"}
_UNIT = "{unit}"


def text() -> str:
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def document() -> dict[str, Any]:
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Triporteur", "version": envelope.VERSION, "description": _ABOUT},
        "defaultContentType": "application/json",
        "servers": {"broker": _server()},
        "channels": {channel.value: _channel(channel) for channel in Channel},
        "operations": {
            "sayStatus": _operation(
                "send", Channel.STATUS, "status", _SAY_STATUS, qos=0, retain=True
            ),
            "sayOffline": _operation(
                "send", Channel.STATUS, "offline", _SAY_OFFLINE, qos=1, retain=True
            ),
            "deliverBatch": _operation(
                "send", Channel.JOURNAL, "batch", _DELIVER, qos=1, retain=False
            ),
            "takeAck": _operation("receive", Channel.ACK, "ack", _TAKE_ACK, qos=1, retain=True),
        },
        "components": components(),
    }


def _server() -> dict[str, Any]:
    default = {field.name: field.default for field in msgspec.structs.fields(MqttTable)}
    return {
        "host": "{host}:{port}",
        "protocol": "mqtt",
        "protocolVersion": "5",
        "description": "The depot's broker. Plain MQTT: this version does not encrypt.",
        "variables": {
            "host": {"description": "Name or address of the broker."},
            "port": {"default": str(default["port"])},
        },
        "bindings": {
            "mqtt": {
                "clientId": _UNIT,
                "cleanSession": True,
                "lastWill": {
                    "topic": topic(_UNIT, Channel.STATUS),
                    "qos": 1,
                    "message": messages.encode(WILL).decode(),
                    "retain": True,
                },
                "x-will-delay-interval": WILL_DELAY_S,
                "sessionExpiryInterval": WILL_DELAY_S,
                "keepAlive": default["keepalive_s"],
                **_BINDING,
            }
        },
    }


def _channel(channel: Channel) -> dict[str, Any]:
    names = {
        Channel.STATUS: ("status", "offline"),
        Channel.JOURNAL: ("batch",),
        Channel.ACK: ("ack",),
    }[channel]
    return {
        "address": topic(_UNIT, channel),
        "parameters": {
            "unit": {"description": f"Name of the unit, like `{portable(UNIT_PATTERN)}`."}
        },
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
    }


def _operation(
    action: str, channel: Channel, message: str, about: str, *, qos: int, retain: bool
) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "description": about,
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message}"}],
        "bindings": {"mqtt": {"qos": qos, "retain": retain, **_BINDING}},
    }


_ABOUT = (
    "What a unit and its depot say to each other over MQTT 5. Readers pass over fields and kinds "
    "they do not know: version 1 grows by adding. Nothing sent expires."
)
_SAY_STATUS = (
    "How the unit fares now: every `period_s`, and at once when it changes. Never sent later."
)
_SAY_OFFLINE = (
    "The unit says `stopped` when it is stopped; the broker says `lost`, as its last will, "
    f"{WILL_DELAY_S} s after the connection broke."
)
_DELIVER = (
    "Records the depot has not acknowledged, oldest first. A PUBACK only makes room for the next "
    "batch; a batch is done with when an acknowledgement passes it, and is sent again otherwise."
)
_TAKE_ACK = (
    "Per log that the unit named, how far the depot has stored it. Sent after the depot's commit."
)
