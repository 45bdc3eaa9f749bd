"""The pages as served: out of whatever stands in the snapshot file."""

import logging
import re

import msgspec
import pytest

from tests.kiosk.console.unit import (
    CHARGING,
    PLACE,
    RESTING,
    Aboard,
    delivery,
    health,
    silent,
    status,
    two,
)
from triporteur_wire.messages import Offline, Reading, Status, encode
from triporteur_wire.quantities import Value
from triporteur_wire.releases import Told as Release

PATHS = ["/", "/batterie", "/sortie", "/sortie/demain", "/sortie/demain/autre", "/unite"]
LIVE_PATHS = [path for path in PATHS if not path.endswith("autre")]
VERDICTS = re.compile("partez|attention|partir", re.IGNORECASE)
EVERY_STATE = {
    "charging": status(CHARGING),
    "resting": status(RESTING),
    "low": status({**RESTING, "soc_pct": 12.0, "current_a": -9.0}),
    "alarm": status({**RESTING, "alarms": ("low_soc",), "battery_temps_c": (-4.0,)}),
    "silent": silent(720.0),
}


def plain(page: str) -> str:
    return page.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_glance_has_word_figure_colour_length_and_age(aboard: Aboard) -> None:
    aboard.tells(status(CHARGING))
    page = plain(aboard.page("/batterie"))
    assert "<h1>En charge</h1>" in page
    assert ">82 % <small>bonne charge</small>" in page
    assert '<section class="state go">' in page
    assert '<rect class="held" width="82%"' in page
    assert "<span>bordeaux-1</span> <span>à l’instant</span>" in page
    assert "<title>82 % · En charge – bordeaux-1</title>" in page


def test_the_details_have_the_figures_behind_it(aboard: Aboard) -> None:
    aboard.tells(status(CHARGING))
    found = dict(re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", plain(aboard.page("/batterie"))))
    assert found == {
        "Tension": "52,2 V",
        "Courant": "+4,1 A",
        "Charge restante": "32,8 Ah",
        "Température": "14 °C",
        "Cellules": "4,01 à 4,02 V",
        "Cycles": "312",
        "Entendu « batterie »": "à l’instant",
    }


@pytest.mark.parametrize(
    ("connected", "sentence"),
    [
        (True, "Données : 13 en attente, dépôt joignable"),
        (False, "Données : 13 en attente, dépôt injoignable"),
    ],
)
def test_the_page_says_what_waits_for_the_depot(
    aboard: Aboard, connected: bool, sentence: str
) -> None:
    held = delivery(connected=connected)
    aboard.tells(msgspec.structs.replace(status(), delivery=held))
    assert sentence in plain(aboard.page("/batterie"))


def test_after_an_old_snapshot_the_reading_is_stopped_and_no_last_value_shown(
    aboard: Aboard,
) -> None:
    aboard.tells(status(CHARGING), ago_s=190)
    page = plain(aboard.page("/batterie"))
    assert "<h1>Lecture arrêtée</h1>" in page
    assert "<span>depuis 3 min</span>" in page
    assert not re.search(r"82|52,2|4,1", page)
    assert "Lecture arrêtée depuis 3 min" in plain(aboard.page("/unite"))


def test_ages_include_the_time_since_the_snapshot(aboard: Aboard) -> None:
    aboard.tells(status(CHARGING, age_s=4.0), ago_s=5)
    assert re.search("<span>il y a (9|10) s</span>", plain(aboard.page("/batterie")))


@pytest.mark.parametrize("content", [None, b"", b"\xff\x00", b'{"state":"online"}', "offline"])
@pytest.mark.parametrize("path", LIVE_PATHS)
def test_without_usable_snapshot_the_reading_is_stopped(
    aboard: Aboard, path: str, content: bytes | str | None
) -> None:
    if content is not None:
        said = encode(Offline("stopped")) if isinstance(content, str) else content
        aboard.snapshot.write_bytes(said)
    page = aboard.page(path)
    assert "lecture arrêtée" in page.lower()
    assert "illisible" not in page.lower()


def test_a_snapshot_that_may_not_be_read_is_told_apart_and_logged_once(
    aboard: Aboard, caplog: pytest.LogCaptureFixture
) -> None:
    aboard.snapshot.symlink_to("elsewhere")
    caplog.set_level(logging.INFO)
    assert "<h1>État illisible</h1>" in aboard.page("/batterie")
    assert "La console ne peut pas lire l’état de l’unité" in aboard.page("/batterie")
    assert "État illisible" in aboard.page("/unite")
    aboard.snapshot.unlink()
    aboard.tells(status())
    assert "<h1>En charge</h1>" in aboard.page("/batterie")
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]


