"""One record an hour, whatever the journal does."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from tests.kiosk.usage.kiosk import records, usages
from triporteur_device.journal import JournalReader
from triporteur_kiosk.usage.counts import Counts
from triporteur_kiosk.usage.journal import UsageJournal
from triporteur_kiosk.usage.keeper import HOUR_MS, UsageKeeper
from triporteur_wire.messages import Ack, encode
from triporteur_wire.records import Usage


class Kept:
    """A keeper whose clock, boot number and card the test holds."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "card" / "kiosk.journal"
        self.ack = folder / "ack.json"
        self.counts = Counts()
        self.now_ms = 5_000
        self.boot_no: int | None = 12
        self.phones = 0
        self.journal = UsageJournal(self.path, lambda: self.boot_no, self.ack, "test")
        self.keeper = UsageKeeper(
            self.counts,
            self.journal,
            lambda: self.counts.stations(self.phones),
            lambda: self.now_ms,
        )

    def hours(self, number: float = 1) -> None:
        """So much time passes, and the keeper looks."""
        self.now_ms += round(number * HOUR_MS)
        self.keeper.turn()

    def use(self, *words: str) -> None:
        for word in words:
            self.counts.add(word)

    def end(self) -> None:
        stop = Event()
        stop.set()
        self.keeper.run(stop)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def test_an_hour_makes_one_record_of_its_boot(kept: Kept) -> None:
    kept.use("probe", "probe", "page:sante")
    kept.hours()
    opened, record = records(kept.path)
    assert (opened.kind, record.kind) == ("open", "usage")
    assert (record.boot_no, record.mono_ms) == (12, 5_000 + HOUR_MS)
    assert usages(kept.path) == [Usage(3600, {"probe": 2, "page:sante": 1})]
    kept.end()


def test_nothing_is_written_within_the_hour(kept: Kept) -> None:
    kept.use("probe")
    kept.hours(0.99)
    assert usages(kept.path) == []
    kept.use("probe")
    kept.hours(0.01)
    assert usages(kept.path) == [Usage(3600, {"probe": 2})]
    kept.end()


def test_an_hour_without_use_writes_nothing_and_does_not_lengthen_the_next(kept: Kept) -> None:
    kept.hours()
    kept.hours()
    kept.use("probe")
    kept.hours()
    assert usages(kept.path) == [Usage(3600, {"probe": 1})]
    kept.end()


def test_what_the_last_hour_counted_is_written_when_told_to_end(kept: Kept) -> None:
    kept.hours(0)
    kept.use("probe")
    kept.now_ms += HOUR_MS // 4
    kept.end()
    assert usages(kept.path) == [Usage(900, {"probe": 1})]


def test_while_the_boot_has_no_number_counting_goes_on(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    kept.boot_no = None
    kept.use("probe")
    kept.hours()
    kept.use("probe")
    kept.hours(0.5)
    assert not kept.path.exists()
    kept.boot_no = 12
    kept.hours(0)
    assert usages(kept.path) == [Usage(5400, {"probe": 2})]
    assert caplog.records == []  # the agent starts after the portal on many days
    kept.end()


def test_a_card_that_cannot_be_had_is_told_once_and_so_is_its_return(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    card = kept.path.parent
    card.write_text("a file where the folder should be")
    for _ in range(3):
        kept.use("probe")
        kept.hours()
    assert [each.levelno for each in caplog.records] == [logging.ERROR]
    assert str(kept.path) in caplog.text
    card.unlink()
    kept.hours(0)
    assert [each.levelno for each in caplog.records] == [logging.ERROR, logging.INFO]
    assert usages(kept.path) == [Usage(3 * 3600, {"probe": 3})]
    kept.end()


def test_a_write_that_fails_costs_nothing_but_time(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    kept.hours(0)
    with closing(sqlite3.connect(kept.path)) as other:
        other.execute(
            "CREATE TRIGGER full BEFORE INSERT ON records BEGIN SELECT raise(FAIL, 'full'); END"
        )
        other.commit()
        kept.use("probe")
        kept.hours()
        assert "full" in caplog.text
        other.execute("DROP TRIGGER full")
        other.commit()
    kept.hours(0)
    assert usages(kept.path) == [Usage(3600, {"probe": 1})]
    kept.end()


def test_a_damaged_journal_is_set_aside_while_counting_goes_on(kept: Kept) -> None:
    kept.use("probe")
    kept.end()
    kept.path.write_bytes(b"not a database" * 1000)
    kept.use("page:sante")
    kept.hours()
    assert usages(kept.path) == [Usage(3600, {"page:sante": 1})]
    assert kept.path.with_name("kiosk.journal.broken-1").exists()
    kept.end()


def test_the_depots_marks_go_with_the_next_record(kept: Kept) -> None:
    kept.use("probe")
    kept.hours()
    log = records(kept.path)[0].log
    kept.ack.write_bytes(encode(Ack("e1", {log: 2, "0123456789abcdef": 7})))
    kept.use("probe")
    kept.hours()
    with closing(JournalReader(kept.path)) as reader:
        (state,) = reader.logs()
        assert (state.mark, state.last_seq, reader.epoch()) == (2, 3, "e1")
    kept.end()


@pytest.mark.parametrize("found", [None, b"", b"{", b'{"epoch": 1}', b"\xff"])
def test_an_acknowledgement_that_is_none_changes_nothing(kept: Kept, found: bytes | None) -> None:
    if found is not None:
        kept.ack.write_bytes(found)
    kept.use("probe")
    kept.hours()
    assert usages(kept.path) == [Usage(3600, {"probe": 1})]
    kept.end()


def test_an_hour_has_the_most_phones_of_its_looks(kept: Kept) -> None:
    for phones in (3, 9, 2):
        kept.phones = phones
        kept.hours(0.3)
    kept.hours(0.2)
    assert usages(kept.path) == [Usage(3960, {"peak_stations": 9})]
    kept.end()
