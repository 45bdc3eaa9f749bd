"""The next outing on the pages: on the fleet's row, on the unit's card, in its diary."""

from datetime import datetime

import msgspec
import pytest
from flask.testing import FlaskClient

from tests.depot.pages.builder import HOUR_MS, MINUTE_MS, Depot, readiness, status
from tests.depot.pages.conftest import Clock
from tests.depot.pages.reading import main
from tests.depot.pages.scenes import FINE
from triporteur_wire.local_time import PARIS
from triporteur_wire.plan import Plan
from triporteur_wire.readiness import Evening, Outing, Readiness, Verdict, What, Why
from triporteur_wire.records import Foretold

CHARGE = readiness(Verdict.NO_GO, Why.NOT_ENOUGH, What.CHARGE, 40.0)


def tomorrow(clock: Clock) -> Outing:
    """At nine, local time."""
    today = datetime.fromtimestamp(clock() / 1000, PARIS)
    departs = datetime(today.year, today.month, today.day, 9, tzinfo=PARIS).timestamp() + 86_400
    return Outing(12.0, 80.0, 3.0, 20.0, "Lycée", round(departs * 1000))


@pytest.mark.parametrize(
    ("told", "word", "action"),
    [
        (readiness(), "PARTEZ", ""),
        (
            readiness(Verdict.CAUTION, Why.TIGHT, What.LEAVE_CAREFULLY),
            "ATTENTION",
            "",
        ),
        (CHARGE, "NE PARTEZ PAS", "Branchez encore 40 min"),
    ],
)
def test_the_fleet_says_the_verdict_and_what_to_do(
    client: FlaskClient, depot: Depot, clock: Clock, told: Readiness, word: str, action: str
) -> None:
    depot.unit("ben", status({"battery": FINE}, readiness=told), clock())
    page = main(client, "/")
    assert word in page
    assert action in page


@pytest.mark.parametrize("offline", [None, "lost", "stopped", "key"])
def test_an_old_verdict_is_never_said_again(
    client: FlaskClient, depot: Depot, clock: Clock, offline: str | None
) -> None:
    said = status({"battery": FINE}, readiness=readiness())
    depot.unit("ben", said, clock() - HOUR_MS, offline)
    for path in ("/", "/unite/ben"):
        assert "PARTEZ" not in main(client, path)
    assert "inconnu" in main(client, "/")


