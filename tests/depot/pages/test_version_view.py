"""Which version runs aboard, and what becomes of another, as the pages tell it."""

from pathlib import Path

import msgspec
import pytest
from flask.testing import FlaskClient

from tests.depot.pages.builder import Depot, status
from tests.depot.pages.conftest import Clock
from tests.depot.pages.reading import main, text
from tests.depot.pages.scenes import FINE
from tests.depot.releases.made import signed
from triporteur_depot.downlink.ledger import note_sent
from triporteur_depot.pages.queries import Storage, Unit
from triporteur_depot.pages.version_view import versions
from triporteur_depot.releases import offers
from triporteur_device.updates.reception import _GONE
from triporteur_wire.messages import Status
from triporteur_wire.releases import Offer, Told

pytestmark = pytest.mark.slow


@pytest.fixture
def offer(tmp_path: Path) -> Offer:
    with signed(tmp_path, "0.2.0").open("rb") as release:
        return Offer.read(release)


def says(depot: Depot, clock: Clock, told: Told | None, name: str = "ben") -> None:
    depot.unit(name, status({"battery": FINE}, unit=name, release=told), clock())


def card(client: FlaskClient) -> str:
    """What the card « Version » says."""
    page = main(client, "/unite/ben")
    return page.split("Version au dernier état reçu ", 1)[1].split(" Aujourd’hui", 1)[0]


def test_a_unit_of_which_nothing_is_wanted_tells_what_runs(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    says(depot, clock, None)
    assert card(client) == "En service 0.1.0"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Told("0.2.0", "arriving", 1, "", 1_000_000, 4_000_000), "arrive, 1,0 Mo sur 4,0 Mo"),
        (
            Told("0.2.0", "waiting", 1, "the battery is below 30 %, and does not charge"),
            "attend : la batterie est sous 30 % et ne se charge pas",
        ),
        (Told("0.2.0", "trial", 1), "à l’essai"),
        (Told("0.2.0", "trial"), "à l’essai, donnée sur place"),
        (
            Told("0.2.0", "failed", 1, "its agent did not tell of itself"),
            "essayée, puis retirée : l’agent à bord n’a pas donné signe de vie La version en "
            "service continue. Une fois la cause réglée, renvoyez-la : triporteur-depot release "
            "send",
        ),
        (
            Told("0.2.0", "waiting", 1, _GONE, 1_000_000, 4_000_000),
            "attend, 1,0 Mo reçus sur 4,0 Mo : le dépôt ne l’a plus La version en service "
            "continue. Le fichier de celle-ci n’est plus au dépôt, renvoyez-la : triporteur-depot "
            "release send",
        ),
        (
            Told("0.2.0", "refused", 1, "it is for aarch64, and this is x86_64"),
            "refusée : elle est faite pour aarch64, et cette unité est x86_64 La version en "
            "service continue. Celle-ci ne convient pas à l’unité, retirez-la : triporteur-depot "
            "release withdraw",
        ),
        (Told("0.2.0", "later", 1, "<b>?"), "later : « &lt;b&gt;? »"),
    ],
)
def test_what_becomes_of_a_release_is_told(
    client: FlaskClient, depot: Depot, clock: Clock, told: Told, words: str
) -> None:
    says(depot, clock, told)
    assert card(client) == f"En service 0.1.0 0.2.0 {words}"


def test_how_far_it_has_come_is_drawn_too(client: FlaskClient, depot: Depot, clock: Clock) -> None:
    says(depot, clock, Told("0.2.0", "arriving", 1, "", 1_000_000, 4_000_000))
    assert 'class="stored" width="25.0%"' in text(client, "/unite/ben")
    says(depot, clock, Told("0.2.0", "waiting", 1, _GONE, 1_000_000, 4_000_000))
    assert 'class="stored" width="25.0%"' not in text(client, "/unite/ben")


