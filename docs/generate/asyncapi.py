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
from triporteur_wire.topics import NAMED, UNIT_PATTERN, Channel, Verb, topic

WILL_DELAY_S = 30
SESSION_S = 86_400
MAXIMUM_PACKET_BYTES = 300_000
WILL = messages.Offline("lost")

_BINDING = {"bindingVersion": "0.2.0"}
_UNIT = "{unit}"
_NAME = "{name}"


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
            "takeSettings": _operation(
                "receive", Channel.SETTINGS, "parcel", _TAKE_SETTINGS, qos=1, retain=True
            ),
            "takeContent": _operation(
                "receive", Channel.CONTENT, "parcel", _TAKE_CONTENT, qos=1, retain=True
            ),
            "takeRelease": _operation(
                "receive", Channel.RELEASE, "parcel", _TAKE_RELEASE, qos=1, retain=True
            ),
            "askTime": _operation(
                "send", Channel.REQUEST, "timeRequest", _ASK_TIME, qos=1, retain=False
            ),
            "takeTime": _operation(
                "receive", Channel.RESPONSE, "timeResponse", _TAKE_TIME, qos=1, retain=False
            ),
            "askCertificate": _operation(
                "send", Channel.REQUEST, "certificateRequest", _ASK_CERTIFICATE, qos=1, retain=False
            ),
            "askConsole": _operation(
                "send", Channel.REQUEST, "consoleRequest", _ASK_CONSOLE, qos=1, retain=False
            ),
            "takeCertificate": _operation(
                "receive", Channel.RESPONSE, "certified", _TAKE_CERTIFICATE, qos=1, retain=False
            ),
            "takeRefusal": _operation(
                "receive", Channel.RESPONSE, "refused", _TAKE_REFUSAL, qos=1, retain=False
            ),
            "askPiece": _operation(
                "send", Channel.REQUEST, "pieceRequest", _ASK_PIECE, qos=1, retain=False
            ),
            "takePiece": _operation(
                "receive", Channel.RESPONSE, "piece", _TAKE_PIECE, qos=1, retain=False
            ),
        },
        "components": components(),
    }


def _server() -> dict[str, Any]:
    default = {field.name: field.default for field in msgspec.structs.fields(MqttTable)}
    return {
        "host": "{host}:{port}",
        "protocol": "secure-mqtt",
        "protocolVersion": "5",
        "description": "The depot's broker. TLS; a unit's certificate is its identity.",
        "variables": {
            "host": {"description": "Name or address of the broker."},
            "port": {"default": str(default["port"])},
        },
        "bindings": {
            "mqtt": {
                "clientId": _UNIT,
                "cleanSession": False,
                "lastWill": {
                    "topic": topic(_UNIT, Channel.STATUS),
                    "qos": 1,
                    "message": messages.encode(WILL).decode(),
                    "retain": True,
                },
                "x-will-delay-interval": WILL_DELAY_S,
                "sessionExpiryInterval": SESSION_S,
                "maximumPacketSize": MAXIMUM_PACKET_BYTES,
                "keepAlive": default["keepalive_s"],
                **_BINDING,
            }
        },
    }


_MESSAGES = {
    Channel.STATUS: ("status", "offline"),
    Channel.JOURNAL: ("batch",),
    Channel.ACK: ("ack",),
    Channel.SETTINGS: ("parcel",),
    Channel.CONTENT: ("parcel",),
    Channel.RELEASE: ("parcel",),
    Channel.REQUEST: ("timeRequest", "certificateRequest", "consoleRequest", "pieceRequest"),
    Channel.RESPONSE: ("timeResponse", "certified", "refused", "piece"),
}
_VERBS = "What is asked: " + ", ".join(f"`{verb}`" for verb in Verb) + "."
_NAMES = {
    Channel.CONTENT: "Name of the content; `portal` is that of the public's pages, `console` "
    "a certificate of the console.",
    Channel.REQUEST: _VERBS,
    Channel.RESPONSE: _VERBS,
}


def _channel(channel: Channel) -> dict[str, Any]:
    unit = {"unit": {"description": f"Name of the unit, like `{portable(UNIT_PATTERN)}`."}}
    name = {"name": {"description": _NAMES[channel]}} if channel in NAMED else {}
    said = _MESSAGES[channel]
    return {
        "address": topic(_UNIT, channel, _NAME if channel in NAMED else ""),
        "parameters": unit | name,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in said},
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
    "they do not know: version 1 grows by adding. Nothing sent expires. A newcomer asks for its "
    "first certificate under the name of its bundle, at the broker's door for newcomers."
)
_SAY_STATUS = (
    "How the unit fares now: every `period_s`, and at once when it changes. Never sent later. "
    "Packed with zlib; plain JSON is read too."
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
_TAKE_SETTINGS = (
    "What lies over the unit's own configuration, key by key. What became of it stands in the "
    "unit's status, under `applied`."
)
_TAKE_CONTENT = "The text of a content file. What became of it stands in the unit's status."
_TAKE_RELEASE = (
    "The offer of a release: the signature and the manifest, as one text of two lines. What became "
    "of it stands in the unit's status, under `release`."
)
_ASK_TIME = "What UTC is it? Asked on every connection, and every hour."
_TAKE_TIME = "The depot's UTC; half the time between question and answer is the error."
_ASK_CERTIFICATE = "Asks for a certificate of a key that was made aboard."
_ASK_CONSOLE = "Asks for a server's certificate, for phones, of the key of the unit's console."
_TAKE_CERTIFICATE = "The certificate, and the authorities to trust from now on."
_TAKE_REFUSAL = "Why the key is not certified, and what to do."
_ASK_PIECE = (
    "Asks for bytes of the packed parts that the unit lacks of its release, one question at a time."
)
_TAKE_PIECE = "The bytes from `offset` on. None: the depot does not have them, or no longer."
