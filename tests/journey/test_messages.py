"""Every message that is really sent is one that docs/asyncapi.json describes, sent as it says."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

from tests.journey.described import (
    BY_KIND,
    DOCUMENT,
    content,
    described,
    faults,
    operations,
    user_properties,
)
from tests.rig import Road, end, wait_for

pytestmark = pytest.mark.slow

#: The broker holds the will back for 30 s.
WILL_PATIENCE_S = 60

Messages = list[mqtt.MQTTMessage]


@contextmanager
def listening(port: int) -> Iterator[Messages]:
    """Everything that is said below `triporteur/`, with the flags it was sent with."""
    heard: Messages = []
    subscribed = threading.Event()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.on_message = lambda _c, _u, message: heard.append(message)
    client.on_subscribe = lambda *_: subscribed.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    client.subscribe("triporteur/#", options=SubscribeOptions(qos=2, retainAsPublished=True))
    assert subscribed.wait(10)
    try:
        yield heard
    finally:
        client.disconnect()
        client.loop_stop()


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    with Road(tmp_path_factory.mktemp("road")) as made:
        made.start_broker()
        yield made


@pytest.fixture(scope="module")
def heard(road: Road) -> Iterator[Messages]:
    """A unit's whole life: it reads, stops, starts again, loses its battery, and dies."""
    with listening(road.broker_port) as said:
        road.start_depot()
        simulator = road.start_simulator("ben", "--trike", "on-site", "--seed", "7")
        unit = road.start_unit("ben", "jbd", "vedirect")
        wait_for(lambda: {"jbd", "vedirect"} <= spoken(said), "both devices are in the journal")
        end(unit)
        wait_for(lambda: last(said, "status").get("reason") == "stopped", "the unit says goodbye")
        unit = road.start_unit("ben", "jbd", "vedirect")
        wait_for(lambda: "current_a" in str(last(said, "status")), "the unit is back")
        end(simulator, signal.SIGKILL)
        wait_for(lambda: ended(said), "the silence is in the journal")
        wait_for(lambda: all_acknowledged(said), "the depot has it all")
        end(unit, signal.SIGKILL)
        wait_for(
            lambda: last(said, "status").get("reason") == "lost",
            "the broker says its last will",
            WILL_PATIENCE_S,
        )
        yield said


def test_every_message_is_described(heard: Messages) -> None:
    undescribed = [(m.topic, content(m)) for m in heard if len(operations(m)) != 1]
    assert undescribed == []


def test_every_operation_happened(heard: Messages) -> None:
    assert {name for message in heard for name in operations(message)} == set(
        DOCUMENT["operations"]
    )


def test_every_message_is_sent_as_its_operation_says(heard: Messages) -> None:
    for message in heard:
        [operation] = operations(message).values()
        said = operation["bindings"]["mqtt"]
        assert (message.qos, bool(message.retain)) == (said["qos"], said["retain"]), message.topic


def test_every_message_has_the_user_properties_that_are_described(heard: Messages) -> None:
    for message in heard:
        [operation] = operations(message).values()
        properties = user_properties(message)
        headers = described(operation).get("headers", {"properties": {}})
        assert faults(headers, dict(properties)) == []
        assert sorted(name for name, _ in properties) == sorted(headers["properties"])


def test_every_record_is_of_a_described_kind(heard: Messages) -> None:
    kinds = set()
    for kind, body in recorded(heard):
        assert faults(BY_KIND[kind], body) == [], kind
        kinds.add(kind)
    assert kinds == {"open", "anchor", "event", "telemetry"}


def test_the_broker_keeps_the_last_status_and_acknowledgement(road: Road, heard: Messages) -> None:
    with listening(road.broker_port) as kept:
        wait_for(lambda: len(kept) >= 2, "the broker gives what it kept")
        assert (
            last(kept, "status") == last(heard, "status") == {"state": "offline", "reason": "lost"}
        )
        assert last(kept, "ack") == last(heard, "ack")
        assert len(kept) == 2


# What was said.


def on(messages: Messages, channel: str) -> Messages:
    return [message for message in messages if message.topic.endswith(f"/{channel}")]


def last(messages: Messages, channel: str) -> dict[str, Any]:
    said = on(messages, channel)
    return dict(content(said[-1])) if said else {}


def recorded(messages: Messages) -> Iterator[tuple[str, Any]]:
    for batch in map(content, on(messages, "journal")):
        yield from zip(batch["kind"], batch["body"], strict=True)


def spoken(messages: Messages) -> set[str]:
    return {body[0] for kind, body in recorded(messages) if kind == "telemetry"}


def ended(messages: Messages) -> bool:
    return any(
        kind == "telemetry" and None in body[1].values() for kind, body in recorded(messages)
    )


def all_acknowledged(messages: Messages) -> bool:
    sent = {}
    for batch in on(messages, "journal"):
        said = dict(user_properties(batch))
        sent[said["log"]] = int(said["last"])
    marks: dict[str, int] = {}
    for ack in map(content, on(messages, "ack")):
        marks |= ack["marks"]
    return sent == marks
