from pathlib import Path

import pytest

from triporteur_device.delivery.backlog import read_backlog
from triporteur_device.delivery.journals import Journals
from triporteur_device.journal import JournalReader, JournalWriter, merged
from triporteur_wire.messages import Ack
from triporteur_wire.records import Anchor, Event


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "device.journal"


def written(path: Path, *, anchored: bool) -> str:
    with JournalWriter(path, 1, mono_ms=1_000, version="test") as journal:
        journal.append(2_000, Event("one"))
        journal.append(3_000, Event("two"))
        if anchored:
            journal.append(4_000, Anchor(104_000, 1, "ntp"))
        return journal.log


def test_what_lies_beyond_the_marks_waits_and_has_an_age(path: Path) -> None:
    first, second = written(path, anchored=True), written(path, anchored=True)
    journals = Journals(JournalReader(path))
    delivery = read_backlog(journals, Ack("e", {first: 2})).delivery(True, 110_000)
    journals.close()
    assert (delivery.waiting, delivery.oldest_waiting_s) == (2 + 4, 7.0)
    assert delivery.logs == {first: 4, second: 4}


def test_nothing_waits_when_the_depot_has_all(path: Path) -> None:
    log = written(path, anchored=True)
    journals = Journals(JournalReader(path))
    delivery = read_backlog(journals, Ack("e", {log: 4})).delivery(True, 110_000)
    journals.close()
    assert (delivery.waiting, delivery.oldest_waiting_s) == (0, None)
    assert delivery.logs == {log: 4}


def test_without_a_clock_the_age_is_not_known(path: Path) -> None:
    written(path, anchored=False)
    journals = Journals(JournalReader(path))
    backlog = read_backlog(journals, Ack("", {}))
    journals.close()
    assert backlog.delivery(False, 110_000).oldest_waiting_s is None
    assert backlog.delivery(False, None).waiting == 3


def test_another_epoch_forgets_the_marks_it_does_not_name() -> None:
    known = Ack("first", {"a" * 16: 5, "b" * 16: 6})
    assert merged(known, Ack("first", {"b" * 16: 4})).marks == {"a" * 16: 5, "b" * 16: 4}
    assert merged(known, Ack("second", {"b" * 16: 4})) == Ack("second", {"b" * 16: 4})
