"""What the depot keeps of what units send, and what it tells them of it."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.depot.ingest.desk import LOG, OTHER, Depot, batch, marks, record, sent, status
from triporteur_depot.ingest import Message
from triporteur_depot.ingest.quarantine import KEPT_BYTES
from triporteur_wire.envelope import GivenUp
from triporteur_wire.messages import Offline, encode
from triporteur_wire.records import Anchor, Loss, Record, Telemetry
from triporteur_wire.topics import Channel


def test_a_batch_is_stored_and_acknowledged_up_to_its_end(depot: Depot) -> None:
    assert marks(depot.take(batch(1, 5))) == {LOG: 5}
    assert depot.ask("SELECT seq, mono_ms FROM records") == [(s, s * 1000) for s in range(1, 6)]
    assert depot.ask("SELECT boot_no, stored FROM logs") == [(1, 5)]


def test_a_hole_holds_the_mark_back_until_it_is_filled(depot: Depot) -> None:
    assert marks(depot.take(batch(1, 5), batch(9, 12))) == {LOG: 5}
    assert marks(depot.take(batch(6, 8))) == {LOG: 12}


@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_order_and_repetition_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, dice: Random, copies: int
) -> None:
    depot = Depot(tmp_path_factory.mktemp("order") / "depot.db")
    messages = [batch(1, 4), batch(5, 9), batch(10, 10), batch(11, 20)] * copies
    dice.shuffle(messages)
    while messages:
        acks = depot.take(*[messages.pop() for _ in range(min(len(messages), dice.randint(1, 3)))])
    assert marks(acks) == {LOG: 20}
    assert depot.ask("SELECT count(*), sum(seq) FROM records") == [(20, 210)]
    assert depot.ask("SELECT stored FROM logs") == [(20,)]
    assert depot.ask("SELECT * FROM conflicts") == []
    assert depot.ask("SELECT * FROM given_up") == []
    depot.connection.close()


def test_the_same_key_with_other_content_is_kept_beside_as_an_alert(depot: Depot) -> None:
    depot.take(batch(1, 3))
    depot.take(batch(2, 2, [record(2, Telemetry("battery", {"soc_pct": 99}))]))
    assert depot.ask("SELECT count(*) FROM records") == [(3,)]
    ((seq, body),) = depot.ask("SELECT seq, body FROM conflicts")
    assert (seq, body) == (2, b'["battery",{"soc_pct":99}]')


def test_seqs_without_a_record_are_declared_given_up_with_their_reason(depot: Depot) -> None:
    held = [record(seq) for seq in (1, 2, 6, 9)]
    message = batch(1, 10, held, [GivenUp(3, 4, "thinned"), GivenUp(10, 10, "thinned")])
    assert marks(depot.take(message)) == {LOG: 10}
    declared = "SELECT first, last, reason FROM given_up ORDER BY first"
    expected = [(3, 4, "thinned"), (5, 5, "not said"), (7, 8, "not said"), (10, 10, "thinned")]
    assert depot.ask(declared) == expected
    depot.take(message)
    assert depot.ask(declared) == expected


def test_what_is_stored_is_never_declared_given_up_later(depot: Depot) -> None:
    depot.take(batch(1, 5))
    assert marks(depot.take(batch(1, 8, [record(8)], [GivenUp(1, 7, "forgotten")]))) == {LOG: 8}
    assert depot.ask("SELECT first, last, reason FROM given_up") == [(6, 7, "forgotten")]


def test_an_unreadable_batch_is_quarantined_whole_counted_once_and_stops_nothing(
    depot: Depot,
) -> None:
    bad = sent(b"\x00nonsense", 4, 6)
    assert marks(depot.take(batch(1, 3), bad, bad, batch(7, 9))) == {LOG: 9}
    ((reason, payload),) = depot.ask("SELECT reason, payload FROM quarantine")
    assert payload == b"\x00nonsense"
    assert "not zlib" in str(reason)


def test_a_batch_without_a_range_is_quarantined_and_moves_no_mark(depot: Depot) -> None:
    assert depot.take(Message("ben", Channel.JOURNAL, b"x")) == {}
    assert depot.ask("SELECT count(*) FROM quarantine") == [(1,)]


def test_a_log_that_changes_its_boot_is_quarantined(depot: Depot) -> None:
    depot.take(batch(1, 2))
    depot.take(batch(3, 3, [record(3, boot_no=2)]))
    assert depot.ask("SELECT boot_no FROM logs") == [(1,)]
    ((reason,),) = depot.ask("SELECT reason FROM quarantine")
    assert "boot 1" in str(reason)


def test_a_kind_of_a_later_version_is_kept_whole(depot: Depot) -> None:
    later = Record(LOG, 1, "tally", 1, 1000, msgspec.Raw(b'{"people": [1, 2.50, null]}'))
    depot.take(batch(1, 1, [later]))
    assert depot.ask("SELECT kind, body FROM records") == [
        ("tally", b'{"people": [1, 2.50, null]}')
    ]


def test_anchors_are_known_to_the_depot(depot: Depot) -> None:
    depot.take(batch(1, 1, [record(1, Anchor(1_800_000_000_000, 12, "ntp"))]))
    assert depot.ask("SELECT boot_no, mono_ms, utc_ms, error_ms FROM anchors") == [
        (1, 1000, 1_800_000_000_000, 12)
    ]


def test_a_loss_declares_the_end_of_another_log(depot: Depot) -> None:
    lost = Loss(OTHER, 1, 40, "journal damaged")
    unknown = Loss(OTHER, 41, None, "journal damaged")
    depot.take(batch(1, 2, [record(1, lost), record(2, unknown)]))
    assert depot.ask("SELECT first, last, reason FROM given_up ORDER BY first") == [
        (1, 40, "journal damaged"),
        (41, None, "journal damaged"),
    ]
    assert marks(depot.take(status({OTHER: 40}))) == {OTHER: 40}


def test_a_status_is_answered_with_the_marks_of_the_logs_it_names(depot: Depot) -> None:
    depot.take(batch(1, 5))
    assert marks(depot.take(status({LOG: 9, OTHER: 3}))) == {LOG: 5, OTHER: 0}


def test_a_status_says_the_unit_was_heard_and_a_last_will_that_it_is_gone(depot: Depot) -> None:
    depot.take(status({}))
    assert depot.ask("SELECT heard_utc_ms, offline_reason FROM units") == [(depot.now_ms, None)]
    heard_ms = depot.now_ms
    depot.now_ms += 60_000
    depot.take(Message("ben", Channel.STATUS, encode(Offline("lost"))))
    assert depot.ask("SELECT heard_utc_ms, offline_reason FROM units") == [(heard_ms, "lost")]
    depot.take(Message("ben", Channel.STATUS, encode(Offline("stopped"))))
    assert depot.ask("SELECT heard_utc_ms, offline_reason FROM units") == [
        (depot.now_ms, "stopped")
    ]


def test_a_batch_does_not_make_the_last_readings_look_fresh(depot: Depot) -> None:
    depot.take(status({}))
    heard_ms = depot.now_ms
    depot.now_ms += 60_000
    depot.take(batch(1, 5))
    assert depot.ask("SELECT heard_utc_ms FROM units") == [(heard_ms,)]


def test_a_unit_whose_clock_is_ahead_was_not_heard_later_than_now(depot: Depot) -> None:
    depot.now_ms = 6_000  # the status says 7 000
    depot.take(status({}, retained=True))
    assert depot.ask("SELECT heard_utc_ms FROM units") == [(6_000,)]


def test_a_status_the_broker_kept_is_no_sign_of_life(depot: Depot) -> None:
    depot.take(status({LOG: 1}, retained=True))
    assert depot.ask("SELECT heard_utc_ms FROM units") == [(7_000,)]
    depot.take(status({}))
    depot.now_ms += 60_000
    depot.take(status({}, retained=True))
    assert depot.ask("SELECT heard_utc_ms FROM units") == [(depot.now_ms - 60_000,)]


def test_nothing_is_acknowledged_of_a_transaction_that_failed(depot: Depot) -> None:
    depot.take(status({}))
    ((pages,),) = depot.ask("PRAGMA page_count")
    depot.ask(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        depot.take(batch(1, 2000))
    assert depot.ask("SELECT count(*) FROM records") == [(0,)]
    depot.ask("PRAGMA max_page_count = 100000")
    assert marks(depot.take(batch(1, 2000))) == {LOG: 2000}


def test_a_message_that_cannot_be_stored_is_set_aside_alone_and_told_once(
    depot: Depot, caplog: pytest.LogCaptureFixture
) -> None:
    depot.connection.execute(
        """CREATE TEMP TRIGGER fault BEFORE INSERT ON records
        WHEN NEW.seq BETWEEN 4 AND 9 BEGIN SELECT RAISE(ABORT, 'a fault of ours'); END"""
    )
    acks = depot.take(batch(1, 3), batch(4, 6), batch(7, 9), batch(10, 12))
    assert marks(acks) == {LOG: 12}
    assert depot.ask("SELECT seq FROM records") == [(1,), (2,), (3,), (10,), (11,), (12,)]
    assert depot.ask("SELECT payload FROM quarantine") == [
        (batch(4, 6).payload,),
        (batch(7, 9).payload,),
    ]
    assert len([line for line in caplog.records if line.exc_info]) == 1


def test_a_range_that_cannot_be_rolled_up_does_not_hold_up_the_next(depot: Depot) -> None:
    depot.connection.execute(
        """CREATE TEMP TRIGGER fault BEFORE INSERT ON rollups
        WHEN NEW.bucket = 0 BEGIN SELECT RAISE(ABORT, 'a fault of ours'); END"""
    )
    depot.take(batch(1, 10), batch(1000, 1010))
    depot.roll_up()
    assert depot.ask("SELECT count(*) FROM dirty") == [(0,)]
    assert depot.ask("SELECT bucket FROM rollups") == [(1,)]


def test_a_message_was_heard_when_it_arrived_and_not_when_the_disk_took_it(depot: Depot) -> None:
    arrived_ms = depot.now_ms - 90_000
    depot.take(replace(status({}), received_utc_ms=arrived_ms))
    assert depot.ask("SELECT heard_utc_ms FROM units") == [(arrived_ms,)]


def test_of_a_long_unreadable_batch_the_start_is_kept_and_that_is_said(depot: Depot) -> None:
    depot.take(sent(b"x" * (KEPT_BYTES + 1), 1, 3))
    ((reason, payload),) = depot.ask("SELECT reason, payload FROM quarantine")
    assert payload == b"x" * KEPT_BYTES
    assert f"{KEPT_BYTES} of {KEPT_BYTES + 1} bytes" in str(reason)


def test_an_unreadable_batch_of_what_is_stored_already_is_told(
    depot: Depot, caplog: pytest.LogCaptureFixture
) -> None:
    depot.take(batch(1, 5))
    assert marks(depot.take(sent(b"nonsense", 2, 4))) == {LOG: 5}
    assert depot.ask("SELECT * FROM quarantine") == []
    assert "ben: a batch of 2 to 4" in caplog.text


def test_a_readable_batch_fills_a_range_that_came_unreadable_before(depot: Depot) -> None:
    depot.take(sent(b"nonsense", 1, 3))
    depot.take(batch(1, 3))
    assert depot.ask("SELECT seq FROM records") == [(1,), (2,), (3,)]


def test_a_loss_without_an_end_is_declared_once_however_often_it_comes(depot: Depot) -> None:
    lost = batch(1, 1, [record(1, Loss(OTHER, 41, None, "journal damaged"))])
    depot.take(lost, lost)
    depot.take(lost)
    assert depot.ask("SELECT first, last FROM given_up") == [(41, None)]


def test_a_loss_that_ends_before_its_start_is_kept_and_not_heeded(depot: Depot) -> None:
    depot.take(batch(1, 1, [record(1, Loss(OTHER, 9, 3, "journal damaged"))]))
    assert depot.ask("SELECT kind FROM records") == [("loss",)]
    assert depot.ask("SELECT * FROM given_up") == []


def test_two_ingests_on_one_database_give_what_one_gives(tmp_path: Path) -> None:
    messages = [
        batch(1, 4),
        status({LOG: 20}),
        batch(8, 12, [record(8), record(12)], [GivenUp(9, 10, "thinned")]),
        batch(5, 7, [record(5, Loss(OTHER, 3, None, "journal damaged")), record(6), record(7)]),
        sent(b"nonsense", 13, 14),
        batch(3, 9),
    ]
    alone = Depot(tmp_path / "alone.db")
    first, second = Depot(tmp_path / "shared.db"), Depot(tmp_path / "shared.db")
    for number, message in enumerate([*messages, *reversed(messages)]):
        assert (first, second)[number % 2].take(message).keys() == alone.take(message).keys()
    assert marks(second.take(status({LOG: 20}))) == marks(alone.take(status({LOG: 20})))
    for depot in (alone, first, second):
        depot.roll_up()
    assert _contents(first) == _contents(alone)
    for depot in (alone, first, second):
        depot.connection.close()


def test_the_epoch_names_the_database(depot: Depot, tmp_path: Path) -> None:
    first = depot.take(status({LOG: 1}))["ben"].epoch
    other = Depot(tmp_path / "other.db")
    assert other.take(status({LOG: 1}))["ben"].epoch != first
    other.connection.close()


def test_rollups_do_not_depend_on_order_or_repetition(tmp_path: Path) -> None:
    tables = []
    for number, order in enumerate(([1, 2, 3], [3, 1, 2, 1])):
        depot = Depot(tmp_path / f"{number}.db")
        for third in order:
            first = (third - 1) * 400 + 1
            depot.take(batch(first, first + 399))
            depot.roll_up()
        tables.append(depot.ask("SELECT * FROM rollups ORDER BY bucket"))
        depot.connection.close()
    assert tables[0] == tables[1]
    assert tables[0][0][4:] == (0, 0.0, 99.0, 99.0, 899_000)
    assert len(tables[0]) == 2


def _contents(depot: Depot) -> list[list[tuple[object, ...]]]:
    tables = ("records", "coverage", "given_up", "conflicts", "rollups", "dirty")
    order = {"conflicts": "seq", "given_up": "log_id, first"}
    asked = [f"SELECT * FROM {table} ORDER BY {order.get(table, 1)}" for table in tables]
    asked += ["SELECT name, status, heard_utc_ms, offline_reason FROM units"]
    return [depot.ask(query) for query in asked]
