"""The judge must see every kind of wrong: a proof that cannot fail proves nothing."""

from dataclasses import replace

import pytest

from tests.chaos.ledger import Entry, Produced
from tests.chaos.stored import Declared, Stored
from tests.chaos.verdict import judge

OLD, NEW = "a" * 16, "b" * 16
KEYS = [(OLD, 1), (OLD, 2), (OLD, 3), (NEW, 1), (NEW, 2)]


def entry(seq: int) -> Entry:
    return Entry("telemetry", 1, seq, f"{seq}")


@pytest.fixture
def produced() -> Produced:
    return Produced(
        appended={key: entry(key[1]) for key in [*KEYS, (NEW, 3)]},
        committed={OLD: 3, NEW: 2},
        begun=[OLD, NEW],
    )


@pytest.fixture
def stored() -> Stored:
    return Stored({key: entry(key[1]) for key in KEYS}, KEYS, [], [], [], [])


def without(stored: Stored, *keys: tuple[str, int]) -> Stored:
    kept = {key: value for key, value in stored.records.items() if key not in keys}
    return replace(stored, records=kept, told=list(kept))


def test_all_there_is_all_right(produced: Produced, stored: Stored) -> None:
    assert judge([produced], stored).holds


def test_what_was_recorded_and_not_committed_may_be_missing_or_there(
    produced: Produced, stored: Stored
) -> None:
    more = stored.records | {(NEW, 3): entry(3)}
    assert judge([produced], replace(stored, records=more, told=list(more))).holds


def test_a_record_that_is_missing_is_named(produced: Produced, stored: Stored) -> None:
    (hole, below) = judge([produced], without(stored, (OLD, 2))).findings
    assert hole == f"committed aboard, neither stored nor declared: {OLD} 2"
    assert below == f"an undeclared hole below: {OLD} 2"


def test_a_log_that_never_arrived_is_named(produced: Produced, stored: Stored) -> None:
    (found,) = judge([produced], without(stored, (NEW, 1), (NEW, 2))).findings
    assert found.endswith(f"{NEW} 1-2")


def test_a_declared_range_excuses_its_records_where_its_reason_may_be(
    produced: Produced, stored: Stored
) -> None:
    lost = replace(without(stored, (OLD, 2)), declared=[Declared(OLD, 2, 2, "card full")])
    verdict = judge([produced], lost, ["card"])
    assert verdict.holds
    assert verdict.declared == 1
    (found,) = judge([produced], lost).findings
    assert found == f"given up without need: {OLD} 2-2 (card full)"


def test_a_range_without_end_excuses_what_follows_and_nothing_before(
    produced: Produced, stored: Stored
) -> None:
    open_end = [Declared(OLD, 2, None, "damaged")]
    assert judge(
        [produced], replace(without(stored, (OLD, 2), (OLD, 3)), declared=open_end), ["damaged"]
    ).holds
    assert not judge(
        [produced], replace(without(stored, (OLD, 1)), declared=open_end), ["damaged"]
    ).holds


@pytest.mark.parametrize(
    "other",
    [Entry("event", 1, 2, "2"), Entry("telemetry", 2, 2, "2"), Entry("telemetry", 1, 2, "x")],
)
def test_a_record_that_is_another_is_named(
    produced: Produced, stored: Stored, other: Entry
) -> None:
    altered = replace(stored, records=stored.records | {(OLD, 2): other})
    (found,) = judge([produced], altered).findings
    assert found == f"stored with other content: {OLD} 2"


def test_a_record_that_nobody_made_is_named(produced: Produced, stored: Stored) -> None:
    more = stored.records | {(OLD, 4): entry(3)}
    (found,) = judge([produced], replace(stored, records=more)).findings
    assert found == f"stored, but never recorded aboard: {OLD} 4"


def test_a_record_under_two_rows_is_named(produced: Produced, stored: Stored) -> None:
    assert not judge([produced], replace(stored, twice=[(OLD, 2)])).holds


def test_logs_told_in_another_order_are_named(produced: Produced, stored: Stored) -> None:
    assert not judge([produced], replace(stored, told=[*KEYS[3:], *KEYS[:3]])).holds


def test_records_told_in_another_order_are_named(produced: Produced, stored: Stored) -> None:
    assert not judge([produced], replace(stored, told=[KEYS[1], KEYS[0], *KEYS[2:]])).holds
