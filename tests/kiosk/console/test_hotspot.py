"""The public Wi-Fi on the page « Unité »: there where a gate answers; its taps are never lost."""

import logging
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.kiosk.console.agent import Agent, listening
from tests.kiosk.console.hotspots import CLOSED, FULL, LOST, OPEN, SPENT
from tests.kiosk.console.ready import judged
from tests.kiosk.console.unit import Aboard
from triporteur_kiosk.console.gate import Gate
from triporteur_kiosk.console.hotspot import Line, hotspot
from triporteur_wire.desk import Done, Refused
from triporteur_wire.gate import (
    TEAM_SOCKET,
    GateState,
    SwitchHotspot,
    Told,
    Visitor,
    decode_from_console,
    encode,
)


class Team:
    """A gate that answers at its team's socket with `answer`, and keeps what was asked."""

    def __init__(self, answer: Told) -> None:
        self.answer = answer
        self.asked: list[SwitchHotspot] = []

    def __call__(self, line: bytes) -> bytes:
        self.asked.append(decode_from_console(line.removesuffix(b"\n")))
        return encode(self.answer)


def at(aboard: Aboard) -> Path:
    path = aboard.gate / TEAM_SOCKET
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def said(state: GateState) -> tuple[Line, ...]:
    shown = hotspot(state)
    assert shown
    return shown.lines


def test_a_unit_without_a_gate_shows_no_wifi(aboard: Aboard) -> None:
    aboard.tells(judged(pins=False))
    assert "Wi-Fi" not in aboard.page("/unite")


def test_a_gate_that_stopped_shows_no_wifi(aboard: Aboard) -> None:
    aboard.tells(judged(pins=False))
    aboard.gate_tells(OPEN, ago_s=11)
    assert "Wi-Fi" not in aboard.page("/unite")
    (aboard.gate / "gate.json").write_bytes(b"{")
    assert "Wi-Fi" not in aboard.page("/unite")


def test_the_page_says_how_it_is_and_the_button_what_it_will_do(aboard: Aboard) -> None:
    aboard.tells(judged())
    aboard.gate_tells(OPEN)
    page = aboard.page("/unite")
    assert "<h2>Wi-Fi public</h2><p>ouvert</p>" in page
    assert 'href="/unite/wifi">Fermer<span class="unseen"> le Wi-Fi public</span>' in page
    aboard.gate_tells(CLOSED)
    page = aboard.page("/unite")
    assert "<h2>Wi-Fi public</h2><p>fermé</p>" in page
    assert 'value="on">Ouvrir<span class="unseen"> le Wi-Fi public</span>' in page


def test_the_wifi_is_there_while_the_agent_is_silent(aboard: Aboard) -> None:
    aboard.gate_tells(OPEN)
    assert "Wi-Fi public" in aboard.page("/unite")


def test_phones_on_the_radio_are_counted() -> None:
    assert said(OPEN)[0] == Line("12\u00a0téléphones sur 19", "phone")
    assert said(replace(OPEN, stations=1))[0].text == "1\u00a0téléphone sur 19"
    assert said(replace(OPEN, stations=None))[0] == Line("Nombre de téléphones inconnu", "unknown")


def test_a_full_radio_is_said_by_word_sign_and_colour(aboard: Aboard) -> None:
    told = "Radio pleine\u202f: 19\u00a0téléphones sur 19"
    assert said(FULL)[0] == Line(told, "alert", "stop")
    aboard.gate_tells(FULL)
    assert re.search(rf'<li class="stop"><svg [^>]*>.*?</svg>\s*{told}', aboard.page("/unite"))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (OPEN, "Internet ouvert à qui le demande"),
        (replace(OPEN, access="partners"), "sites des partenaires"),
        (replace(OPEN, configured="local", access="local"), "gardent leur 4G"),
    ],
)
def test_how_far_phones_get_is_said(state: GateState, words: str) -> None:
    assert words in said(state)[1].text
    assert said(state)[1].tone == ""


def test_why_less_holds_is_said() -> None:
    assert said(LOST)[1].text.startswith("Internet ne répond plus\u202f:")
    assert said(LOST)[1].tone == "wait"
    assert said(SPENT)[1].text.startswith("Données du jour épuisées\u202f:")
    assert len(said(SPENT)) == 2
    unknown = replace(SPENT, because="budget_unknown")
    assert said(unknown)[1].text.startswith("Compte des données illisible\u202f: jusqu’à demain")


def test_what_is_left_of_the_day_is_said_where_there_is_a_budget() -> None:
    assert said(OPEN)[2].text == "Il reste 1\u202f240\u00a0Mo de données aujourd’hui"
    assert len(said(replace(OPEN, bytes_left=None))) == 2


def test_opening_asks_the_gate_and_nobody_else(aboard: Aboard, agent: Agent) -> None:
    team = Team(Done())
    with listening(at(aboard), team):
        answer = aboard.post("/unite/wifi", position="on")
    assert (answer.status_code, answer.location) == (303, "/unite")
    assert team.asked == [SwitchHotspot(on=True)]
    assert agent.asked == []


def test_before_closing_the_page_says_whom_it_cuts_off_and_when_it_opens_again(
    aboard: Aboard,
) -> None:
    page = aboard.page("/unite/wifi")
    assert "et celui-ci s’il y est" in page
    assert "au prochain démarrage" in page
    assert 'name="position" value="off"' in page


def test_closing_is_answered_at_once_with_all_there_is_to_say(aboard: Aboard) -> None:
    team = Team(Done())
    with listening(at(aboard), team):
        answer = aboard.post("/unite/wifi", position="off")
    assert answer.status_code == 200
    assert "Le Wi-Fi se ferme" in answer.text
    assert "http-equiv" not in answer.text
    assert team.asked == [SwitchHotspot(on=False)]


@pytest.mark.parametrize("position", ["", "1", "ON"])
def test_no_other_position_is_taken(aboard: Aboard, position: str) -> None:
    team = Team(Done())
    with listening(at(aboard), team):
        assert aboard.post("/unite/wifi", position=position).status_code == 400
    assert team.asked == []


def test_a_tap_that_is_refused_says_why_and_can_be_tried_again(aboard: Aboard) -> None:
    with listening(at(aboard), Team(Refused("Le Wi-Fi est occupé."))):
        refused = aboard.post("/unite/wifi", position="off")
    assert refused.status_code == 409
    assert "Le Wi-Fi est occupé." in refused.text
    assert '<form method="post" action="/unite/wifi">' in refused.text
    assert '<input type="hidden" name="position" value="off">' in refused.text


@pytest.mark.parametrize("reply", [b"", b"oui\n", encode(Visitor(welcomed=True))])
def test_what_is_no_answer_may_have_been_done(aboard: Aboard, reply: bytes) -> None:
    with listening(at(aboard), lambda _: reply):
        answer = aboard.post("/unite/wifi", position="off")
    assert answer.status_code == 503
    assert "peut-être pas fait" in answer.text


def test_a_gate_that_is_lost_and_found_is_logged_once_each(
    aboard: Aboard, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    path = at(aboard)
    gate = Gate(aboard.gate)
    for _ in range(3):
        assert gate.switch(on=True)
    with listening(path, Team(Done())):
        assert [gate.switch(on=True), gate.switch(on=True)] == [None, None]
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]


def test_a_gate_that_holds_the_line_is_not_waited_for_for_ever(aboard: Aboard) -> None:
    with listening(at(aboard), lambda _: None):
        trouble = Gate(aboard.gate, patience_s=0.05).switch(on=True)
    assert trouble
    assert trouble.code == 503
