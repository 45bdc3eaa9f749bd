import re
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from msgspec.structs import replace

import triporteur_depot.pages
from tests.depot.pages.builder import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Depot, status
from tests.depot.pages.conftest import Clock
from tests.depot.pages.reading import drawn, main, shown, text
from tests.depot.pages.scenes import FINE, recorded_day
from triporteur_depot.pages.days import days_window
from triporteur_wire.messages import Card
from triporteur_wire.records import Telemetry


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
    assert "4 h 83 à 89 50,0 −8,0 12" in said
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
    depot.roll_up()
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


def stored(client: FlaskClient) -> int:
    found = re.search(r"(\d+) relevés enregistrés", main(client, "/unite/ben"))
    assert found
    return int(found[1])


def test_a_boot_that_never_learnt_the_time_is_listed_between_its_neighbours(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    unit_id = recorded_day(depot, clock)  # its last record is of 4 h 10
    log = depot.log(unit_id, boot_no=2)
    log.say(0, soc_pct=61.0)
    log.event(MINUTE_MS, "source_silent", "battery")
    log.say(2 * MINUTE_MS, soc_pct=60.0)
    log.store()
    depot.roll_up()
    depot.anchor(unit_id, 0, clock() - HOUR_MS, boot_no=3)
    depot.log(unit_id, boot_no=3).store()
    said = main(client, "/unite/ben")
    line = "entre 4 h 09 et 11 h 01 3 relevés, charge de 60 à 61 %, « battery » ne répond plus"
    assert line in said
    assert "3 relevés sans date sûre" in said
    assert "heure inconnue" not in main(client, "/unite/ben?jour=2026-11-21")


def test_a_boot_of_which_only_the_end_is_known_is_listed_on_that_day(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    unit_id = depot.unit("ben", status({"battery": FINE}), clock())
    log = depot.log(unit_id)
    log.say(0, soc_pct=61.0)
    log.store()
    depot.arrived(log, 0, clock() - DAY_MS)
    assert "heure inconnue" not in main(client, "/unite/ben")
    said = main(client, "/unite/ben?jour=2026-11-21")
    assert "avant hier 12 h 01 1 relevé" in said


def test_records_without_an_anchor_are_counted_and_not_drawn(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    unit_id = recorded_day(depot, clock)
    before = stored(client)
    log = depot.log(unit_id, boot_no=7)
    log.say(0, soc_pct=5.0)
    log.say(1000, soc_pct=6.0)
    log.store()
    said = main(client, "/unite/ben")
    assert "2 relevés sans date sûre" in said
    assert stored(client) == before + 2


def test_what_became_of_the_records_is_told(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    unit_id = recorded_day(depot, clock)
    log = depot.log(unit_id)
    log.store()
    said = status({"battery": FINE}, waiting=13_200, oldest_waiting_s=1080.0)
    depot.unit("ben", said, clock())
    depot.give_up(log, 1, 412, "storage full", clock() - 18 * DAY_MS)
    depot.give_up(log, 500, None, "journal lost", clock())
    depot.connection.execute(
        "INSERT INTO quarantine VALUES (NULL, ?, ?, 'not zlib', '', x'')", [unit_id, clock()]
    )
    page = main(client, "/unite/ben")
    assert "106 relevés enregistrés" in page
    assert "13 200 relevés en route, le plus ancien de 18 min" in page
    assert "412 relevés abandonnés et déclarés (carte pleine, 4 nov.)" in page
    assert "perte de taille inconnue, déclarée (« journal lost », 22 nov.)" in page
    assert "1 lot illisible, mis de côté" in page
    assert "96 % en route, 3 % manquant, déclaré, 1 alerte" in main(client, "/")


def test_a_fleet_whose_records_all_arrived_is_complete(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    recorded_day(depot, clock)
    assert "complet" in main(client, "/")


def test_a_mute_unit_is_never_said_to_be_complete(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    recorded_day(depot, clock)
    said = status({"battery": FINE}, waiting=500, oldest_waiting_s=900.0)
    depot.unit("ben", said, clock() - 9 * DAY_MS)
    row = main(client, "/")
    assert "inconnu depuis le 13 nov." in row
    assert "complet" not in row
    assert "en route" not in row
    page = main(client, "/unite/ben")
    assert "ce qui attend à bord est inconnu depuis le 13 nov." in page
    assert "en route" not in page
    assert "Rien n’est arrivé de ce jour" in main(client, "/unite/ben?jour=2026-11-21")


def test_records_that_wait_without_a_date_are_late(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    said = status({"battery": FINE}, waiting=13_000, oldest_waiting_s=None)
    depot.unit("ben", said, clock())
    assert "100 % en route" in main(client, "/")
    assert "13 000 relevés en route, d’âge inconnu" in main(client, "/unite/ben")


def test_percentages_are_rounded_down(client: FlaskClient, depot: Depot, clock: Clock) -> None:
    said = FINE | {"soc_pct": 29.7, "soh_pct": 91.9, "cycles": 312, "nominal_ah": 20.0}
    unit_id = depot.unit("ben", status({"battery": said}), clock())
    depot.anchor(unit_id, 0, clock() - HOUR_MS)
    log = depot.log(unit_id)
    log.say(0, soc_pct=29.7)
    log.store()
    depot.roll_up()
    for address in ("/", "/unite/ben", "/unite/ben/tableau", "/unite/ben?vue=semaine"):
        page = text(client, address)
        assert "29" in page
        assert "30 %" not in page
    assert "Santé 91 % 312 cycles · 20 Ah" in main(client, "/unite/ben")


def test_a_full_day_is_folded_and_a_crowd_of_events_counted(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    unit_id = depot.unit("ben", status({"battery": FINE}), clock())
    depot.anchor(unit_id, 0, clock() - 11 * HOUR_MS)
    log = depot.log(unit_id)
    for minute in range(0, 600, 10):
        log.say(minute * MINUTE_MS, current_a=0.0 if minute % 20 else -1.0)
    for second in range(24):
        log.event(595 * MINUTE_MS + second * SECOND_MS, "source_silent", "battery")
    log.store()
    page = main(client, "/unite/ben")
    assert "24 événements, le dernier : « battery » ne répond plus" in page
    assert page.count("ne répond plus") == 1
    assert "Plus tôt (41)" in page
    assert page.index("Données") < page.index("24 événements, le dernier")
    assert ">24 événements<" in text(client, "/unite/ben")


def test_pictures_say_in_words_what_they_show(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    recorded_day(depot, clock)
    said = "Charge des sept derniers jours : de 75 à 90 %, en dernier 75 %"
    assert f'aria-label="{said}"' in text(client, "/")
    assert "dim. 22 à 5 h 15." in text(client, "/unite/ben?vue=semaine")


def test_the_day_before_the_first_record_is_not_offered(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    unit_id = recorded_day(depot, clock)
    assert "Jour précédent" not in text(client, "/unite/ben")
    depot.anchor(unit_id, 1, clock() - 2 * DAY_MS, error_ms=1)
    clock.utc_ms += MINUTE_MS
    assert 'href="/unite/ben?jour=2026-11-21" aria-label="Jour précédent"' in text(
        client, "/unite/ben"
    )
    assert "Jour précédent" not in text(client, "/unite/ben/tableau?jour=2026-11-20")


def test_nothing_goes_on_now_in_a_unit_that_is_silent(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    unit_id = depot.unit("ben", status({"battery": FINE}), clock() - MINUTE_MS, "lost")
    depot.anchor(unit_id, 0, clock() - 2 * HOUR_MS)
    log = depot.log(unit_id)
    for minute in range(0, 119, 2):
        log.say(minute * MINUTE_MS, soc_pct=73.0, current_a=0.0)
    log.store()
    told = main(client, "/unite/ben")
    assert "Au repos" in told
    assert "maintenant" not in told


def test_a_part_that_needs_someone_is_marked(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    card = Card(1, 2, "Input/output error")
    depot.unit("ben", replace(status({"battery": FINE}), card=card), clock())
    assert 'href="#i-attention"/></svg> refuse d’écrire' in text(client, "/unite/ben")


def test_every_pictogram_that_a_template_names_is_drawn() -> None:
    folder = Path(triporteur_depot.pages.__file__).parent / "templates"
    symbols = drawn((folder / "icons.svg").read_text(encoding="utf-8"))
    for template in folder.glob("*.html"):
        assert shown(template.read_text(encoding="utf-8")) <= symbols, template.name
