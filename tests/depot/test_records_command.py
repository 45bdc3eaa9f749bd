import io
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.depot.ingest.desk import LOG, Depot, batch, record
from triporteur_depot.commands import records
from triporteur_depot.dating import boots
from triporteur_depot.ingest import Message
from triporteur_wire.dating import Boots
from triporteur_wire.envelope import Batch, Range, pack, properties
from triporteur_wire.records import Anchor, Body, Record
from triporteur_wire.topics import Channel


@pytest.fixture
def depot(tmp_path: Path) -> Iterator[Depot]:
    made = Depot(tmp_path / "depot.db")
    yield made
    made.connection.close()


def printed(depot: Depot, *, as_json: bool) -> list[str]:
    out = io.StringIO()
    assert records.run(depot.path, "ben", as_json=as_json, out=out) == 0
    return out.getvalue().split("\n")[:-1]


def another_boot(boot_no: int, body: Body | None = None) -> Message:
    """The first record of a boot, in a log of its own."""
    made = msgspec.structs.replace(record(1, body, boot_no), log=f"{boot_no:016x}")
    covered = Range(made.log, 1, 1)
    return Message("ben", Channel.JOURNAL, pack(Batch(covered, [made])), properties(covered))


def test_a_record_is_printed_with_its_utc_once_an_anchor_came(depot: Depot) -> None:
    depot.take(batch(1, 2, [record(1), record(2, Anchor(1_800_000_002_000, 5, "ntp"))]))
    first, second = (json.loads(line) for line in printed(depot, as_json=True))
    assert (first["seq"], first["utc_ms"]) == (1, 1_800_000_001_000)
    assert second["body"] == {"utc_ms": 1_800_000_002_000, "error_ms": 5, "origin": "ntp"}
    assert printed(depot, as_json=False)[0].startswith("2027-01-15 08:00:01Z")


def test_without_an_anchor_a_record_was_made_before_it_came(depot: Depot) -> None:
    depot.take(batch(1, 1))
    assert printed(depot, as_json=False) == [
        "before 2027-01-15 08:00:01Z (boot 1 +1000 ms)  01234567/1  telemetry  "
        """["battery",{"soc_pct":1}]"""
    ]
    [found] = (json.loads(line) for line in printed(depot, as_json=True))
    assert found["utc_ms"] is found["not_before_ms"] is None
    assert found["not_after_ms"] == depot.now_ms + 1_001  # and what the clocks may be wrong by


def test_a_boot_that_never_learnt_the_time_is_printed_between_its_neighbours(depot: Depot) -> None:
    depot.take(batch(1, 1, [record(1, Anchor(1_700_000_000_000, 5, "ntp"))]))
    depot.take(another_boot(2))
    depot.take(another_boot(3, Anchor(1_750_000_000_000, 5, "depot")))
    assert [line.split("  ")[0] for line in printed(depot, as_json=False)] == [
        "2023-11-14 22:13:20Z",
        "between 2023-11-14 22:13:20Z and 2025-06-15 15:06:39Z (boot 2 +1000 ms)",
        "2025-06-15 15:06:40Z",
    ]
    _, found, _ = (json.loads(line) for line in printed(depot, as_json=True))
    assert found["utc_ms"] is None
    assert found["not_before_ms"] < found["not_after_ms"] < 1_750_000_000_000


def test_a_boot_that_begins_while_one_reads_keeps_nobody_from_reading(
    depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    depot.take(batch(1, 1))

    def then_another(connection: sqlite3.Connection, unit_id: int) -> Boots:
        known = boots(connection, unit_id)
        depot.take(another_boot(2))
        return known

    monkeypatch.setattr(records, "boots", then_another)
    assert len(printed(depot, as_json=False)) == 1


def test_a_time_beyond_the_calendar_is_no_time(depot: Depot) -> None:
    depot.take(batch(1, 1, [record(1, Anchor(2**53 - 1, 5, "ntp"))]))
    assert printed(depot, as_json=False)[0].startswith("boot 1 +1000 ms")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_record_is_one_line_without_orders_to_the_terminal(depot: Depot, as_json: bool) -> None:
    kind, body = "\x1b[2J\n", b'{"people":\n[1,\t"\xe2\x80\xa8"]}'
    depot.take(batch(1, 1, [Record(LOG, 1, kind, 1, 1000, msgspec.Raw(body))]))
    [line] = printed(depot, as_json=as_json)
    assert all(letter >= " " for letter in line)


def test_boots_are_printed_in_their_order_however_they_arrived(depot: Depot) -> None:
    """A new card counts from a thousand of its own, drawn by lot: it comes after the old one."""
    for boot_no in (7_000_003, 7_000_001, 7_000_002, 2_000_002, 2_000_001):
        depot.take(another_boot(boot_no))
    boots = [json.loads(line)["boot_no"] for line in printed(depot, as_json=True)]
    assert boots == [7_000_001, 7_000_002, 7_000_003, 2_000_001, 2_000_002]
