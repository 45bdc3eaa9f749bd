import gzip
import re

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from tests.compiled import compiled_once
from tests.depot.pages.builder import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Depot, status
from tests.depot.pages.conftest import Clock
from tests.depot.pages.reading import main, text
from tests.depot.pages.scenes import FINE
from triporteur_depot.database import note_broker
from triporteur_depot.pages.app import create_app
from triporteur_wire.records import Telemetry


def test_a_retired_unit_is_not_shown(client: FlaskClient, depot: Depot, clock: Clock) -> None:
    depot.unit("ana", None, clock())
    depot.unit("ben", None, clock())
    depot.connection.execute("UPDATE units SET retired_utc_ms = 1 WHERE name = 'ben'")
    said = main(client, "/")
    assert "ana" in said
    assert "ben" not in said


def test_an_empty_fleet_says_how_to_add_a_unit(client: FlaskClient) -> None:
    said = main(client, "/")
    assert "Aucune unité n’a encore parlé" in said
    assert "unit.toml" in said


def test_the_operator_names_the_depot(client: FlaskClient) -> None:
    assert "Dépôt · Pimms Médiation</title>" in text(client, "/")


def test_a_unit_has_a_row_and_a_page(client: FlaskClient, depot: Depot, clock: Clock) -> None:
    depot.unit("ben", status({"battery": FINE}, place="Rennes"), clock() - 8 * SECOND_MS)
    for address in ("/", "/unite/ben"):
        said = main(client, address)
        assert "ben" in said
        assert "Rennes" in said
        assert "Au repos" in said
        assert "73 %" in said
        assert "il y a 8 s" in said


@pytest.mark.parametrize(
    ("age_ms", "offline", "words"),
    [
        (3 * DAY_MS, None, "Muet depuis 3 jours"),
        (2 * MINUTE_MS, "lost", "Muet depuis 2 min"),
        (23 * HOUR_MS, "stopped", "Éteint depuis 23 h"),
    ],
)
def test_a_unit_that_does_not_speak_never_shows_its_last_values(
    client: FlaskClient, depot: Depot, clock: Clock, age_ms: int, offline: str | None, words: str
) -> None:
    depot.unit("ben", status({"battery": FINE}), clock() - age_ms, offline)
    for address in ("/", "/unite/ben"):
        said = main(client, address)
        assert words in said
        assert "—" in said
        assert "73" not in said
        assert "50,2" not in said
    assert 'class="unknown"' in text(client, "/")


