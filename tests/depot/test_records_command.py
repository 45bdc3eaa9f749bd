import io
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.depot.ingest.desk import LOG, Depot, batch, record
from triporteur_depot.commands import records
from triporteur_wire.records import Anchor, Record


@pytest.fixture
def depot(tmp_path: Path) -> Iterator[Depot]:
    made = Depot(tmp_path / "depot.db")
    yield made
    made.connection.close()


def printed(depot: Depot, *, as_json: bool) -> list[str]:
    out = io.StringIO()
    assert records.run(depot.path, "ben", as_json=as_json, out=out) == 0
    return out.getvalue().split("\n")[:-1]


def test_a_record_is_printed_with_its_utc_once_an_anchor_came(depot: Depot) -> None:
    depot.take(batch(1, 2, [record(1), record(2, Anchor(1_800_000_002_000, 5, "ntp"))]))
    first, second = (json.loads(line) for line in printed(depot, as_json=True))
    assert (first["seq"], first["utc_ms"]) == (1, 1_800_000_001_000)
    assert second["body"] == {"utc_ms": 1_800_000_002_000, "error_ms": 5, "origin": "ntp"}
    assert printed(depot, as_json=False)[0].startswith("2027-01-15 08:00:01Z")


def test_without_an_anchor_a_record_is_placed_in_its_boot(depot: Depot) -> None:
    depot.take(batch(1, 1))
    assert printed(depot, as_json=False) == [
        """boot 1 +1000 ms  01234567/1  telemetry  ["battery",{"soc_pct":1}]"""
    ]
    assert json.loads(printed(depot, as_json=True)[0])["utc_ms"] is None


def test_a_time_beyond_the_calendar_is_placed_in_its_boot(depot: Depot) -> None:
    depot.take(batch(1, 1, [record(1, Anchor(2**53 - 1, 5, "ntp"))]))
    assert printed(depot, as_json=False)[0].startswith("boot 1 +1000 ms")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_record_is_one_line_without_orders_to_the_terminal(depot: Depot, as_json: bool) -> None:
    kind, body = "\x1b[2J\n", b'{"people":\n[1,\t"\xe2\x80\xa8"]}'
    depot.take(batch(1, 1, [Record(LOG, 1, kind, 1, 1000, msgspec.Raw(body))]))
    [line] = printed(depot, as_json=as_json)
    assert all(letter >= " " for letter in line)
