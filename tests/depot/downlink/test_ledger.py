"""Which revision a parcel gets, and what became of it."""

import pytest

from tests.depot.downlink.fleet import Fleet
from triporteur_depot.database import transaction
from triporteur_depot.downlink.ledger import Given, as_it_stands, give, given, last, note_sent
from triporteur_depot.downlink.verdicts import Outcome, verdict
from triporteur_wire.parcels import Applied, Settings, settings_of, text_of, unpack

SLOW: Settings = {"mqtt.status_period_s": 60}
FAST: Settings = {"mqtt.status_period_s": 5}


def settings(fleet: Fleet, body: Settings) -> Given:
    with transaction(fleet.connection):
        return give(fleet.connection, "ben", "settings", body)


def test_what_is_given_can_be_read_by_a_unit(fleet: Fleet) -> None:
    one = settings(fleet, SLOW)
    assert one.topic == "triporteur/v1/ben/settings"
    assert settings_of(unpack(one.payload)) == SLOW == one.settings
    with transaction(fleet.connection):
        text = give(fleet.connection, "ben", "content/portal", 'title = "é"')
    assert text.topic == "triporteur/v1/ben/content/portal"
    assert text_of(unpack(text.payload)) == 'title = "é"'
    assert [each.channel for each in given(fleet.connection, "ben")] == [
        "content/portal",
        "settings",
    ]


def test_revisions_ascend_and_the_last_one_is_kept(fleet: Fleet) -> None:
    assert [settings(fleet, body).revision for body in (SLOW, FAST, SLOW)] == [1, 2, 3]
    assert last(fleet.connection, "ben", "settings") == settings(fleet, SLOW)


def test_a_new_revision_is_above_all_that_the_unit_knows(fleet: Fleet) -> None:
    fleet.says("ben", settings=Applied(7, "0" * 64, refused=9))
    assert settings(fleet, SLOW).revision == 10


@pytest.mark.parametrize(
    ("said", "revision"),
    [
        (Applied(2**53 - 1, "0" * 64), 1),
        (Applied(2**52 + 1, "0" * 64), 1),
        (Applied(7, "0" * 64, refused=2**53 - 1), 8),
    ],
)
def test_a_revision_that_nobody_gave_leads_to_none_that_no_unit_can_read(
    fleet: Fleet, said: Applied, revision: int
) -> None:
    fleet.says("ben", settings=said)
    given = settings(fleet, SLOW)
    assert given.revision == revision == unpack(given.payload).revision
    fleet.connection.execute("UPDATE parcels SET revision = ?", (2**53,))
    assert settings(fleet, FAST).revision == revision


def test_the_same_again_keeps_its_revision(fleet: Fleet) -> None:
    one = settings(fleet, SLOW)
    assert settings(fleet, SLOW) == one
    fleet.says("ben", settings=Applied(one.revision, one.sha256))
    assert settings(fleet, SLOW) == one


def test_the_same_again_after_a_refusal_is_tried_anew(fleet: Fleet) -> None:
    one = settings(fleet, SLOW)
    fleet.says("ben", settings=Applied(refused=one.revision, faults=("too slow",)))
    assert settings(fleet, SLOW).revision == 2


def test_that_an_earlier_parcel_was_sent_says_nothing_of_a_later_one(fleet: Fleet) -> None:
    first = settings(fleet, SLOW)
    second = settings(fleet, FAST)
    assert as_it_stands(fleet.connection, first) is None
    assert as_it_stands(fleet.connection, second) == second
    note_sent(fleet.connection, first, 5)
    assert last(fleet.connection, "ben", "settings") == second
    note_sent(fleet.connection, second, 6)
    kept = last(fleet.connection, "ben", "settings")
    assert kept
    assert (kept.sent_utc_ms, kept.sendings) == (6, 1)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (Applied(), Outcome.WAITING),
        (Applied(3, "other"), Outcome.WAITING),
        (Applied(3, "other", refused=2), Outcome.WAITING),
        (Applied(4, "ours"), Outcome.APPLIED),
        (Applied(3, "other", refused=4), Outcome.REFUSED),
        (Applied(4, "other"), Outcome.UNKNOWN),
        (Applied(5, "other"), Outcome.UNKNOWN),
        (Applied(3, "other", refused=5), Outcome.UNKNOWN),
    ],
)
def test_what_became_of_a_parcel_is_read_from_revision_and_checksum(
    said: Applied, outcome: Outcome
) -> None:
    assert verdict(4, "ours", said).outcome is outcome
