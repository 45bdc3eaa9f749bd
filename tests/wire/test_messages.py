import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_wire.messages import (
    Ack,
    Delivery,
    Offline,
    Reading,
    SourceHealth,
    Status,
    decode_ack,
    decode_status,
    encode,
    pack_status,
)
from triporteur_wire.reading import Unreadable
from triporteur_wire.records import (
    Anchor,
    Event,
    Loss,
    Open,
    Telemetry,
    decode_body,
    encode_body,
    kind_of,
    new_log_id,
)
from triporteur_wire.releases import Outcome, Told
from triporteur_wire.topics import Channel, parse, topic

STATUS = Status(
    unit="ben",
    place="Rennes",
    version="1",
    boot_no=3,
    mono_ms=1000,
    utc_ms=None,
    period_s=15,
    readings={
        "battery": {"soc_pct": Reading(47, 0.2), "alarms": Reading((), 0.2)},
        "shunt": {"soc_pct": Reading(51, 0.1), "power_w": Reading(-12.0, 0.1)},
    },
    sources={"battery": SourceHealth("jbd", 0.2, 10, 0, {"noise": 3})},
    delivery=Delivery(True, 4, None, 0, {"0123456789abcdef": 4}),
    release=Told("1.5", Outcome.ARRIVING, 3, "", 10, 30),
)


@pytest.mark.parametrize("message", [STATUS, Offline("lost")])
def test_a_status_comes_back_as_it_was(message: Status | Offline) -> None:
    assert decode_status(encode(message)) == message


def test_an_acknowledgement_comes_back_as_it_was() -> None:
    ack = Ack("e", {"0123456789abcdef": 12})
    assert decode_ack(encode(ack)) == ack


@given(st.binary(max_size=100))
def test_a_message_that_is_none_is_a_value_error(payload: bytes) -> None:
    with pytest.raises(Unreadable):
        decode_status(payload)
    with pytest.raises(Unreadable):
        decode_ack(payload)


def test_the_first_source_that_gives_a_quantity_speaks_for_the_unit() -> None:
    assert STATUS.number("soc_pct") == 47
    assert STATUS.number("power_w") == -12
    assert STATUS.number("current_a") is None
    assert STATUS.number("alarms") is None


@pytest.mark.parametrize(
    "body",
    [
        Telemetry("battery", {"soc_pct": 47, "alarms": ("short_circuit",), "charge_fet": None}),
        Open(None, "0.1.0"),
        Anchor(1, 2, "ntp"),
        Event("source_silent", "battery"),
        Loss("0123456789abcdef", 3, None, "journal damaged"),
    ],
)
def test_a_body_comes_back_as_it_was(body: Telemetry | Open | Anchor | Event | Loss) -> None:
    assert decode_body(kind_of(body), encode_body(body)) == body


def test_a_kind_of_a_later_version_has_no_typed_body() -> None:
    assert decode_body("tally", b"{}") is None


def test_no_two_log_ids_are_alike() -> None:
    assert len({new_log_id() for _ in range(1000)}) == 1000


def test_a_topic_names_its_unit_and_channel() -> None:
    assert parse(topic("bordeaux-1", Channel.ACK)) == ("bordeaux-1", Channel.ACK, "")


def test_a_topic_may_carry_a_name() -> None:
    assert parse(topic("ben", Channel.CONTENT, "portal")) == ("ben", Channel.CONTENT, "portal")


@pytest.mark.parametrize(
    "name",
    [
        "triporteur/v1/ben/content",
        "triporteur/v1/ben/content/",
        "triporteur/v1/ben/content/a/b",
        "triporteur/v1/ben/content/Ä",
        "triporteur/v1/ben/ack/x",
        "triporteur/v1/ben/status/",
        "triporteur/v2/ben/status",
        "triporteur/v1/Ben/status",
        "triporteur/v1/ben/x",
        "",
        "a/b/c/d/e",
        "triporteur/v1/ben\n/status",
    ],
)
def test_another_topic_is_none_of_ours(name: str) -> None:
    assert parse(name) is None


@pytest.mark.parametrize(
    "payload",
    [
        b'{"epoch": "e", "marks": {"0123456789abcdef": 1' + b"0" * 400 + b"}}",
        b'{"epoch": "e", "marks": {"0123456789abcdef": 9223372036854775808}}',
        b'{"epoch": "\xff", "marks": {}}',
        b'{"epoch": "e", "marks": {}, "more": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=["400 digits", "beyond 64 bits", "no UTF-8", "deep"],
)
def test_every_way_to_be_unreadable_is_one_error(payload: bytes) -> None:
    with pytest.raises(Unreadable):
        decode_ack(payload)


def test_a_status_that_was_packed_comes_back_and_is_short() -> None:
    assert decode_status(pack_status(STATUS)) == STATUS
    assert len(pack_status(STATUS)) < len(encode(STATUS))


def test_what_swells_is_not_a_status() -> None:
    for payload in (zlib.compress(b"{" * 10_000_000), pack_status(STATUS)[:-3], b"x", b""):
        with pytest.raises(Unreadable):
            decode_status(payload)
