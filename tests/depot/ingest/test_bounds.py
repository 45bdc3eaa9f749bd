"""What one unit sends costs the others little, whatever it says."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from flask.testing import FlaskClient

from tests.compiled import compiled_once
from tests.depot.ingest.desk import LOG, OTHER, Depot, batch, marks, record, sent, status
from triporteur_depot.ingest import Message, conflicts, tally
from triporteur_depot.ingest.coverage import cover
from triporteur_depot.pages.app import create_app
from triporteur_depot.pages.queries import all_units
from triporteur_wire.envelope import GivenUp
from triporteur_wire.messages import MAX_LOGS, Ack, encode
from triporteur_wire.records import Event, Loss, Record, Telemetry
from triporteur_wire.topics import Channel

pytestmark = pytest.mark.slow

EVERY_SEQ = 2**53 - 1


def reader(depot: Depot) -> FlaskClient:
    return compiled_once(create_app(depot.path, "Pimms", lambda: depot.now_ms)).test_client()


def test_no_sum_of_losses_takes_a_page_down(depot: Depot, tmp_path: Path) -> None:
    losses = [
        record(seq, Loss(f"{seq:016x}", 1, EVERY_SEQ, "x" * (seq % 3))) for seq in range(1, 1101)
    ]
    depot.take(batch(1, 1100, losses), status({}))
    [ben] = all_units(depot.connection, depot.now_ms)
    assert ben.storage.given_up_records > EVERY_SEQ
    client = reader(depot)
    for address in ("/", "/unite/ben", "/unite/ben/tableau"):
        assert client.get(address).status_code == 200


def test_of_any_number_of_reasons_for_losses_a_page_tells_a_few(depot: Depot) -> None:
    losses = [record(seq, Loss(OTHER, seq, seq, f"reason {seq}")) for seq in range(1, 501)]
    depot.take(batch(1, 500, losses), status({}))
    client = reader(depot)
    page = client.get("/unite/ben").text
    assert page.count("relevé abandonné") == 8
    assert "et d’autres pertes déclarées" in page


@pytest.mark.parametrize("kind", ["telemetry", "usage", "other"])
def test_no_time_since_boot_takes_a_page_down(depot: Depot, kind: str) -> None:
    one = msgspec.structs.replace(record(1), kind=kind, mono_ms=EVERY_SEQ, boot_no=EVERY_SEQ)
    depot.take(batch(1, 1, [one]), status({}))
    depot.roll_up()
    client = reader(depot)
    for address in ("/", "/unite/ben", "/unite/ben?vue=semaine", "/unite/ben/tableau"):
        assert client.get(address).status_code == 200


def steps_to_cover(depot: Depot, log_id: int, seq: int) -> int:
    """How many of SQLite's steps one more span takes."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    depot.connection.set_progress_handler(count, 1)
    cover(depot.connection, log_id, seq, seq)
    depot.connection.set_progress_handler(None, 1)
    return steps


def test_one_more_hole_costs_the_same_however_many_there_are(depot: Depot) -> None:
    depot.take(batch(1, 1))
    few = [steps_to_cover(depot, 1, 2 * seq + 1) for seq in range(1, 5)]
    for seq in range(5, 1000):
        cover(depot.connection, 1, 2 * seq + 1, 2 * seq + 1)
    assert steps_to_cover(depot, 1, 4001) <= max(few)


def test_logs_that_only_a_status_names_make_no_rows(depot: Depot) -> None:
    depot.take(batch(1, 3))
    said = {f"{number:016x}": 7 for number in range(MAX_LOGS - 1)} | {LOG: 5}
    assert marks(depot.take(status(said))) == {log: 3 if log == LOG else 0 for log in said}
    assert depot.ask("SELECT count(*) FROM logs") == [(1,)]


def test_a_unit_of_many_logs_is_told_its_latest_marks_in_a_small_packet(depot: Depot) -> None:
    losses = [record(seq, Loss(f"{seq:016x}", 1, seq, "x")) for seq in range(1, 2001)]
    depot.take(batch(1, 2000, losses))
    epoch = depot.take(status({LOG: 1}))["ben"].epoch
    told = Message("ben", Channel.ACK, encode(Ack(epoch, {LOG: 9_000})), retained=True)
    [(unit, ack)] = depot.take(told).items()
    assert unit == "ben"
    assert ack.epoch != epoch
    assert len(ack.marks) == MAX_LOGS
    assert ack.marks[f"{2000:016x}"] == 2000