def test_a_release_that_runs_is_told_until_another_version_does(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    says(depot, clock, Told("0.1.0", "running", 1))
    assert card(client) == "En service 0.1.0 0.1.0 mise à jour réussie"
    says(depot, clock, Told("0.0.9", "running", 1))
    assert card(client) == "En service 0.1.0"


def test_an_offer_that_the_unit_does_not_know_of_is_told(
    client: FlaskClient, depot: Depot, clock: Clock, offer: Offer
) -> None:
    says(depot, clock, None)
    given = offers.give(depot.connection, "ben", offer)
    assert card(client) == "En service 0.1.0 0.2.0 proposée, pas encore envoyée"
    note_sent(depot.connection, given, clock())
    assert card(client) == "En service 0.1.0 0.2.0 proposée, pas encore reçue"
    says(depot, clock, Told("0.2.0", "arriving", 1, "", 0, 4_000_000))
    assert card(client) == "En service 0.1.0 0.2.0 arrive, 0,0 Mo sur 4,0 Mo"
    offers.take_back(depot.connection, "ben")
    assert card(client) == "En service 0.1.0 0.2.0 retirée ; le triporteur ne le sait pas encore"
    says(depot, clock, None)
    assert card(client) == "En service 0.1.0"


@pytest.mark.parametrize("outcome", ["refused", "failed"])
def test_what_was_withdrawn_and_is_told_still_needs_no_other_word(
    client: FlaskClient, depot: Depot, clock: Clock, offer: Offer, outcome: str
) -> None:
    says(depot, clock, Told("0.2.0", outcome, 1, "it did not stay well"))
    offers.give(depot.connection, "ben", offer)
    offers.take_back(depot.connection, "ben")
    assert card(client) == "En service 0.1.0 0.2.0 retirée ; le triporteur ne le sait pas encore"


def test_after_a_withdrawal_one_that_is_given_by_hand_is_told(
    client: FlaskClient, depot: Depot, clock: Clock, offer: Offer
) -> None:
    says(depot, clock, Told("0.3.0", "trial"))
    offers.give(depot.connection, "ben", offer)
    offers.take_back(depot.connection, "ben")
    assert card(client) == "En service 0.1.0 0.3.0 à l’essai, donnée sur place"


@pytest.mark.parametrize("outcome", ["refused", "failed"])
def test_a_unit_that_did_not_take_the_depot_s_release_needs_someone(
    client: FlaskClient, depot: Depot, clock: Clock, outcome: str
) -> None:
    says(depot, clock, Told("0.2.0", outcome, 1, "it did not stay well"))
    row = main(client, "/")
    assert "attention" in row
    word = "refusée" if outcome == "refused" else "essayée, puis retirée"
    assert f"Mise à jour 0.2.0 {word}" in row
    says(depot, clock, Told("0.2.0", outcome, 0, "it did not stay well"))
    assert "Mise à jour" not in main(client, "/")


def test_a_release_whose_file_the_depot_lost_needs_someone(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    says(depot, clock, Told("0.2.0", "waiting", 1, _GONE, 0, 4_000_000))
    assert "Mise à jour 0.2.0 introuvable au dépôt : à renvoyer" in main(client, "/")


def test_versions_that_differ_are_told_for_the_whole_fleet(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    says(depot, clock, None)
    assert "Versions" not in main(client, "/")
    says(depot, clock, Told("0.2.0", "waiting", 1), name="zoe")
    assert "Versions : 0.1.0 sur ben, zoe · 0.2.0 attendue sur zoe" in main(client, "/")


def running(version: str, name: str) -> Unit:
    said: Status = msgspec.structs.replace(status(unit="another"), version=version)
    return Unit(1, name, said, 1, None, Storage(0, (), 0, 0))


def test_the_latest_version_comes_first_and_what_is_none_last() -> None:
    fleet = [
        *(running("1.10.0", name) for name in "abcd"),
        *(running("1.9", name) for name in "fe"),
        running("?" * 500, "g"),
    ]
    assert versions(fleet) == ["1.10.0 sur 4\u00a0unités", "1.9 sur e, f", f"{'?' * 30} sur g"]
    assert len(versions([running(f"{n}.0", "h") for n in range(500)])) == 6
