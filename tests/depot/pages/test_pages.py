import re
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from tests.depot.pages.builder import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Depot, status
from tests.depot.pages.conftest import Clock
from triporteur_depot.pages.app import create_app
from triporteur_depot.pages.days import days_window
from triporteur_depot.pages.queries import snapshot
from triporteur_wire.quantities import Value
from triporteur_wire.records import Telemetry

FINE: dict[str, Value] = {"soc_pct": 73.0, "pack_voltage_v": 50.2, "current_a": 0.0}


def text(client: FlaskClient, address: str) -> str:
    """What a page says, no-break spaces as spaces."""
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub("[\u00a0\u202f]", " ", answer.get_data(as_text=True))


def main(client: FlaskClient, address: str) -> str:
    """The words within <main>, without markup."""
    inner = text(client, address).split("<main", 1)[1].split(">", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", inner).split())


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
    client = create_app(depot.path, evil, clock).test_client()
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
        first = client.get(address)
        tag = first.headers["ETag"]
        assert tag.strip('"') in first.get_data(as_text=True)
        again = client.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.get_data()) == (304, b"")
        depot.unit("ben", status({"battery": FINE | {"soc_pct": 41.0}}), clock())
        changed = client.get(address, headers={"If-None-Match": tag})
        assert changed.status_code == 200
        assert changed.headers["ETag"] != tag
        depot.unit("ben", status({"battery": FINE}), clock())


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


def recorded_day(depot: Depot, clock: Clock) -> int:
    """Two hours of rest, a ride of half an hour, an hour on site; then silence."""
    unit_id = depot.unit("ben", status({"battery": FINE}), clock())
    depot.anchor(unit_id, 0, clock() - 10 * HOUR_MS)
    log = depot.log(unit_id)
    charge = 90.0
    for minute in range(0, 210, 2):
        current_a = 0.0 if minute < 120 else -8.0 if minute < 150 else -1.0
        charge += current_a / 10
        log.say(
            minute * MINUTE_MS,
            soc_pct=round(charge, 1),
            current_a=current_a,
            pack_voltage_v=50.0,
            battery_temps_c=(11.0, 12.5),
        )
    log.event(130 * MINUTE_MS, "source_silent", "battery")
    log.store()
    depot.roll_up(unit_id)
    return unit_id


