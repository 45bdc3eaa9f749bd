"""Whatever comes, the depot stands, and the next message is stored."""

import io
import json
import zlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.depot.ingest.desk import LOG, OTHER, Depot, batch, sent, status
from triporteur_depot.commands import records
from triporteur_depot.ingest import Message
from triporteur_wire.topics import Channel

DIGITS = b"9" * 400
DEEP = b"[" * 5000 + b"]" * 5000

numbers = st.one_of(
    st.integers(-(2**70), 2**70),
    st.sampled_from([0, 1, 2**31, 2**53 - 1, 2**53, 2**63 - 1, 2**63, 2**64, -1, 10**400]),
    st.floats(),
)
texts = st.text(max_size=8)
anything = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
logs = st.sampled_from([LOG, OTHER, "", "no log"])
telemetry = st.tuples(
    texts,
    st.dictionaries(st.sampled_from(["soc_pct", "battery_temps_c", "current_a", "x"]), anything),
)
anchors = st.fixed_dictionaries({"utc_ms": numbers, "error_ms": numbers, "origin": texts})
losses = st.fixed_dictionaries(
    {"log": logs, "first": numbers, "last": numbers | st.none(), "reason": texts}
)
rows = st.one_of(
    st.tuples(st.just("telemetry"), telemetry | anything),
    st.tuples(st.just("anchor"), anchors | anything),
    st.tuples(st.just("loss"), losses | anything),
    st.tuples(texts, anything),
)
#: Such as a batch is made of, and a little beyond.
steps = st.integers(1, 3) | numbers


@st.composite
def columns(draw: st.DrawFn) -> bytes:
    held = draw(st.lists(rows, min_size=1, max_size=4))
    made: dict[str, Any] = {
        "boot": draw(st.just(1) | numbers),
        "seq": draw(st.just([1] * len(held)) | st.lists(steps, max_size=4)),
        "mono": draw(st.just([1000] * len(held)) | st.lists(steps, max_size=4)),
        "kind": [kind for kind, _ in held],
        "body": [body for _, body in held],
        "given_up": draw(st.just([]) | st.lists(st.tuples(steps, steps, texts), max_size=3)),
    }
    return written(made)


def written(content: object) -> bytes:
    """JSON, and what Python writes beyond it: NaN, infinities."""
    return json.dumps(content).encode()


def one(kind: bytes, body: bytes, **instead: bytes) -> bytes:
    """The columns of one record, of any bytes."""
    made = {"boot": b"1", "seq": b"[1]", "mono": b"[1]", "kind": b'["%b"]' % kind} | instead
    columns = [b'"%b":%b' % (name.encode(), value) for name, value in made.items()]
    return b'{%b,"body":[%b]}' % (b",".join(columns), body)


def stands(depot: Depot, message: Message) -> None:
    """The message is taken, then a neighbour's batch, and all that is stored can be printed."""
    neighbours = replace(batch(1, 3), unit="ana")
    assert depot.take(message, neighbours)["ana"].marks == {LOG: 3}
    depot.take(message)
    depot.roll_up()
    assert depot.ask("SELECT * FROM dirty") == []
    assert printed(depot, "ana") == 3
    stored = len(depot.ask("SELECT seq FROM records"))
    if depot.ask("SELECT * FROM units WHERE name = 'ben'"):
        assert printed(depot, "ben") == stored - 3


def printed(depot: Depot, unit: str) -> int:
    """How many records the command prints, in both of its ways."""
    counts = set()
    for as_json in (True, False):
        out = io.StringIO()
        assert records.run(depot.path, unit, as_json=as_json, out=out) == 0
        counts.add(out.getvalue().count("\n"))
    [count] = counts
    return count


@given(payload=columns())
def test_no_columns_stop_the_ingest(
    tmp_path_factory: pytest.TempPathFactory, payload: bytes
) -> None:
    depot = Depot(tmp_path_factory.mktemp("any") / "depot.db")
    stands(depot, sent(zlib.compress(payload), 1, 9))
    depot.connection.close()


