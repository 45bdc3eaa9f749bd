"""A broker that lost what it kept is given it again, by what units say they lack."""

import pytest

from tests.depot.downlink.fleet import Fleet
from triporteur_depot.database import transaction
from triporteur_depot.downlink import resend
from triporteur_depot.downlink.ledger import Given, give, note_sent
from triporteur_wire.parcels import Applied

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS


@pytest.fixture
def sent(fleet: Fleet) -> Given:
    with transaction(fleet.connection):
        one = give(fleet.connection, "ben", "settings", {"unit.place": "Sète"})
    note_sent(fleet.connection, one, 0)
    return one


def test_what_a_unit_lacks_is_sent_again(fleet: Fleet, sent: Given) -> None:
    assert resend(fleet.connection, "ben", 5 * MINUTE_MS) == [(sent.topic, sent.payload)]


def test_what_was_sent_just_now_is_not(fleet: Fleet, sent: Given) -> None:
    assert resend(fleet.connection, "ben", 5 * MINUTE_MS - 1) == []


def test_what_was_never_sent_is_sent_at_once(fleet: Fleet) -> None:
    with transaction(fleet.connection):
        one = give(fleet.connection, "ben", "content/portal", "")
    assert resend(fleet.connection, "ben", 0) == [(one.topic, one.payload)]
    assert resend(fleet.connection, "ben", 0) == []


def test_what_is_in_use_or_refused_is_not_sent_again(fleet: Fleet, sent: Given) -> None:
    fleet.says("ben", settings=Applied(sent.revision, sent.sha256))
    assert resend(fleet.connection, "ben", DAY_MS) == []
    fleet.says("ben", settings=Applied(refused=sent.revision, faults=("no",)))
    assert resend(fleet.connection, "ben", DAY_MS) == []


def test_a_restored_database_does_not_send_what_is_older(fleet: Fleet, sent: Given) -> None:
    fleet.says("ben", settings=Applied(sent.revision + 2, "0" * 64))
    assert resend(fleet.connection, "ben", DAY_MS) == []


def test_a_unit_that_never_answers_is_bothered_ever_more_rarely(fleet: Fleet, sent: Given) -> None:
    tries = [
        minute
        for minute in range(10 * 24 * 60)
        if resend(fleet.connection, "ben", minute * MINUTE_MS)
    ]
    assert tries[:4] == [5, 15, 35, 75]
    assert tries[-1] - tries[-2] == 24 * 60
    assert len(tries) < 20


def test_a_clock_that_was_set_back_does_not_silence_it(fleet: Fleet, sent: Given) -> None:
    note_sent(fleet.connection, sent, DAY_MS)
    assert resend(fleet.connection, "ben", 0) == [(sent.topic, sent.payload)]


def test_nothing_was_given_to_most_units(fleet: Fleet) -> None:
    assert resend(fleet.connection, "ana", DAY_MS) == []
