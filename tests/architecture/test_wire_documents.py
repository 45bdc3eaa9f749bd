"""asyncapi.json and wire-format.md beside the code that speaks."""

import json
import re
from typing import Any

import pytest

from docs.generate import FOLDER, asyncapi
from docs.generate.components import BODIES
from triporteur_device.delivery import Broker, connection
from triporteur_wire import parcels, records, requests
from triporteur_wire.envelope import MAX_UNPACKED_BYTES, Columns, read_range, unpack
from triporteur_wire.messages import decode_ack, decode_status, encode
from triporteur_wire.records import Record, decode_body

PAGE = (FOLDER / "wire-format.md").read_text(encoding="utf-8")
DOCUMENT = asyncapi.document()


def blocks(kind: str) -> list[str]:
    """The fenced blocks of this kind in wire-format.md."""
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_every_kind_of_record_is_described() -> None:
    assert BODIES == records._KINDS


def test_the_session_and_the_will_are_those_the_agent_asks_for() -> None:
    listener: Any = None
    client: Any = connection.Connection(Broker("localhost", 1883, 20, "{unit}"), None, listener)
    said = DOCUMENT["servers"]["broker"]["bindings"]["mqtt"]
    assert said["clientId"] == client._client_id.decode()
    assert said["lastWill"] == {
        "topic": client._will_topic.decode(),
        "qos": client._will_qos,
        "message": client._will_payload.decode(),
        "retain": client._will_retain,
    }
    assert said["x-will-delay-interval"] == client._will_properties.WillDelayInterval
    session: Any = connection.session()
    assert said["sessionExpiryInterval"] == session.SessionExpiryInterval
    assert said["maximumPacketSize"] == session.MaximumPacketSize


def test_the_page_has_the_documents_topics_qualities_and_delay() -> None:
    for operation in DOCUMENT["operations"].values():
        _, _, channel, _, message = operation["messages"][0]["$ref"].split("/")
        address = DOCUMENT["channels"][channel]["address"]
        binding = operation["bindings"]["mqtt"]
        retained = "yes" if binding["retain"] else "no"
        row = (
            rf"\| `{re.escape(address)}` \| {message} \| [^|]+ \| {binding['qos']} \| {retained} \|"
        )
        assert re.search(row, PAGE), row
    assert PAGE.count(f" {asyncapi.WILL_DELAY_S} s") == 1
    assert PAGE.count(f" {asyncapi.SESSION_S} s") == 1
    assert f" {asyncapi.MAXIMUM_PACKET_BYTES} bytes at most" in PAGE
    assert f" {MAX_UNPACKED_BYTES} bytes" in PAGE


def test_the_pages_batch_is_one_and_says_what_the_page_says() -> None:
    [said], [payload], [columns] = blocks("json properties"), blocks("hex"), blocks("json payload")
    covered = read_range(json.loads(said).items())
    batch = unpack(covered, bytes.fromhex(payload))
    told = json.loads(columns)
    assert list(told) == list(Columns.__struct_fields__)
    assert [seen(record) for record in batch.records] == [
        (4, "telemetry", 3995295, told["body"][0]),
        (5, "telemetry", 3995351, told["body"][1]),
    ]
    assert (told["seq"], told["mono"]) == ([4, 1], [3995295, 56])
    assert batch.records[0].boot_no == told["boot"]
    assert list(batch.given_up) == told["given_up"]
    assert all(decode_body(record.kind, record.body) for record in batch.records)


def seen(record: Record) -> tuple[int, str, int, object]:
    return record.seq, record.kind, record.mono_ms, json.loads(bytes(record.body))


@pytest.mark.parametrize("block", blocks("json status"))
def test_a_status_of_the_page_is_one_with_every_field(block: str) -> None:
    assert json.loads(encode(decode_status(block.encode()))) == json.loads(block)


def test_the_pages_ack_is_one() -> None:
    [block] = blocks("json ack")
    assert json.loads(encode(decode_ack(block.encode()))) == json.loads(block)


def test_the_pages_parcel_is_one() -> None:
    [block] = blocks("json parcel")
    parcel = parcels.unpack(block.strip().encode())
    assert parcels.pack(parcel.revision, parcels.settings_of(parcel)) == block.strip().encode()


def test_the_pages_time_is_one() -> None:
    [block] = blocks("json time")
    found = requests.decode_time_response(block.encode())
    assert json.loads(requests.encode(found)) == json.loads(block)