def commits(depot: Depot) -> list[str]:
    found: list[str] = []
    depot.connection.set_trace_callback(
        lambda said: found.append(said) if said == "COMMIT" else None
    )
    return found


def test_what_is_taken_together_is_committed_in_parts(
    depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally, "_MOST_RECORDS", 10)
    found = commits(depot)
    assert marks(depot.take(*(batch(first, first + 4) for first in range(1, 31, 5)))) == {LOG: 30}
    assert len(found) == 4  # of ten records each, and the marks
    found.clear()
    depot.take(batch(31, 32), batch(33, 34))
    assert len(found) == 1


def test_large_bodies_are_committed_in_parts_too(
    depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally, "_MOST_BYTES", 1000)
    found = commits(depot)
    depot.take(*(batch(seq, seq, [record(seq, Event("x" * 600))]) for seq in range(1, 5)))
    assert len(found) == 3


def test_what_goes_wrong_in_a_later_part_is_set_aside_alone(
    depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally, "_MOST_RECORDS", 2)
    wrong = [msgspec.structs.replace(record(5), boot_no=2**70)]
    acks = depot.take(batch(1, 2), batch(3, 4), batch(5, 5, wrong), batch(6, 6))
    assert marks(acks) == {LOG: 6}
    assert depot.ask("SELECT count(*) FROM records") == [(5,)]
    assert depot.ask("SELECT count(*) FROM quarantine") == [(1,)]


def test_only_what_came_is_rolled_up_whatever_range_a_batch_claims(depot: Depot) -> None:
    depot.take(batch(1, EVERY_SEQ, [record(3), record(4), record(9)]))
    assert depot.ask("SELECT first, last FROM dirty") == [(3, 4), (9, 9)]
    depot.roll_up()
    depot.take(batch(1, EVERY_SEQ, [record(3), record(4), record(9)]))
    assert depot.ask("SELECT * FROM dirty") == []


def other(seq: int, value: int) -> Record:
    return record(seq, Telemetry("battery", {"soc_pct": value}))


def test_what_comes_again_with_other_content_is_kept_once(depot: Depot) -> None:
    depot.take(batch(1, 3))
    for _ in range(3):
        depot.take(batch(1, 3, [other(1, 50), record(2), other(3, 50)]))
    depot.take(batch(1, 3, [other(1, 60), record(2), record(3)]))
    assert depot.ask("SELECT seq FROM conflicts ORDER BY seq") == [(1,), (1,), (3,)]


def test_conflicts_of_a_unit_are_bounded(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conflicts, "KEPT", 4)
    monkeypatch.setattr(conflicts, "KEPT_BYTES", 25)
    for unit in ("ana", "ben"):
        depot.take(replace(batch(1, 3), unit=unit))
        for value in (101, 102):
            again = batch(1, 3, [other(seq, value) for seq in (1, 2, 3)])
            depot.take(replace(again, unit=unit))
    assert depot.ask(
        "SELECT count(*), max(length(body)) FROM conflicts JOIN logs ON logs.id = log_id"
        " GROUP BY unit_id"
    ) == [(4, 25), (4, 25)]


def test_of_an_unreadable_batch_only_a_little_is_said_and_kept(
    depot: Depot, caplog: pytest.LogCaptureFixture
) -> None:
    long = "é\x1b[2J\n" * 10_000
    nonsense = sent(b"nonsense", 1, 9)
    said = [*nonsense.properties, ("more", long), ("v", long)]
    depot.take(replace(nonsense, properties=said))
    [(reason, properties)] = depot.ask("SELECT length(reason), length(properties) FROM quarantine")
    assert isinstance(reason, int)
    assert isinstance(properties, int)
    assert reason < 400
    assert properties < 1000
    [line] = [one.getMessage() for one in caplog.records if "quarantined" in one.message]
    assert line.isprintable()
    assert len(line) < 500


def test_records_that_come_after_all_are_no_longer_declared_lost(depot: Depot) -> None:
    depot.take(batch(1, 9, [record(1), record(9)], [GivenUp(2, 8, "thinned")]))
    depot.take(batch(4, 6))
    assert depot.ask("SELECT first, last, reason FROM given_up ORDER BY first") == [
        (2, 3, "thinned"),
        (7, 8, "thinned"),
    ]


def test_a_long_reason_of_a_loss_is_cut(depot: Depot) -> None:
    depot.take(batch(1, 1, [record(1, Loss(OTHER, 1, 2, "x" * 5000))]))
    assert depot.ask("SELECT length(reason) FROM given_up") == [(200,)]