def test_rows_stand_in_the_order_of_urgency(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    depot.unit("a-ready", status({"battery": FINE}), clock())
    depot.unit("b-low", status({"battery": FINE | {"soc_pct": 20.0}}), clock())
    depot.unit("c-mute", status({"battery": FINE}), clock() - DAY_MS)
    depot.unit("d-broken", status({"battery": FINE | {"discharge_fet": False}}), clock())
    rows = re.findall(r'href="/unite/([^"]+)"', text(client, "/"))
    assert rows == ["d-broken", "c-mute", "b-low", "a-ready"]
    assert "1 à réparer 1 muet 1 attention 1 en ordre" in main(client, "/")


def test_a_silent_battery_says_so_while_its_unit_is_heard(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    depot.unit("ben", status({"battery": {}}, heard_age_s=1200.0), clock())
    for address in ("/", "/unite/ben"):
        assert "Batterie muette depuis 20 min" in main(client, address)


@pytest.mark.parametrize("address", ["/unite/nobody", "/unite/nobody/tableau", "/elsewhere"])
def test_an_unknown_address_is_kindly_not_found(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert "Retour à la flotte" in answer.get_data(as_text=True)


@pytest.mark.parametrize("day", ["demain", "9999-12-31", "2026-02-30", "2026-11-23"])
def test_a_day_outside_the_past_is_not_found(
    client: FlaskClient, depot: Depot, clock: Clock, day: str
) -> None:
    depot.unit("ben", status({"battery": FINE}), clock())
    assert client.get(f"/unite/ben?jour={day}").status_code == 404


def test_hostile_words_stay_words(depot: Depot, clock: Clock) -> None:
    evil = '"><script>alert(1)</script>'
    client = compiled_once(create_app(depot.path, evil, clock)).test_client()
    said = status({"battery": FINE | {"alarms": (evil,), "fault": evil}}, place=evil)
    unit_id = depot.unit('"><script>alert(2)', said, clock())
    depot.anchor(unit_id, 0, clock() - HOUR_MS)
    log = depot.log(unit_id)
    log.add(0, Telemetry(evil, {"soc_pct": 50.0}))
    log.event(MINUTE_MS, evil, evil)
    log.store()
    depot.give_up(log, 5, None, evil, clock())
    row = text(client, "/")
    address = re.findall(r'href="(/unite/[^"]+)"', row)[0]
    for page in (row, text(client, address), text(client, f"{address}/tableau")):
        assert str(escape(evil)) in page
        assert "<script>alert" not in page


def test_pages_ask_nothing_of_others_and_keep_nothing(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    depot.unit("ben", status({"battery": FINE}), clock())
    for address in ("/", "/unite/ben", "/unite/ben/tableau", "/static/depot.css", "/nowhere"):
        answer = client.get(address)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        body = answer.get_data(as_text=True).replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://| style=| on\w+=", body)
        answer.close()


def test_an_unchanged_page_is_not_sent_again(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    depot.unit("ben", status({"battery": FINE}), clock())
    for address in ("/", "/unite/ben", "/unite/ben?vue=semaine", "/unite/ben/tableau"):
        tag = client.get(address).headers["ETag"]
        again = client.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.get_data()) == (304, b"")
        depot.unit("ben", status({"battery": FINE}, place="Vitré"), clock())
        changed = client.get(address, headers={"If-None-Match": tag})
        assert changed.status_code == 200
        assert changed.headers["ETag"] != tag
        depot.unit("ben", status({"battery": FINE}), clock())


def test_a_page_that_says_the_same_words_is_not_sent_again(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    depot.unit("ben", status({"battery": FINE}), clock() - 3 * DAY_MS)
    addresses = ("/", "/unite/ben?jour=2026-11-19", "/unite/ben/tableau")
    tags = {address: client.get(address).headers["ETag"] for address in addresses}
    clock.utc_ms += MINUTE_MS
    depot.unit("ben", status({"battery": FINE}), clock() - 3 * DAY_MS)
    for address, tag in tags.items():
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_pages_are_packed_for_readers_that_unpack(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    depot.unit("ben", status({"battery": FINE}), clock())
    plain = client.get("/")
    packed = client.get("/", headers={"Accept-Encoding": "br, gzip"})
    refused = client.get("/", headers={"Accept-Encoding": "gzip;q=0"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.get_data()) == plain.get_data() == refused.get_data()
    assert len(packed.get_data()) < len(plain.get_data()) / 2
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"


def test_ages_move_even_when_nothing_else_does(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    depot.unit("ben", status({"battery": FINE}), clock())
    tag = client.get("/").headers["ETag"]
    clock.utc_ms += MINUTE_MS
    assert client.get("/", headers={"If-None-Match": tag}).status_code == 200
    assert "Muet depuis 1 min" in main(client, "/")


def test_other_units_leave_a_units_page_as_it_is(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    depot.unit("ben", status({"battery": FINE}), clock())
    tag = client.get("/unite/ben").headers["ETag"]
    depot.unit("panda", status({"battery": FINE}), clock())
    assert client.get("/unite/ben", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(("offline", "words"), [(None, "Muet"), ("stopped", "Éteint")])
def test_a_unit_known_by_hearsay_only_has_no_since(
    client: FlaskClient, depot: Depot, clock: Clock, offline: str | None, words: str
) -> None:
    depot.unit("ben", status({"battery": FINE}), 0, offline)
    for address in ("/", "/unite/ben"):
        said = main(client, address)
        assert words in said
        assert "jamais" in said
        assert "depuis" not in said
        assert "1970" not in said


@pytest.mark.parametrize("stored", [None, b"{}", b'{"state": "offline", "reason": "lost"}'])
def test_a_unit_without_a_readable_status_is_shown_all_the_same(
    client: FlaskClient, depot: Depot, clock: Clock, stored: bytes | None
) -> None:
    depot.unit("ben", None, clock())
    depot.connection.execute("UPDATE units SET status = ?", [stored])
    for address in ("/", "/unite/ben"):
        assert "Pas encore d’état reçu" in main(client, address)


def test_a_depot_without_its_broker_says_so_before_it_says_that_units_are_silent(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    depot.unit("ben", status({"battery": FINE}), clock() - 5 * MINUTE_MS)
    assert "n’entend plus" not in main(client, "/")
    note_broker(depot.connection, clock() - 4 * MINUTE_MS)
    for address in ("/", "/unite/ben"):
        assert "Ce dépôt n’entend plus aucune unité" in main(client, address)
        assert "constaté il y a 4 min" in main(client, address)
    note_broker(depot.connection, None)
    assert "n’entend plus" not in main(client, "/")