def test_the_day_is_told_in_words_newest_first(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    recorded_day(depot, clock)
    said = main(client, "/unite/ben")
    lines = [
        "4 h 30 – 5 h 43 Sur place, −3 %",
        "4 h 10 « battery » ne répond plus",
        "4 h – 4 h 30 Trajet, −11 %",
        "2 h – 4 h Au repos",
    ]
    places = [said.index(line) for line in lines]
    assert places == sorted(places)
    assert "sans données" in said


def test_the_table_says_the_same_hours_as_the_curve(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    recorded_day(depot, clock)
    said = main(client, "/unite/ben/tableau")
    assert "2 h 90 50,0 0,0 12" in said
    assert "4 h 84 à 89 50,0 −8,0 12" in said
    assert "4 h 15 " in said
    assert "6 h" not in said
    week = main(client, "/unite/ben/tableau?vue=semaine")
    assert "dim. 22, 3 h" in week


def test_a_phase_that_fills_the_day_is_said_so(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    unit_id = depot.unit("ben", status({"battery": FINE}), clock())
    depot.anchor(unit_id, 0, clock() - 3 * DAY_MS)
    log = depot.log(unit_id)
    for minute in range(0, 3 * 24 * 60 - 30, 10):
        log.say(minute * MINUTE_MS, current_a=0.0 if minute < 47 * 60 else 4.0)
    log.store()
    assert "Toute la journée Au repos" in main(client, "/unite/ben?jour=2026-11-20")
    assert "11 h – minuit En charge" in main(client, "/unite/ben?jour=2026-11-21")


@pytest.mark.parametrize(("day", "rows"), [("2026-03-29", 92), ("2026-10-25", 100)])
def test_days_of_23_and_25_hours_are_whole(
    client: FlaskClient, depot: Depot, clock: Clock, day: str, rows: int
) -> None:
    window = days_window(date.fromisoformat(day), 1)
    unit_id = depot.unit("ben", status({"battery": FINE}), clock())
    depot.anchor(unit_id, 0, window.start_ms)
    log = depot.log(unit_id)
    for mono_ms in range(0, window.length_ms, 10 * MINUTE_MS):
        log.say(mono_ms, soc_pct=50.0, current_a=0.0)
    log.store()
    table = text(client, f"/unite/ben/tableau?jour={day}")
    assert table.count('<th scope="row">') == rows
    page = text(client, f"/unite/ben?jour={day}")
    assert "Toute la journée" in page
    assert "sans données" not in page


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


@pytest.mark.parametrize("view", ["", "&vue=semaine"])
@pytest.mark.parametrize(
    ("giving", "drawn"), [(("shunt", "bms"), "40"), (("bms", "shunt"), "60"), (("new",), "60")]
)
def test_the_past_is_that_of_the_source_that_gives_the_quantity_now(
    client: FlaskClient, depot: Depot, clock: Clock, giving: tuple[str, ...], drawn: str, view: str
) -> None:
    said = status({source: {"soc_pct": 99.0} for source in giving})
    unit_id = depot.unit("ben", said, clock())
    depot.anchor(unit_id, 0, clock() - 5 * HOUR_MS)
    log = depot.log(unit_id)
    log.add(0, Telemetry("shunt", {"soc_pct": 40.0}))
    log.add(0, Telemetry("bms", {"soc_pct": 60.0}))
    log.store()
    depot.roll_up(unit_id)
    day = "jour=2026-11-22"
    assert f"de {drawn} % à {drawn} %" in text(client, f"/unite/ben?{day}{view}")


def test_a_week_tells_each_day_and_leads_to_it(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    recorded_day(depot, clock)
    page = text(client, "/unite/ben?vue=semaine")
    assert 'href="/unite/ben?jour=2026-11-16"' in page
    assert "charge de 75 à 90 %" in main(client, "/unite/ben?vue=semaine")


def test_a_day_without_records_leads_to_the_last_one_heard(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    depot.unit("ben", status({"battery": FINE}), clock() - 3 * DAY_MS)
    page = text(client, "/unite/ben")
    assert "Le dernier jour entendu : jeudi 19 novembre" in page
    assert 'href="/unite/ben?jour=2026-11-19"' in page


def test_records_without_an_anchor_are_counted_and_not_drawn(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    unit_id = recorded_day(depot, clock)
    before = main(client, "/unite/ben").split("enregistrées")[0][-4:]
    log = depot.log(unit_id, boot_no=7)
    log.say(0, soc_pct=5.0)
    log.say(1000, soc_pct=6.0)
    log.store()
    said = main(client, "/unite/ben")
    assert "2 enregistrements sans date" in said
    assert int(said.split("enregistrées")[0][-4:]) == int(before) + 2


def test_what_became_of_the_records_is_told(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    unit_id = recorded_day(depot, clock)
    log = depot.log(unit_id)
    log.store()
    said = status({"battery": FINE}, waiting=13_200, oldest_waiting_s=540.0)
    depot.unit("ben", said, clock())
    depot.give_up(log, 1, 412, "carte pleine", clock() - 18 * DAY_MS)
    depot.give_up(log, 500, None, "journal perdu", clock())
    depot.connection.execute(
        "INSERT INTO quarantine VALUES (NULL, ?, ?, 'not zlib', '', x'')", [unit_id, clock()]
    )
    page = main(client, "/unite/ben")
    assert "106 enregistrées" in page
    assert "13 200 en route, la plus vieille de 9 min" in page
    assert "412 abandonnées et déclarées (carte pleine, 4 nov.)" in page
    assert "perte de taille inconnue, déclarée (journal perdu, 22 nov.)" in page
    assert "1 lot illisible, mis de côté" in page
    assert "96 % en route, 3 % manquant, déclaré, 1 alerte" in main(client, "/")


def test_a_fleet_whose_records_all_arrived_is_complete(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    recorded_day(depot, clock)
    assert "complet" in main(client, "/")


def test_a_database_that_is_not_there_is_said_so(tmp_path: Path, clock: Clock) -> None:
    client = create_app(tmp_path / "none.db", "Pimms", clock).test_client()
    answer = client.get("/")
    assert answer.status_code == 503
    assert "Le dépôt ne peut pas lire ses données" in answer.get_data(as_text=True)


def test_pages_cannot_write(depot: Depot) -> None:
    with snapshot(depot.path) as reader, pytest.raises(sqlite3.OperationalError):
        reader.execute("DELETE FROM units")
