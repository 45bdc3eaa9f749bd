"""The switch of visitors' phones: there where the unit has one, and its taps are never lost."""

import pytest

from tests.kiosk.console.agent import Agent
from tests.kiosk.console.ready import judged
from tests.kiosk.console.unit import Aboard
from triporteur_wire.desk import PhoneCharging, Refused


def test_a_unit_without_the_switch_shows_none(aboard: Aboard) -> None:
    aboard.tells(judged(pins=False))
    page = aboard.page("/unite")
    assert "Prises" not in page
    assert "<form" not in page


@pytest.mark.parametrize(("position", "on"), [("on", True), ("off", False)])
def test_a_tap_asks_the_agent(aboard: Aboard, agent: Agent, position: str, on: bool) -> None:
    aboard.tells(judged())
    answer = aboard.post("/unite/prises", position=position)
    assert (answer.status_code, answer.location) == (303, "/unite")
    assert agent.asked == [PhoneCharging(on=on)]


def test_the_button_says_what_it_will_do(aboard: Aboard) -> None:
    aboard.tells(judged())
    page = aboard.page("/unite")
    assert "<h2>Prises pour téléphones</h2><p>allumées</p>" in page
    assert 'value="off">Couper<span class="unseen"> les prises pour téléphones</span>' in page


@pytest.mark.parametrize("position", ["", "1", "ON"])
def test_no_other_position_is_taken(aboard: Aboard, agent: Agent, position: str) -> None:
    answer = aboard.post("/unite/prises", position=position)
    assert answer.status_code == 400
    assert "<h1>Demande refusée</h1>" in answer.text
    assert agent.asked == []


def test_a_tap_that_is_refused_says_why_and_can_be_tried_again(
    aboard: Aboard, agent: Agent
) -> None:
    agent.answer = lambda _: Refused("La batterie est trop basse.")
    refused = aboard.post("/unite/prises", position="on")
    assert refused.status_code == 409
    assert "La batterie est trop basse." in refused.text
    assert '<form method="post" action="/unite/prises">' in refused.text
    assert '<input type="hidden" name="position" value="on">' in refused.text