def test_a_silent_battery_has_its_lines_named_and_no_empty_figures(aboard: Aboard) -> None:
    aboard.tells(silent(720.0))
    page = plain(aboard.page("/batterie"))
    assert "<h1>Batterie muette</h1>" in page
    assert "Batterie : rien reçu depuis 12 min" in page
    assert re.findall("<dt>(.*?)</dt>", page) == ["Entendu « batterie »"]


def test_a_unit_without_sources_says_that_none_speaks(aboard: Aboard) -> None:
    aboard.tells(msgspec.structs.replace(status(), readings={}, sources={}))
    assert "Aucun appareil ne parle de la batterie" in aboard.page("/batterie")
    assert "Aucun appareil n’est configuré" in aboard.page("/unite")


@pytest.mark.parametrize("path", ["/batterie", "/unite"])
@pytest.mark.parametrize("now", EVERY_STATE.values(), ids=EVERY_STATE.keys())
def test_only_the_first_page_gives_a_verdict(aboard: Aboard, now: Status, path: str) -> None:
    aboard.tells(now)
    assert not VERDICTS.search(aboard.page(path))


def test_the_place_is_the_one_that_the_depot_set_else_that_of_the_file(aboard: Aboard) -> None:
    assert f"<p>{PLACE}</p>" in aboard.page("/unite")
    aboard.tells(msgspec.structs.replace(status(), place="Laval"))
    assert "<p>Laval</p>" in aboard.page("/unite")
    aboard.tells(msgspec.structs.replace(status(), place=""))
    assert PLACE not in aboard.page("/unite")


def test_the_unit_page_tells_lines_and_delivery(aboard: Aboard) -> None:
    noisy = msgspec.structs.replace(health(), refused=3, discarded={"checksum": 40, "noise": 5})
    held = msgspec.structs.replace(delivery(connected=False), given_up=412)
    aboard.tells(msgspec.structs.replace(status(), sources={"batterie": noisy}, delivery=held))
    page = plain(aboard.page("/unite"))
    assert "<h1>bordeaux-1</h1><p>Bordeaux Sud</p>" in page
    assert "1 204 messages lus, 3 refusés, 45 signes illisibles" in page
    assert dict(re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", page)) == {
        "Version": "0.1.0",
        "Heure": "connue",
        "Dépôt": "injoignable",
        "Mesures en attente": "13",
        "Attente la plus longue": "9 s",
        "Mesures perdues": "412",
    }


def test_the_unit_page_says_in_a_line_what_became_of_an_update(aboard: Aboard) -> None:
    arriving = Release("1.5.0", "arriving", 3, "", 1_200_000, 5_700_000)
    aboard.tells(msgspec.structs.replace(status(), release=arriving))
    assert "<dt>Mise à jour</dt><dd>1.5.0 arrive, 1,2 Mo sur 5,7 Mo</dd>" in plain(
        aboard.page("/unite")
    )
    hostile = Release("1.5.0", "failed", 3, "<b>its agent is gone</b>")
    aboard.tells(msgspec.structs.replace(status(), release=hostile))
    page = aboard.page("/unite")
    assert "&lt;b&gt;its agent is gone" in page
    assert "<b>its" not in page
    aboard.tells(msgspec.structs.replace(status(), release=Release("1.5.0", "running", 3)))
    assert "Mise à jour" not in aboard.page("/unite")


def test_the_unit_page_says_what_is_doubtful_about_a_line_and_questions_missed(
    aboard: Aboard,
) -> None:
    asleep = msgspec.structs.replace(health(), missed_polls=12, doubts=("echo", "offline"))
    aboard.tells(msgspec.structs.replace(status(), sources={"batterie": asleep}))
    page = plain(aboard.page("/unite"))
    assert "ne répond plus, renvoie nos questions (endormi, ou câblage)" in page
    assert "1 204 messages lus, 12 questions sans réponse" in page
    assert '<li class="wait">' in page


