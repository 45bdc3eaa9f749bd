"""What a unit said that it had committed, and then had not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.depot.ingest.desk import LOG, Depot, batch, marks, status
from triporteur_depot.ingest.promises import LIED


@pytest.fixture
def depot(tmp_path: Path) -> Iterator[Depot]:
    made = Depot(tmp_path / "depot.db")
    yield made
    made.connection.close()


def declared(depot: Depot) -> list[tuple[object, ...]]:
    return depot.ask("SELECT first, last, reason FROM given_up ORDER BY first")


def test_what_a_card_lost_after_it_had_kept_it_is_declared(depot: Depot) -> None:
    depot.take(batch(1, 160), status({LOG: 167}))
    assert declared(depot) == []
    assert marks(depot.take(status({LOG: 160}))) == {LOG: 167}
    assert declared(depot) == [(161, 167, LIED)]


def test_it_is_declared_once_and_only_what_did_not_come(depot: Depot) -> None:
    depot.take(batch(1, 160), batch(163, 164), status({LOG: 167}))
    for _ in range(3):
        depot.take(status({LOG: 160}))
    assert declared(depot) == [(161, 162, LIED), (165, 167, LIED)]


def test_a_log_that_grows_or_stands_breaks_no_promise(depot: Depot) -> None:
    depot.take(batch(1, 5))
    for last in (5, 5, 9, 9, 12):
        depot.take(status({LOG: last}))
    assert declared(depot) == []


def test_a_status_that_the_broker_kept_is_an_old_one(depot: Depot) -> None:
    depot.take(batch(1, 5), status({LOG: 9}))
    depot.take(status({LOG: 5}, retained=True))
    assert declared(depot) == []


def test_a_record_that_comes_after_all_is_stored_and_no_loss(depot: Depot) -> None:
    depot.take(batch(1, 5), status({LOG: 9}))
    depot.take(status({LOG: 5}))
    depot.take(batch(6, 9))
    assert depot.ask("SELECT count(*) FROM records") == [(9,)]
    assert declared(depot) == []