@pytest.mark.parametrize(
    "payload",
    [
        one(b"telemetry", b'["b",{"soc_pct":%b}]' % DIGITS),
        one(b"telemetry", b'["b",{"soc_pct":1e999}]'),
        one(b"telemetry", b'["\\ud800",{"soc_pct":1}]'),
        one(b"telemetry", b'["\xff",{"soc_pct":1}]'),
        one(b"telemetry", b'["b",{"battery_temps_c":[1,null,"x",%b]}]' % DIGITS),
        one(b"telemetry", DEEP),
        one(b"telemetry", b'{"soc_pct":1}'),
        one(b"anchor", b'{"utc_ms":%b,"error_ms":1,"origin":"x"}' % DIGITS),
        one(b"anchor", b'{"utc_ms":%d,"error_ms":1,"origin":"x"}' % (2**53 - 1)),
        one(b"anchor", b'{"utc_ms":1,"error_ms":1,"origin":"\xff"}'),
        one(b"anchor", b'{"x":%b,"utc_ms":1,"error_ms":1,"origin":"x"}' % DEEP),
        one(b"loss", b'{"log":"%b","first":1,"last":%d,"reason":""}' % (b"f" * 16, 2**53 - 1)),
        one(b"loss", b'{"log":"%b","first":%b,"last":null,"reason":""}' % (b"f" * 16, DIGITS)),
        one(b"tally", DIGITS * 20),
        one(b"tally", b'{"people":\n[1,\r\n2]}'),
        one(b"\\u001b[2J\\n", b"1"),
        one(b"\xff", b"1"),
        one(b"\\ud800", b"1"),
        one(b"tally", b"1", boot=DIGITS),
        one(b"tally", b"1", mono=b"[%d]" % 2**63),
        one(b"tally", b"1", given_up=b'[[5,2,"x"]]'),
        one(b"tally", b"1", later=DEEP),
        b"\xff\xfe",
        b"",
    ],
    ids=range(24),
)
def test_no_bytes_in_a_batch_stop_the_ingest(depot: Depot, payload: bytes) -> None:
    stands(depot, sent(zlib.compress(payload), 1, 9))


@pytest.mark.parametrize("value", ["9" * 5000, "-1", "0", "", "é", str(2**53)])
@pytest.mark.parametrize("name", ["first", "last", "log", "v"])
def test_no_property_stops_the_ingest(depot: Depot, name: str, value: str) -> None:
    good = batch(1, 9)
    said = dict(good.properties) | {name: value}
    stands(depot, replace(good, properties=list(said.items())))


@given(
    changed=st.dictionaries(
        st.sampled_from(["utc_ms", "mono_ms", "period_s", "readings", "sources", "delivery"]),
        anything,
        min_size=1,
    ),
    retained=st.booleans(),
)
def test_no_status_stops_the_ingest(
    tmp_path_factory: pytest.TempPathFactory, changed: dict[str, object], retained: bool
) -> None:
    depot = Depot(tmp_path_factory.mktemp("any") / "depot.db")
    payload = written(json.loads(status({LOG: 5}).payload) | changed)
    stands(depot, Message("ben", Channel.STATUS, payload, retained=retained))
    depot.connection.close()


@pytest.mark.parametrize("channel", [Channel.STATUS, Channel.ACK])
@pytest.mark.parametrize(
    "payload",
    [
        status({}).payload[:-1] + b',"later":%b}' % DEEP,
        status({}).payload.replace(b"7000", DIGITS),
        status({}).payload.replace(b"7000", b"NaN"),
        status({}).payload.replace(b"Rennes", b"\xff"),
        status({LOG: 7}).payload.replace(b":7}", b":%b}" % DIGITS),
        b'{"epoch":"e","marks":{"%b":%b}}' % (LOG.encode(), DIGITS),
        b'{"epoch":"\xff","marks":{}}',
        b'{"epoch":"e","marks":%b}' % DEEP,
        b'{"state":"offline","reason":7}',
        b"[]",
        b"\x00",
    ],
    ids=range(11),
)
def test_no_bytes_that_the_broker_kept_stop_the_ingest(
    depot: Depot, channel: Channel, payload: bytes
) -> None:
    stands(depot, Message("ben", channel, payload, retained=True))
