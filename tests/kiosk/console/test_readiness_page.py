"""The page « Départ »: a verdict of now with what it stands on, or grey."""

import re
from pathlib import Path

import msgspec
import pytest

import triporteur_kiosk.console
from tests.kiosk.console.ready import (
    BLIND,
    CAUTION,
    EVENING,
    GO,
    MARKET,
    NO_GO,
    NOON_MS,
    VERDICTS,
    WORDY,
    judged,
)
from tests.kiosk.console.unit import Aboard, silent, status
from triporteur_kiosk.console.gauge import Gauge, gauge
from triporteur_kiosk.console.readiness_page import readiness_page
from triporteur_kiosk.console.readiness_signs import LEADS, WHATS, WHYS
from triporteur_kiosk.console.state import Tone
from triporteur_kiosk.seen import Stopped, Unreadable
from triporteur_wire.messages import Status
from triporteur_wire.plan import Plan
from triporteur_wire.readiness import MAX_REASONS, USUAL_OUTING, Action, Readiness, What, Why

PICTOGRAMS = Path(triporteur_kiosk.console.__file__).parent / "templates/pictograms"
WORD_OF_LEAVING = re.compile(r"PARTEZ\b")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("readiness", "word", "tone", "sign"),
    [
        (GO, "PARTEZ", "go", "M4.5 12.5l5 5 10-11"),
        (CAUTION, "ATTENTION", "wait", "M12 3.2 22 20.5H2z"),
        (NO_GO, "NE PARTEZ PAS", "stop", "M8.3 2.8h7.4"),
    ],
)
def test_a_verdict_is_a_word_a_pictogram_and_a_colour(
    aboard: Aboard, readiness: Readiness, word: str, tone: str, sign: str
) -> None:
    aboard.tells(judged(readiness))
    page = aboard.page()
    state = page[page.index('<section class="state') : page.index("</section>")]
    assert f'<section class="state {tone}">' in state
    assert f"<h1>{word}</h1>" in state
    assert sign in state
    assert f"<title>{word} – bordeaux-1</title>" in page
    assert "<span>bordeaux-1</span> <span>à l’instant</span>" in page


@pytest.mark.parametrize(
    ("readiness", "figures"),
    [
        (GO, {"charge ± 3": "82 %", "à prévoir": "31 %", "au retour": "51 %"}),
        (NO_GO, {"charge ± 6": "34 %", "à prévoir": "41 %", "au retour": "—"}),
        (BLIND, {"charge": "—", "à prévoir": "—", "au retour": "—"}),
        (
            msgspec.structs.replace(GO, soc_sigma_pct=0.2),
            {"charge ± 1": "82 %", "à prévoir": "31 %", "au retour": "51 %"},
        ),
    ],
)
def test_the_figures_say_how_well_they_are_known_and_never_what_is_not(
    readiness: Readiness, figures: dict[str, str]
) -> None:
    shown = readiness_page(judged(readiness)).parts
    assert {plain(part.label): plain(part.figure) for part in shown} == figures


@pytest.mark.parametrize("readiness", VERDICTS.values(), ids=VERDICTS.keys())
def test_there_are_at_most_three_reasons_and_one_thing_to_do(
    aboard: Aboard, readiness: Readiness
) -> None:
    aboard.tells(judged(readiness))
    main = aboard.page().partition("</main>")[0]
    assert 1 <= len(re.findall("<li ", main)) <= MAX_REASONS
    assert len(re.findall('class="doing"', main)) == 1


def test_reasons_and_action_are_in_french(aboard: Aboard) -> None:
    aboard.tells(judged(NO_GO))
    page = plain(aboard.page())
    assert "Pas assez pour 6 km et 3 h" in page
    assert "Batterie à −2 °C : elle ne charge pas" in page
    assert "Rentrez la batterie au chaud, puis branchez 1 h 40" in page


def test_what_to_do_leads_to_the_page_that_helps(aboard: Aboard) -> None:
    shorter = msgspec.structs.replace(NO_GO, action=Action(What.SHORTEN, 3.0))
    aboard.tells(judged(shorter))
    assert '<a class="doing" href="/sortie">' in aboard.page()
    aboard.tells(judged(NO_GO))
    assert '<p class="doing">' in aboard.page()


def test_tomorrow_is_told_first_in_the_evening() -> None:
    page = readiness_page(judged(EVENING))
    assert page.lines[0].text == "Sortie prévue, et la batterie ne charge pas"
    assert page.outing is not None
    assert plain(page.outing.summary) == "demain · 9 h 06 · 6 km · 3 h"
    assert page.outing.address == "/sortie/demain"


def test_the_outing_judged_is_named_and_can_be_changed(aboard: Aboard) -> None:
    aboard.tells(judged(GO))
    page = plain(aboard.page())
    assert "<h2>Marché St-Michel</h2><p>13 h 06 · 6 km · 3 h</p>" in page
    assert 'href="/sortie">Changer<span class="unseen"> la sortie</span>' in page


def test_a_usual_outing_is_said_to_be_supposed(aboard: Aboard) -> None:
    aboard.tells(judged(msgspec.structs.replace(GO, outing=USUAL_OUTING)))
    page = plain(aboard.page())
    assert "<h2>Pas de sortie saisie</h2><p>8 km · 4 h, supposés</p>" in page
    assert ">Choisir<" in page