def test_the_unit_page_tells_the_machine_and_the_wires_in_plain_words(aboard: Aboard) -> None:
    machine: dict[str, Value] = {
        "cpu_temp_c": 48.3,
        "disk_free_mb": 12_340,
        "wifi_stations": 3,
        "undervoltage": True,
    }
    wires: dict[str, Value] = {
        "charger_plugged": True,
        "key_on": False,
        "phone_charging": True,
        "distance_m": 6_214,
    }
    given: dict[str, dict[str, Value]] = {"batterie": CHARGING}
    given |= {"gpio": wires, "machine": machine}
    now = msgspec.structs.replace(
        status(),
        readings={
            source: {name: Reading(value, 1.0) for name, value in values.items()}
            for source, values in given.items()
        },
        sources={source: health(protocol=source) for source in given},
    )
    aboard.tells(now)
    page = plain(aboard.page("/unite"))
    figures = dict(re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", page))
    assert {label: text for label, text in figures.items() if label in _ABOARD} == _ABOARD
    assert "<strong>broches</strong>" in page
    assert "<strong>boîtier</strong>" not in page
    assert "Entendu « batterie »" in plain(aboard.page("/batterie"))
    assert "Entendu « gpio »" not in plain(aboard.page("/batterie"))


_ABOARD = {
    "Chargeur": "branché",
    "Clé de contact": "coupée",
    "Alimentation du boîtier": "trop faible",
    "Température du boîtier": "48 °C",
    "Appareils en Wi-Fi": "3",
    "Place libre": "12,3 Go",
    "Distance depuis l’allumage": "6,2 km",
}


def test_pins_that_cannot_be_used_are_a_device_that_says_nothing(aboard: Aboard) -> None:
    lost = msgspec.structs.replace(health(None, "gpio"), doubts=("offline",))
    now = status()
    aboard.tells(msgspec.structs.replace(now, sources={**now.sources, "gpio": lost}))
    assert "Broches : rien reçu jusqu’ici" in plain(aboard.page("/batterie"))
    assert "<strong>broches</strong> (gpio), jamais entendu" in plain(aboard.page("/unite"))


@pytest.mark.parametrize("path", ["/batterie", "/unite"])
def test_what_the_snapshot_holds_is_text_and_never_markup(aboard: Aboard, path: str) -> None:
    evil = '<script src="//x">\'"&'
    hostile = msgspec.structs.replace(
        status(),
        version=evil,
        readings={evil: {evil: Reading(evil, 0.1), "alarms": Reading((evil,), 0.1)}},
        sources={evil: health(protocol=evil), "x" + evil: health(None, evil)},
    )
    aboard.tells(hostile)
    page = aboard.page(path)
    assert "<script src=" in page.split("<body>")[0]
    assert '<script src="//x"' not in page
    assert "&lt;script src=&#34;//x&#34;&gt;" in page.lower()


def test_the_page_follows_by_itself_without_scripts(aboard: Aboard) -> None:
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in aboard.page(
        "/batterie"
    )


@pytest.mark.parametrize("path", [*PATHS, "/rien", "/static/console.css", "/static/follow.js"])
def test_every_answer_is_shut_to_others_and_sets_no_cookie(aboard: Aboard, path: str) -> None:
    with aboard.app.test_client().get(path) as answer:
        headers = answer.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "form-action 'self'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize(
    ("method", "path", "code", "heading"),
    [
        ("GET", "/rien", 404, "Rien à cette adresse"),
        ("POST", "/", 405, "Cette page se lit seulement"),
    ],
)
def test_a_refusal_says_why_leads_back_and_does_not_follow(
    aboard: Aboard, method: str, path: str, code: int, heading: str
) -> None:
    answer = aboard.app.test_client().open(path, method=method)
    assert answer.status_code == code
    assert f"<h1>{heading}</h1>" in answer.text
    assert 'href="/"' in answer.text
    assert "follow.js" not in answer.text
    assert "http-equiv" not in answer.text


def test_a_refused_method_is_told_which_are_taken(aboard: Aboard) -> None:
    assert "GET" in aboard.app.test_client().post("/").headers["Allow"]


def test_a_console_that_fails_says_so_and_keeps_trying(
    aboard: Aboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    aboard.tells(status())
    monkeypatch.setitem(aboard.app.view_functions, "show_readiness", lambda: 1 / 0)
    answer = aboard.app.test_client().get("/")
    assert answer.status_code == 500
    assert "<h1>Panne de la console</h1>" in answer.text
    assert "follow.js" in answer.text


def test_the_details_of_two_batteries_run_from_the_lowest_to_the_highest(aboard: Aboard) -> None:
    aboard.tells(two(CHARGING, {**CHARGING, "remaining_ah": 1.2, "battery_temps_c": (-9.0,)}))
    found = dict(re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", plain(aboard.page("/batterie"))))
    assert found["Charge restante"] == "1,2 à 32,8 Ah"
    assert found["Température"] == "−9 à 14 °C"
    assert found["Tension"] == "52,2 V"


@pytest.mark.parametrize("path", [*PATHS, "/rien"])
def test_a_page_asks_for_nothing_elsewhere(aboard: Aboard, path: str) -> None:
    aboard.tells(status())
    page = aboard.app.test_client().get(path).text
    assert set(re.findall(r'(?:href|src)="([^"]*)"', page)) <= {
        "/", "/batterie", "/sortie", "/sortie/demain", "/unite",
        "data:,", "/static/console.css", "/static/follow.js",
    }  # fmt: skip
