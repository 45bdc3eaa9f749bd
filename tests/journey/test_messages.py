"""Every message that is really sent is one that docs/asyncapi.json describes, sent as it says.

The broker lets everyone in here, so that one listener hears them all; what a unit with a
certificate asks is asked by the test, and answered by the depot's own registrar.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

from tests.device.updates.making import made
from tests.journey.described import (
    BY_KIND,
    DOCUMENT,
    content,
    described,
    faults,
    operations,
    user_properties,
)
from tests.rig import Road, end, ran, triporteur, wait_for
from tests.tls import signing_request
from triporteur_depot.__main__ import main as depot
from triporteur_depot.authority.certificates import new_key
from triporteur_wire.enrolment import decode_bundle
from triporteur_wire.releases import Offer
from triporteur_wire.requests import (
    CertificateRequest,
    ConsoleRequest,
    PieceRequest,
    encode,
    new_nonce,
)

pytestmark = pytest.mark.slow

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
    everything = SubscribeOptions(qos=2, retainAsPublished=True)
    client.subscribe([("triporteur/#", everything), ("door/triporteur/#", everything)])
    assert subscribed.wait(120)
    try:
        yield heard
    finally:
        client.disconnect()
        client.loop_stop()


class CertifyingRoad(Road):
    """In plain, and with an authority all the same."""

    @property
    def depot_tables(self) -> str:
        return f"""{super().depot_tables}
password_file = "{self.folder / "depot.password"}"
[authority]
directory = "{self.folder / "authority"}"
broker_directory = "{self.folder / "broker"}"
names = ["localhost"]"""


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    with CertifyingRoad(tmp_path_factory.mktemp("road")) as made:
        made.start_broker()
        yield made


@pytest.fixture(scope="module")
def heard(road: Road) -> Iterator[Messages]:
    """A unit's whole life: it reads, stops, starts again, loses its battery, and dies."""
    with listening(road.broker_port) as said:
        road.write_depot()
        depot_command(road, "broker")
        road.restart_depot()
        ask_the_registrar(road, said)
        simulator = road.start_simulator("ben", "--trike", "on-site", "--seed", "7")
        unit = road.start_unit("ben", "jbd", "vedirect")
        wait_for(lambda: {"jbd", "vedirect"} <= spoken(said), "both devices are in the journal")
        end(unit)
        wait_for(lambda: last(said, "status").get("reason") == "stopped", "the unit says goodbye")
        unit = road.start_unit("ben", "jbd", "vedirect")
        wait_for(lambda: "current_a" in str(last(said, "status")), "the unit is back")
        give_to_keep(road)
        wait_for(lambda: "Brest" in str(last(said, "status")), "the settings count")
        fetch_a_release(road, said)
        road.silence("ben", simulator)
        wait_for(lambda: ended(said), "the silence is in the journal")
        wait_for(lambda: all_acknowledged(said), "the depot has it all")
        end(unit, signal.SIGKILL)
        wait_for(
            lambda: last(said, "status").get("reason") == "lost",
            "the broker says its last will",  # it holds it back for 30 s
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
    # A verdict is recorded only where this life lasts until it changes.
    assert kinds - {"readiness"} == {"open", "anchor", "event", "telemetry", "counters"}


def test_the_broker_keeps_the_last_of_what_is_to_be_kept(road: Road, heard: Messages) -> None:
    with listening(road.broker_port) as kept:
        wait_for(lambda: len(kept) >= 5, "the broker gives what it kept")
        assert (
            last(kept, "status") == last(heard, "status") == {"state": "offline", "reason": "lost"}
        )
        for channel in ("ack", "settings", "content/portal", "ben/release"):
            assert last(kept, channel) == last(heard, channel)
        assert len(kept) == 5


# What a person does at the depot, and a unit with a key of its own.


def ask_the_registrar(road: Road, said: Messages) -> None:
    registrar = triporteur("depot", "registrar")
    road.start("registrar", *registrar, "--config", str(road.depot_config))
    wait_for(lambda: "broker: connected" in road.log("registrar"), "the registrar is there")
    bundle = road.folder / "ben.bundle"
    depot_command(road, "enrol", "ben", "--out", str(bundle))
    csr = signing_request("ben", new_key())
    for unit in (decode_bundle(bundle.read_bytes()).login, "enrol-0123456789abcdef"):
        question = encode(CertificateRequest(new_nonce(), csr))
        ask(road, f"door/triporteur/v1/{unit}/request/certificate", question)
        answered = f"door/triporteur/v1/{unit}/response/certificate"
        wait_for(partial(on, said, answered), "the registrar answers")
    for_console = encode(ConsoleRequest(new_nonce(), csr, "0"))
    ask(road, "triporteur/v1/ben/request/console", for_console)
    wait_for(partial(on, said, "ben/response/console"), "the registrar answers for the console")


def ask(road: Road, topic: str, question: bytes) -> None:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.connect("127.0.0.1", road.broker_port)
    client.loop_start()
    asked = client.publish(topic, question, qos=1)
    asked.wait_for_publish(120)
    assert asked.is_published()
    client.disconnect()
    client.loop_stop()


def give_to_keep(road: Road) -> None:
    wait_for(lambda: "ben" in road.page(), "the depot knows ben")
    content = road.folder / "content.toml"
    content.write_text('[phrases]\nprivacy = "Rien."\ncharging = ["Ici."]\n')
    depot_command(road, "settings", "ben", "unit.place=Brest")
    depot_command(road, "content", "push", "portal", str(content), "ben", "--no-wait")


def fetch_a_release(road: Road, said: Messages) -> None:
    """The unit says why it cannot be updated here; its part is taken by the test."""
    file = made(road.folder / "shop", "1.1")
    depot_command(road, "release", "send", str(file), "ben", "--no-wait")
    wait_for(lambda: "release" in last(said, "status"), "the unit tells of it")
    with file.open("rb") as release:
        digest = Offer.read(release).digest
    piece = encode(PieceRequest(new_nonce(), digest, 0, 100))
    ask(road, "triporteur/v1/ben/request/release", piece)
    wait_for(partial(on, said, "ben/response/release"), "the depot gives a piece")


def depot_command(road: Road, *words: str) -> None:
    done = ran(depot, *words, "--config", str(road.depot_config))
    assert done.returncode == 0, done.stderr


# What was said.


def on(messages: Messages, channel: str) -> Messages:
    return [message for message in messages if f"/{message.topic}".endswith(f"/{channel}")]


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