def test_what_is_left_of_a_usual_outing_is_still_supposed(aboard: Aboard) -> None:
    left = msgspec.structs.replace(USUAL_OUTING, km=3.4, climb_m=21.0)
    aboard.tells(judged(msgspec.structs.replace(GO, outing=left)))
    assert "<h2>Pas de sortie saisie</h2><p>3,4 km · 4 h, supposés</p>" in plain(aboard.page())


def test_what_was_entered_before_the_unit_knew_the_time_is_not_supposed(aboard: Aboard) -> None:
    entered = msgspec.structs.replace(MARKET, departs_utc_ms=None)
    plan = Plan(entered, None, dated=False)
    aboard.tells(judged(msgspec.structs.replace(GO, outing=entered), plan))
    assert "<h2>Marché St-Michel</h2><p>6 km · 3 h</p>" in plain(aboard.page())


@pytest.mark.parametrize(
    ("told", "word", "age"),
    [
        (Stopped(190.0), "LECTURE ARRÊTÉE", "depuis 3\u00a0min"),
        (Stopped(None), "LECTURE ARRÊTÉE", "—"),
        (Unreadable(), "ÉTAT ILLISIBLE", "—"),
        (judged(None), "PAS DE VERDICT", "à l’instant"),
    ],
)
def test_where_nothing_is_known_the_page_is_grey_and_says_since_when(
    told: Status | Stopped | Unreadable, word: str, age: str
) -> None:
    page = readiness_page(told)
    assert (page.word, page.age, page.tone) == (word, age, Tone.QUIET)
    assert page.gist == "On ne sait pas si vous pouvez partir"
    assert (page.parts, page.gauge, page.doing, page.outing) == ((), None, None, None)


@pytest.mark.parametrize("readiness", VERDICTS.values(), ids=VERDICTS.keys())
def test_a_verdict_from_before_is_never_shown(aboard: Aboard, readiness: Readiness) -> None:
    aboard.tells(judged(readiness), ago_s=190)
    page = aboard.page()
    assert not WORD_OF_LEAVING.search(page)
    assert "ATTENTION" not in page
    assert '<section class="state quiet">' in page
    assert "<span>depuis 3\u00a0min</span>" in page


@pytest.mark.parametrize("content", [None, b"", b"\xff", b'{"state":"online"}'])
def test_without_a_usable_snapshot_there_is_no_verdict(
    aboard: Aboard, content: bytes | None
) -> None:
    if content is not None:
        aboard.snapshot.write_bytes(content)
    assert "<h1>LECTURE ARRÊTÉE</h1>" in aboard.page()


@pytest.mark.parametrize("now", [status(), silent(720.0)], ids=["charging", "silent"])
def test_an_agent_that_judges_nothing_gives_no_verdict(aboard: Aboard, now: Status) -> None:
    aboard.tells(now)
    page = aboard.page()
    assert "<h1>PAS DE VERDICT</h1>" in page
    assert not WORD_OF_LEAVING.search(page)


def test_an_unknown_charge_is_hatched_and_a_known_one_has_a_band_of_doubt(aboard: Aboard) -> None:
    aboard.tells(judged(BLIND))
    assert '<rect class="hatched"' in aboard.page()
    aboard.tells(judged(GO))
    page = aboard.page()
    assert "hatched" not in page
    assert '<rect class="held" width="79.2%"' in page
    assert '<rect class="doubt" x="79.2%"' in page


@pytest.mark.parametrize(
    ("soc_pct", "sigma_pct", "needed_pct", "expected"),
    [
        (99.0, 4.0, 31.0, Gauge(95.0, 100.0, 31.0)),
        (2.0, 4.0, 130.0, Gauge(0.0, 6.0, None)),
        (50.0, None, None, Gauge(50.0, 50.0, None)),
    ],
)
def test_the_gauge_stays_within_a_battery(
    soc_pct: float, sigma_pct: float | None, needed_pct: float | None, expected: Gauge
) -> None:
    known = msgspec.structs.replace(
        GO, soc_pct=soc_pct, soc_sigma_pct=sigma_pct, needed_pct=needed_pct
    )
    assert gauge(known) == expected


def test_every_reason_and_action_has_a_pictogram_that_is_there() -> None:
    assert WHYS.keys() == set(Why)
    assert WHATS.keys() == set(What)
    drawn = {path.stem for path in PICTOGRAMS.iterdir()}
    assert {*WHYS.values(), *WHATS.values()} <= drawn


@pytest.mark.parametrize("address", LEADS.values())
def test_every_place_it_leads_to_is_there(aboard: Aboard, address: str) -> None:
    aboard.tells(judged())
    assert aboard.page(address)


def test_what_people_entered_is_text_and_never_markup(aboard: Aboard) -> None:
    evil = "<script>alert(1)</script>"
    hostile = msgspec.structs.replace(
        WORDY, outing=msgspec.structs.replace(WORDY.outing, place=evil, departs_utc_ms=NOON_MS)
    )
    aboard.tells(judged(hostile))
    assert evil not in aboard.page()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in aboard.page()
