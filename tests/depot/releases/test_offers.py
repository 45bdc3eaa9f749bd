"""Which release a unit is offered, and what is sent to it again."""

from pathlib import Path

import pytest

from tests.depot.downlink.fleet import Fleet
from tests.depot.releases.made import signed
from triporteur_depot.database import transaction
from triporteur_depot.downlink import resend
from triporteur_depot.downlink.ledger import Given, last_said, made_of, note_sent
from triporteur_depot.downlink.verdicts import Outcome, Verdict
from triporteur_depot.releases import offers
from triporteur_wire.parcels import unpack
from triporteur_wire.releases import Offer, Told, offer_in
from triporteur_wire.topics import Channel, topic

pytestmark = pytest.mark.slow

HOUR_MS = 3_600_000


@pytest.fixture
def offer(tmp_path: Path) -> Offer:
    with signed(tmp_path).open("rb") as release:
        return Offer.read(release)


@pytest.fixture
def given(fleet: Fleet, offer: Offer) -> Given:
    return give(fleet, offer)


def give(fleet: Fleet, offer: Offer | None) -> Given:
    """Offers it to ben (nothing for None), and sends it."""
    with transaction(fleet.connection):
        if offer:
            one = offers.give(fleet.connection, "ben", offer)
        else:
            one = offers.take_back(fleet.connection, "ben")
    note_sent(fleet.connection, one, 0)
    return one


def told(revision: int, outcome: str, why: str = "") -> Told:
    return Told("1.1", outcome, revision, why)


def made(fleet: Fleet, one: Given) -> Verdict:
    return made_of(one, last_said(fleet.connection, "ben"))


def test_what_is_offered_is_the_offer_to_the_byte(fleet: Fleet, offer: Offer, given: Given) -> None:
    assert given.topic == topic("ben", Channel.RELEASE)
    assert offer_in(unpack(given.payload)) == offer
    assert offers.offered(fleet.connection, "ben") == offer
    assert offers.digests(fleet.connection) == {offer.digest}


def test_the_same_release_again_is_another_wish(fleet: Fleet, offer: Offer, given: Given) -> None:
    assert give(fleet, offer).revision == given.revision + 1


def test_a_wish_is_above_those_that_only_the_unit_knows(fleet: Fleet, offer: Offer) -> None:
    fleet.tells("ben", told(7, "running"))
    assert give(fleet, offer).revision == 8


def test_a_wish_that_nobody_gave_leads_to_none_that_no_unit_can_read(
    fleet: Fleet, offer: Offer
) -> None:
    fleet.tells("ben", told(2**53 - 1, "running"))
    given = give(fleet, offer)
    assert (given.revision, offer_in(unpack(given.payload))) == (1, offer)


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (None, Verdict(Outcome.WAITING)),
        (told(0, "running"), Verdict(Outcome.WAITING)),
        (told(1, "arriving"), Verdict(Outcome.TAKEN)),
        (told(1, "waiting", "rain"), Verdict(Outcome.TAKEN)),
        (told(1, "trial"), Verdict(Outcome.TAKEN)),
        (told(1, "a later word"), Verdict(Outcome.TAKEN)),
        (told(1, "running"), Verdict(Outcome.APPLIED)),
        (told(1, "refused", "why"), Verdict(Outcome.REFUSED, ("why",))),
        (told(1, "failed", "why"), Verdict(Outcome.REFUSED, ("why",))),
        (told(2, "arriving"), Verdict(Outcome.UNKNOWN)),
    ],
)
def test_the_unit_s_word_is_what_became_of_an_offer(
    fleet: Fleet, given: Given, said: Told | None, verdict: Verdict
) -> None:
    fleet.tells("ben", said)
    assert made(fleet, given) == verdict
    sent_again = resend(fleet.connection, "ben", HOUR_MS)
    again = [(given.topic, given.payload)] if verdict.outcome is Outcome.WAITING else []
    assert sent_again == again


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (None, Outcome.APPLIED),
        (told(0, "waiting"), Outcome.APPLIED),
        (told(1, "arriving"), Outcome.WAITING),
        (told(1, "waiting"), Outcome.WAITING),
        (told(1, "refused"), Outcome.WAITING),
        (told(1, "failed"), Outcome.WAITING),
        (told(1, "trial"), Outcome.APPLIED),
        (told(1, "running"), Outcome.APPLIED),
        (told(3, "arriving"), Outcome.UNKNOWN),
    ],
)
def test_a_unit_that_goes_on_with_what_was_withdrawn_is_told_again(
    fleet: Fleet, given: Given, said: Told | None, outcome: Outcome
) -> None:
    withdrawn = give(fleet, None)
    assert withdrawn.payload == b""
    assert offers.offered(fleet.connection, "ben") is None
    assert offers.digests(fleet.connection) == set()
    fleet.tells("ben", said)
    assert made(fleet, withdrawn).outcome is outcome
    again = [(given.topic, b"")] if outcome is Outcome.WAITING else []
    assert resend(fleet.connection, "ben", HOUR_MS) == again


def test_what_a_retired_unit_was_offered_is_kept_for_nobody(fleet: Fleet, given: Given) -> None:
    assert given.body
    fleet.connection.execute("UPDATE units SET retired_utc_ms = 1")
    assert offers.digests(fleet.connection) == set()