def test_an_agent_that_knows_no_verdict_has_none(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    depot.unit("ben", status({"battery": FINE}), clock())
    assert "inconnu" in main(client, "/")
    assert "Prochaine sortie" not in main(client, "/unite/ben")


def test_the_unit_says_why_on_which_figures_and_how_well_it_foretold(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    told = msgspec.structs.replace(CHARGE, outing=tomorrow(clock))
    depot.unit("ben", status({"battery": FINE}, readiness=told), clock())
    page = main(client, "/unite/ben")
    for words in (
        "demain 9 h, Lycée : 12 km et 3 h",
        "NE PARTEZ PAS",
        "Pas assez pour 12 km et 3 h",
        "Branchez encore 40 min",
        "Charge 82 % ± 3",
        "702 Wh sûrs, il en faut 391 Wh",
        "Portée sûre 19 km Prévisions",
        "Prévisions à 6 % près sur les 20 dernières sorties",
        "Dernière sortie 6,2 km, 151 Wh (prévu 143)",
        "23 Wh/km erreur 6 % sur 20 sorties",
    ):
        assert words in page


def test_what_was_never_checked_is_said_so(client: FlaskClient, depot: Depot, clock: Clock) -> None:
    depot.unit("ben", status({"battery": FINE}, readiness=readiness(rides=0)), clock())
    page = main(client, "/unite/ben")
    assert "Prévisions pas encore vérifiées" in page
    assert "Personne n’a saisi de sortie : 8 km et 4 h supposés" in page


def test_where_the_charge_is_not_known_only_the_need_is_told(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    told = msgspec.structs.replace(CHARGE, outing=tomorrow(clock), available_wh=None)
    depot.unit("ben", status({"battery": FINE}, readiness=told), clock())
    assert "Énergie il en faut 391 Wh" in main(client, "/unite/ben")


def test_a_unit_that_is_off_shows_where_it_is_to_go(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    said = status({"battery": FINE}, plan=Plan(tomorrow=tomorrow(clock)))
    depot.unit("ben", said, clock() - HOUR_MS, "key")
    page = main(client, "/unite/ben")
    assert "demain 9 h, Lycée" in page
    assert "Elle ne se fait pas entendre" in page
    assert "Éteint à la clé depuis 1 h" in page


def test_the_evening_before_is_told_on_the_fleet_until_it_is_taken_back(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    unit_id = depot.unit("ben", status({"battery": FINE}), clock() - HOUR_MS, "key")
    raised = [unit_id, clock() + 10 * HOUR_MS, Evening.NOT_CHARGING, clock()]
    depot.connection.execute("INSERT INTO evenings VALUES (?, ?, ?, ?, NULL)", raised)
    page = main(client, "/")
    assert "Sortie prévue, et la batterie ne chargeait pas" in page
    assert "dernier état reçu à 11 h · éteint à la clé depuis 1 h" in page
    assert "1 attention" in page
    depot.connection.execute("UPDATE evenings SET cleared_utc_ms = ?", [clock()])
    depot.connection.execute("UPDATE units SET revision = revision + 1")
    assert "Sortie prévue" not in main(client, "/")


def test_of_a_silent_unit_the_evening_says_when_it_was_last_heard(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    said = status({"battery": FINE}, plan=Plan(tomorrow=tomorrow(clock)))
    unit_id = depot.unit("ben", said, clock() - HOUR_MS, "lost")
    raised = [unit_id, clock() + 10 * HOUR_MS, Evening.NOT_CHARGING, clock()]
    depot.connection.execute("INSERT INTO evenings VALUES (?, ?, ?, ?, NULL)", raised)
    page = main(client, "/")
    told = "Sortie prévue, et la batterie ne chargeait pas (dernier état reçu à 11 h)"
    assert f"Muet depuis 1 h {told} · liaison coupée sans prévenir" in page
    assert "1 muet" in page
    assert told in main(client, "/unite/ben")


def test_the_diary_tells_verdicts_and_outings(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    unit_id = depot.unit("ben", status({"battery": FINE}), clock())
    depot.anchor(unit_id, 0, clock() - 2 * HOUR_MS)
    log = depot.log(unit_id)
    log.add(10 * MINUTE_MS, readiness())
    log.add(20 * MINUTE_MS, CHARGE)
    log.add(30 * MINUTE_MS, Foretold(6.2, 143.0, 151.0))
    log.store()
    page = main(client, "/unite/ben")
    lines = [
        "Sortie faite : 6,2 km, 151 Wh (prévu 143)",
        "NE PARTEZ PAS : pas assez pour 8 km et 4 h",
        "PARTEZ : charge 82 %, il en faut 31 %",
    ]
    places = [page.index(line) for line in lines]
    assert places == sorted(places)


def test_hostile_figures_break_no_page(client: FlaskClient, depot: Depot, clock: Clock) -> None:
    outing = Outing(1e300, 0.0, 1e300, 0.0, "<script>" * 100, 2**53 - 1)
    told = msgspec.structs.replace(readiness(number=1e300), outing=outing, full_utc_ms=2**53 - 1)
    depot.unit("ben", status({"battery": FINE}, readiness=told, plan=Plan(outing)), clock())
    assert "<script>" not in client.get("/unite/ben").text.split("<main", 1)[1]
    depot.unit("ben", status({"battery": FINE}, readiness=told, plan=Plan(outing)), 1, "key")
    assert client.get("/unite/ben").status_code == 200
    assert client.get("/").status_code == 200
