"""What a message is, by docs/asyncapi.json: which operation it belongs to, and what is wrong."""

import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft7Validator
from paho.mqtt.client import MQTTMessage

from docs.generate import FOLDER

DOCUMENT = json.loads((FOLDER / "asyncapi.json").read_text(encoding="utf-8"))
BY_KIND = DOCUMENT["components"]["schemas"]["Columns"]["properties"]["body"]["x-by-kind"]


def content(message: MQTTMessage) -> Any:
    if message.topic.endswith("/response/release"):
        return message.payload.decode("latin-1")
    packed = not message.payload.startswith(b"{")
    assert packed or not message.topic.endswith("/journal")
    return json.loads(zlib.decompress(message.payload) if packed else message.payload)


def user_properties(message: MQTTMessage) -> list[tuple[str, str]]:
    return list(getattr(message.properties, "UserProperty", []))


def operations(message: MQTTMessage) -> dict[str, dict[str, Any]]:
    """The operations that this may be: of its topic, and of its content."""
    return {
        name: operation
        for name, operation in DOCUMENT["operations"].items()
        if _is_topic(message.topic, _at(operation["channel"])["address"])
        and not faults(described(operation)["payload"], content(message))
    }


def described(operation: Mapping[str, Any]) -> dict[str, Any]:
    """The one message of an operation."""
    [reference] = operation["messages"]
    found: dict[str, Any] = _at(_at(reference))
    return found


def faults(schema: object, found: object) -> list[str]:
    """What is wrong with it. Here, unlike for a reader, a field that is not described is wrong."""
    whole = {"allOf": [_closed(schema)], "components": _closed(DOCUMENT["components"])}
    return [error.message for error in Draft7Validator(whole).iter_errors(found)]


def _is_topic(topic: str, address: str) -> bool:
    # What comes through the door for newcomers stands apart at the broker.
    topic = topic.removeprefix("door/")
    return bool(re.fullmatch(re.sub(r"\\{\w+\\}", "[a-z0-9-]+", re.escape(address)), topic))


def _at(reference: Mapping[str, str]) -> Any:
    found = DOCUMENT
    for step in reference["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def _closed(schema: Any) -> Any:
    match schema:
        case {"type": "object", "properties": _}:
            return _closed_values(schema) | {"additionalProperties": False}
        case {"type": "array", "items": list()}:
            return _closed_values(schema) | {"additionalItems": False}
        case dict():
            return _closed_values(schema)
        case list():
            return [_closed(each) for each in schema]
    return schema


def _closed_values(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _closed(value) for key, value in schema.items()}
