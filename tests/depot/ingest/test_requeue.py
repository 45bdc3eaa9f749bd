"""What was unreadable is read again by a later version of the depot, and changes nothing else."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.depot.ingest.desk import LOG, Depot, batch, marks, record, sent, status
from triporteur_depot.ingest import Message
from triporteur_depot.ingest.quarantine import DROPPED, KEPT_BYTES, KEPT_MESSAGES
from triporteur_depot.ingest.requeue import Reread, quarantined, reread
from triporteur_wire.envelope import GivenUp
from triporteur_wire.topics import Channel

pytestmark = pytest.mark.slow

#: All that a depot knows of records; not when it learnt of it.
KNOWN = (
    "SELECT seq, kind, mono_ms, body FROM records ORDER BY seq",
    "SELECT first, last FROM coverage ORDER BY first",
    "SELECT first, last, reason FROM given_up ORDER BY first, last",
    "SELECT seq FROM conflicts",
    "SELECT boot_no, stored FROM logs",
    "SELECT * FROM rollups",
    "SELECT boot_no, mono_ms, utc_ms FROM anchors",
)


def known(depot: Depot) -> list[list[tuple[object, ...]]]:
    depot.roll_up()
    return [depot.ask(query) for query in KNOWN]


def requeue(depot: Depot, *, dry_run: bool = False) -> list[Reread]:
    numbers = quarantined(depot.connection, None, None)
    found = (reread(depot.connection, number, dry_run=dry_run) for number in numbers)
    return [one for one in found if one]


def fails(depot: Depot, *messages: Message) -> None:
    """The messages come to a depot whose code cannot read them; they are as they should be."""
    depot.take(*(replace(one, payload=b"") for one in messages))
    for one in messages:
        depot.connection.execute(
            "UPDATE quarantine SET payload = ? WHERE properties = ? AND payload = ?",
            (one.payload, json.dumps(one.properties), b""),
        )


def test_what_can_be_read_now_is_stored_as_if_it_always_could(depot: Depot) -> None:
    held = [record(4), record(6)]
    good = batch(4, 6, held, [GivenUp(5, 5, "thinned")])
    depot.take(batch(1, 3))
    fails(depot, good)
    depot.take(batch(7, 9))
    [read] = requeue(depot)
    assert (read.unit, read.records, read.fault) == ("ben", 2, "")
    assert depot.ask("SELECT seq FROM records") == [(seq,) for seq in (1, 2, 3, 4, 6, 7, 8, 9)]
    assert depot.ask("SELECT first, last, reason FROM given_up") == [(5, 5, "thinned")]
    assert marks(depot.take(status({LOG: 9}))) == {LOG: 9}
    assert depot.ask("SELECT * FROM quarantine") == []
    assert reread(depot.connection, read.id, dry_run=False) is None


def test_what_still_cannot_be_read_stays_as_it_is_with_its_reason(depot: Depot) -> None:
    depot.take(sent(b"nonsense", 1, 3), Message("ben", Channel.JOURNAL, b"x"))
    before = depot.ask("SELECT * FROM quarantine")
    zlib, version = requeue(depot)
    assert "not zlib" in zlib.fault
    assert "version" in version.fault
    assert depot.ask("SELECT * FROM quarantine") == before


def test_one_that_is_kept_in_part_is_said_to_be_lost(depot: Depot) -> None:
    depot.take(sent(b"x" * (KEPT_BYTES + 1), 1, 3))
    [read] = requeue(depot)
    assert f"only its first {KEPT_BYTES} bytes were kept" in read.fault


def test_a_dry_run_says_what_would_be_and_changes_nothing(depot: Depot) -> None:
    fails(depot, batch(1, 5))
    before = [known(depot), depot.ask("SELECT * FROM quarantine")]
    assert [one.records for one in requeue(depot, dry_run=True)] == [5]
    assert [known(depot), depot.ask("SELECT * FROM quarantine")] == before


def test_a_batch_of_another_boot_stays(depot: Depot) -> None:
    depot.take(batch(1, 2))
    fails(depot, batch(3, 3, [record(3, boot_no=2)]))
    [read] = requeue(depot)
    assert "boot 1" in read.fault
    assert depot.ask("SELECT count(*) FROM quarantine") == [(1,)]


def test_what_was_declared_lost_and_is_stored_after_all_is_no_longer_lost(depot: Depot) -> None:
    fails(depot, batch(3, 4))
    depot.connection.execute("INSERT INTO given_up VALUES (1, 1, 6, 'journal damaged', 5)")
    requeue(depot)
    assert depot.ask("SELECT first, last, reason, declared_utc_ms FROM given_up") == [
        (1, 2, "journal damaged", 5),
        (5, 6, "journal damaged", 5),
    ]


def test_of_too_many_unreadable_batches_the_oldest_are_dropped_and_declared(depot: Depot) -> None:
    with_neighbour = [sent(b"?", 2 * number, 2 * number) for number in range(1, KEPT_MESSAGES + 3)]
    depot.take(replace(sent(b"?", 1, 1), unit="ana"), *with_neighbour)
    kept = depot.ask(
        "SELECT name, count(*) FROM quarantine JOIN units ON units.id = unit_id "
        "GROUP BY name ORDER BY name"
    )
    assert kept == [("ana", 1), ("ben", KEPT_MESSAGES)]
    assert depot.ask("SELECT first, last, reason FROM given_up") == [
        (2, 2, DROPPED),
        (4, 4, DROPPED),
    ]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Depot, Depot]]:
    folder = tmp_path_factory.mktemp("requeue")
    made = Depot(folder / "wanted.db"), Depot(folder / "depot.db")
    for each in made:
        each.connection.execute("PRAGMA synchronous = OFF")
    yield made
    for each in made:
        each.connection.close()


@st.composite
def batches(draw: st.DrawFn) -> list[Message]:
    """A log of up to 40 seqs, cut in batches; some of its records were thinned aboard."""
    last = draw(st.integers(1, 40))
    cuts = sorted(draw(st.sets(st.integers(1, last))) | {0, last})
    thinned = draw(st.sets(st.integers(1, last)))
    made = []
    for before, end in pairwise(cuts):
        held = [record(seq) for seq in range(before + 1, end + 1) if seq not in thinned]
        given_up = [
            GivenUp(seq, seq, "thinned") for seq in range(before + 1, end + 1) if seq in thinned
        ]
        made.append(batch(before + 1, end, held, given_up))
    return made


@given(st.data())
def test_whatever_failed_and_came_again_the_end_is_as_if_nothing_had(
    pair: tuple[Depot, Depot], data: st.DataObject
) -> None:
    for each in pair:
        empty(each)
    wanted, depot = pair
    messages = data.draw(batches())
    failing = data.draw(st.sets(st.sampled_from(range(len(messages)))))
    wanted.take(*messages)
    for number, message in enumerate(messages):
        (fails if number in failing else Depot.take)(depot, message)
    for message in data.draw(st.lists(st.sampled_from(messages), max_size=4)):
        if data.draw(st.booleans()):
            requeue(depot)
        depot.take(message)
    requeue(depot)
    assert requeue(depot) == []
    depot.take(*messages)
    assert known(depot) == known(wanted)


def empty(depot: Depot) -> None:
    tables = ("quarantine", "records", "coverage", "given_up", "conflicts", "rollups", "dirty")
    for table in (*tables, "anchors", "logs", "units"):
        depot.connection.execute(f"DELETE FROM {table}")
    depot.intake._fleet.forget()
