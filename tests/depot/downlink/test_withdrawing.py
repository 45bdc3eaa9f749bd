"""A content that is taken back, by what its unit says of it afterwards."""

import pytest

from tests.depot.downlink.fleet import Fleet
from triporteur_depot.database import transaction
from triporteur_depot.downlink import resend
from triporteur_depot.downlink.ledger import (
    Given,
    give,
    last,
    last_said,
    made_of,
    note_sent,
    take_back,
)
from triporteur_depot.downlink.verdicts import Outcome, Verdict
from triporteur_wire.parcels import Applied

PORTAL = "content/portal"
SHA = "0" * 64
DAY_MS = 24 * 3_600_000


@pytest.fixture
def withdrawn(fleet: Fleet) -> Given:
    """The fourth parcel, sent just now: it takes back the third, which ben had in use."""
    fleet.says("ben", content_portal=Applied(3, SHA))
    with transaction(fleet.connection):
        one = take_back(fleet.connection, "ben", PORTAL)
    note_sent(fleet.connection, one, fleet.depot.now_ms)
    fleet.depot.now_ms += 1
    return one


def made(fleet: Fleet) -> Verdict:
    one = last(fleet.connection, "ben", PORTAL)
    assert one
    return made_of(one, last_said(fleet.connection, "ben"))


def test_the_broker_keeps_nothing_of_it(withdrawn: Given) -> None:
    assert (withdrawn.revision, withdrawn.payload) == (4, b"")


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (Applied(3, SHA), Verdict(Outcome.WAITING)),
        (Applied(3, SHA, 2, ("of an earlier one",)), Verdict(Outcome.WAITING)),
        (Applied(3, SHA, faults=("no file",)), Verdict(Outcome.REFUSED, ("no file",))),
        (Applied(4, SHA), Verdict(Outcome.UNKNOWN)),
        (Applied(3, SHA, 5, ("of a later one",)), Verdict(Outcome.UNKNOWN)),
    ],
)
def test_while_its_unit_names_it_it_is_not_gone(
    fleet: Fleet, withdrawn: Given, said: Applied, verdict: Verdict
) -> None:
    fleet.says("ben", content_portal=said)
    assert made(fleet) == verdict


def test_it_is_gone_once_its_unit_names_it_no_more(fleet: Fleet, withdrawn: Given) -> None:
    fleet.says("ben")
    assert made(fleet) == Verdict(Outcome.APPLIED)


@pytest.mark.parametrize("before", [{}, {"content_portal": Applied(3, SHA, faults=("no file",))}])
def test_what_was_said_before_it_was_sent_says_nothing_of_it(
    fleet: Fleet, withdrawn: Given, before: dict[str, Applied]
) -> None:
    fleet.says("ben", **before)
    with transaction(fleet.connection):
        again = take_back(fleet.connection, "ben", PORTAL)
    assert made(fleet) == Verdict(Outcome.WAITING)
    note_sent(fleet.connection, again, fleet.depot.now_ms + 1)
    assert made(fleet) == Verdict(Outcome.WAITING)


def test_it_is_sent_again_until_its_unit_has_done_it(fleet: Fleet, withdrawn: Given) -> None:
    for faults in ((), ("no file",), ("no file",)):  # a refusal may be of one that was sent before
        fleet.depot.now_ms += DAY_MS
        fleet.says("ben", content_portal=Applied(3, SHA, faults=faults))
        assert resend(fleet.connection, "ben", fleet.depot.now_ms) == [(withdrawn.topic, b"")]
        assert resend(fleet.connection, "ben", fleet.depot.now_ms) == []
    fleet.depot.now_ms += DAY_MS
    fleet.says("ben")
    assert resend(fleet.connection, "ben", fleet.depot.now_ms) == []


def test_what_is_given_after_it_has_a_higher_revision(fleet: Fleet, withdrawn: Given) -> None:
    fleet.says("ben")
    with transaction(fleet.connection):
        one = give(fleet.connection, "ben", PORTAL, "")
    assert one.revision == 5
