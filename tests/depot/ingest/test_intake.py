"""What the depot keeps of what units send, and what it tells them of it."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_depot.database import open_writer
from triporteur_depot.ingest import Intake, Message, roll_up
from triporteur_wire.envelope import Batch, GivenUp, Range, pack, properties
from triporteur_wire.messages import Ack, Delivery, Offline, Status, encode
from triporteur_wire.records import Anchor, Body, Loss, Record, Telemetry, encode_body, kind_of
from triporteur_wire.topics import Channel

LOG = "0123456789abcdef"
OTHER = "fedcba9876543210"


class Depot:
    """An intake over a fresh database, with a clock in the test's hand."""

    def __init__(self, path: Path) -> None:
        self.connection = open_writer(path)
        self.now_ms = 1_800_000_000_000
        self.intake = Intake(self.connection, lambda: self.now_ms)

    def take(self, *messages: Message) -> dict[str, Ack]:
        return self.intake.take(messages)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        return self.connection.execute(query).fetchall()


@pytest.fixture
def depot(tmp_path: Path) -> Iterator[Depot]:
    made = Depot(tmp_path / "depot.db")
    yield made
    made.connection.close()


def record(seq: int, body: Body | None = None, boot_no: int = 1) -> Record:
    said = body or Telemetry("battery", {"soc_pct": seq % 100})
    return Record(LOG, seq, kind_of(said), boot_no, 1000 * seq, msgspec.Raw(encode_body(said)))


def batch(
    first: int, last: int, records: Sequence[Record] | None = None, given: Sequence[GivenUp] = ()
) -> Message:
    held = [record(seq) for seq in range(first, last + 1)] if records is None else records
    covered = Range(LOG, first, last)
    return Message("ben", Channel.JOURNAL, pack(Batch(covered, held, given)), properties(covered))


def status(logs: dict[str, int], *, retained: bool = False) -> Message:
    said = Status("ben", "Rennes", "1", 1, 5, 7_000, 15, {}, {}, Delivery(True, 0, None, 0, logs))
    return Message("ben", Channel.STATUS, encode(said), retained=retained)


def marks(acks: dict[str, Ack]) -> dict[str, int]:
    return acks["ben"].marks


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
    bad = Message("ben", Channel.JOURNAL, b"\x00nonsense", properties(Range(LOG, 4, 6)))
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


def test_a_status_the_broker_kept_is_no_sign_of_life(depot: Depot) -> None:
    depot.take(status({LOG: 1}, retained=True))
    assert depot.ask("SELECT heard_utc_ms FROM units") == [(7_000,)]
    depot.take(status({}))
    depot.now_ms += 60_000
    depot.take(status({}, retained=True))
    assert depot.ask("SELECT heard_utc_ms FROM units") == [(depot.now_ms - 60_000,)]


@given(st.binary(max_size=60), st.sampled_from(list(Channel)))
def test_no_message_whatever_stops_the_ingest(
    tmp_path_factory: pytest.TempPathFactory, payload: bytes, channel: Channel
) -> None:
    depot = Depot(tmp_path_factory.mktemp("any") / "depot.db")
    depot.take(Message("ben", channel, payload, properties(Range(LOG, 1, 3))))
    assert marks(depot.take(batch(1, 5))) == {LOG: 5}
    depot.connection.close()


def test_nothing_is_acknowledged_of_a_transaction_that_failed(depot: Depot) -> None:
    depot.connection.execute(
        """CREATE TEMP TRIGGER full BEFORE INSERT ON records
        WHEN NEW.seq = 4 BEGIN SELECT RAISE(ABORT, 'disk full'); END"""
    )
    with pytest.raises(sqlite3.Error, match="disk full"):
        depot.take(batch(1, 5))
    assert depot.ask("SELECT count(*) FROM records") == [(0,)]
    depot.connection.execute("DROP TRIGGER full")
    assert marks(depot.take(batch(1, 5))) == {LOG: 5}


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
            while roll_up(depot.connection):
                pass
        tables.append(depot.ask("SELECT * FROM rollups ORDER BY bucket"))
        depot.connection.close()
    assert tables[0] == tables[1]
    assert tables[0][0][4:] == (0, 0.0, 99.0, 99.0, 899_000)
    assert len(tables[0]) == 2
