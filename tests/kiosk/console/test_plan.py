"""The plan: entered in one tap or by a form, through a real socket, and never lost on the way."""

import re
from html import unescape
from pathlib import Path

import msgspec
import pytest

from tests.kiosk.console.agent import Agent, listening
from tests.kiosk.console.ready import MARKET, NOON_MS, PLACES, judged
from tests.kiosk.console.unit import Aboard
from triporteur_kiosk.console.desk import Desk
from triporteur_kiosk.console.errands import Errands
from triporteur_kiosk.seen import Watch
from triporteur_wire.desk import ForgetOuting, PlanOuting, Refused
from triporteur_wire.messages import Status
from triporteur_wire.plan import Day, Plan, UsualPlace
from triporteur_wire.readiness import Outing

UNANSWERED = "L’unité n’a pas répondu à temps"
FILLED: dict[str, str | list[str]] = {
    "place": "Cité du Grand Parc",
    "km": "7,5",
    "climb": "steep",
    "hours": "2",
    "departs": "09:30",
    "loads": ["phones", "light"],
}
#: 19 November, 9:30 in Paris.
TOMORROW_MS = NOON_MS + (21 * 60 + 24) * 60_000 - NOON_MS % 60_000


class Looks(Watch):
    """Sees one status after the other."""

    def __init__(self, left: list[Status]) -> None:
        super().__init__(Path("unused"))
        self.left = left

    def look(self) -> Status:
        return self.left.pop(0)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def fields(page: str) -> dict[str, str | list[str]]:
    """What the form on the page would send."""
    written = re.findall('<input (?:id="[a-z]+"|type="hidden") name="([a-z]+)" value="(.*?)"', page)
    found: dict[str, str | list[str]] = {name: unescape(value) for name, value in written}
    chosen = re.findall('name="([a-z]+)" value="([a-z0-9.]+)" checked', page)
    found |= {name: value for name, value in chosen if name != "loads"}
    found["loads"] = [value for name, value in chosen if name == "loads"]
    found["departs"] = "".join(re.findall('<option value="([0-9:]*)" selected', page))
    return found


def test_a_day_shows_what_is_entered_and_the_usual_places(aboard: Aboard) -> None:
    aboard.tells(judged())
    today = plain(aboard.page("/sortie"))
    assert "<h1>Aujourd’hui</h1>" in today
    assert "<h2>Marché St-Michel</h2><p>13 h 06 · 6 km · 3 h</p>" in today
    assert 'value="Marché St-Michel" aria-current="true"' in today
    assert "<span>Gare Saint-Jean <small>3,5 km · 2,5 h</small></span>" in today
    tomorrow = plain(aboard.page("/sortie/demain"))
    assert "<h1>Demain</h1>" in tomorrow
    assert "<h2>Pas de sortie saisie</h2><p>8 km · 4 h, supposés</p>" in tomorrow
    assert 'aria-current="true"' not in tomorrow
    assert "Effacer" not in tomorrow


def test_a_unit_without_usual_places_offers_the_form_alone(aboard: Aboard) -> None:
    aboard.tells(judged(plan=Plan()))
    page = aboard.page("/sortie")
    assert "Où allez-vous" not in page
    assert 'href="/sortie/aujourdhui/autre"' in page


def test_a_unit_that_does_not_know_the_day_plans_nothing_for_tomorrow(aboard: Aboard) -> None:
    aboard.tells(judged(plan=Plan(places=PLACES, dated=False)))
    assert "Gare Saint-Jean" in aboard.page("/sortie")
    tomorrow = aboard.page("/sortie/demain")
    assert "L’unité ne sait pas encore quel jour on est" in tomorrow
    assert "<form" not in tomorrow


def test_an_agent_without_plans_is_told(aboard: Aboard) -> None:
    aboard.tells(judged(plan=None))
    assert "L’unité ne dit rien de ses sorties" in aboard.page("/sortie")


@pytest.mark.parametrize("path", ["/sortie/hier", "/sortie/hier/autre"])
def test_no_other_day_can_be_planned(aboard: Aboard, path: str) -> None:
    assert aboard.app.test_client().get(path).status_code == 404


@pytest.mark.parametrize(
    ("slug", "day", "leads"),
    [("aujourdhui", "today", "/"), ("demain", "tomorrow", "/sortie/demain")],
)
def test_a_usual_place_is_one_tap(
    aboard: Aboard, agent: Agent, slug: str, day: Day, leads: str
) -> None:
    aboard.tells(judged())
    answer = aboard.post(f"/sortie/{slug}/habituel", place="Gare Saint-Jean")
    assert (answer.status_code, answer.location) == (303, leads)
    expected = Outing(3.5, 10.0, 2.5, 35.0, "Gare Saint-Jean")
    assert agent.asked == [PlanOuting(day, expected)]


def test_a_filled_form_is_an_outing(aboard: Aboard, agent: Agent) -> None:
    aboard.tells(judged())
    answer = aboard.post("/sortie/demain", **FILLED)
    assert (answer.status_code, answer.location) == (303, "/sortie/demain")
    expected = Outing(7.5, 225.0, 2.0, 41.0, "Cité du Grand Parc", TOMORROW_MS)
    assert agent.asked == [PlanOuting("tomorrow", expected)]


CONCERT = UsualPlace("Concert au parc", 6.0, 250.0, 4.0, 200.0)


def test_an_outing_that_no_form_can_draw_is_as_heavy_after_another_hour(
    aboard: Aboard, agent: Agent
) -> None:
    aboard.tells(judged(plan=Plan(CONCERT.outing(NOON_MS), None, (CONCERT,))))
    form = fields(aboard.page("/sortie/aujourdhui/autre"))
    aboard.post("/sortie/aujourdhui", **form)
    aboard.post("/sortie/aujourdhui", **{**form, "departs": "16:30"})
    at_half_past_four_ms = TOMORROW_MS + (7 - 24) * 3_600_000
    assert agent.asked == [
        PlanOuting("today", CONCERT.outing(NOON_MS)),
        PlanOuting("today", CONCERT.outing(at_half_past_four_ms)),
    ]


def test_a_usual_place_that_was_refused_is_as_heavy_by_the_form(
    aboard: Aboard, agent: Agent
) -> None:
    aboard.tells(judged(plan=Plan(places=(CONCERT,))))
    agent.answer = lambda _: Refused("Pas maintenant.")
    refused = fields(aboard.post("/sortie/demain/habituel", place=CONCERT.name).text)
    unclear = fields(aboard.post("/sortie/demain", **{**refused, "km": "six"}).text)
    aboard.post("/sortie/demain", **{**unclear, "km": "6"})
    assert agent.asked == [PlanOuting("tomorrow", CONCERT.outing())] * 2


def test_an_outing_is_forgotten(aboard: Aboard, agent: Agent) -> None:
    aboard.tells(judged())
    answer = aboard.post("/sortie/aujourdhui/oublier")
    assert (answer.status_code, answer.location) == (303, "/sortie")
    assert agent.asked == [ForgetOuting("today")]


def test_the_form_begins_with_what_is_entered(aboard: Aboard) -> None:
    aboard.tells(judged())
    found = fields(aboard.page("/sortie/aujourdhui/autre"))
    assert msgspec.json.decode(str(found.pop("was")), type=Outing) == MARKET
    assert found == {
        "place": "Marché St-Michel",
        "km": "6",
        "climb": "flat",
        "hours": "3",
        "departs": "13:06",
        "loads": ["phones"],
    }


def test_without_an_agent_nothing_of_what_was_entered_is_lost(aboard: Aboard) -> None:
    aboard.tells(judged())
    answer = aboard.post("/sortie/demain", **FILLED)
    assert answer.status_code == 503
    assert UNANSWERED in answer.text
    assert fields(answer.text) == FILLED
    assert 'action="/sortie/demain"' in answer.text


def test_without_an_agent_a_usual_place_fills_the_form(aboard: Aboard) -> None:
    aboard.tells(judged())
    answer = aboard.post("/sortie/demain/habituel", place="Gare Saint-Jean")
    assert answer.status_code == 503
    assert UNANSWERED in answer.text
    found = fields(answer.text)
    assert (found["place"], found["km"], found["hours"]) == ("Gare Saint-Jean", "3,5", "2.5")


def test_without_an_agent_what_was_to_be_forgotten_can_be_tried_again(aboard: Aboard) -> None:
    aboard.tells(judged())
    answer = aboard.post("/sortie/demain/oublier")
    assert answer.status_code == 503
    assert '<form method="post" action="/sortie/demain/oublier">' in answer.text
    assert 'href="/sortie/demain"' in answer.text


def test_a_refusal_is_told_in_the_agent_s_words_over_what_was_entered(
    aboard: Aboard, agent: Agent
) -> None:
    aboard.tells(judged())
    agent.answer = lambda _: Refused("L’heure de départ n’est pas de ce jour-là.")
    answer = aboard.post("/sortie/demain", **FILLED)
    assert answer.status_code == 409
    assert "L’heure de départ n’est pas de ce jour-là." in answer.text
    assert fields(answer.text) == FILLED


def test_an_unclear_entry_is_not_sent_and_says_where(aboard: Aboard, agent: Agent) -> None:
    aboard.tells(judged())
    answer = aboard.post("/sortie/demain", **{**FILLED, "km": "sept"})
    assert answer.status_code == 422
    assert agent.asked == []
    assert 'aria-invalid="true" aria-describedby="why"' in answer.text
    assert fields(answer.text) == {**FILLED, "km": "sept"}


def test_a_place_that_is_no_longer_usual_is_not_guessed(aboard: Aboard, agent: Agent) -> None:
    aboard.tells(judged(plan=Plan()))
    answer = aboard.post("/sortie/demain/habituel", place="Gare Saint-Jean")
    assert answer.status_code == 409
    assert agent.asked == []
    assert fields(answer.text)["place"] == "Gare Saint-Jean"


def test_without_the_time_no_hour_is_asked_for(aboard: Aboard) -> None:
    aboard.tells(msgspec.structs.replace(judged(), utc_ms=None))
    assert 'name="departs"' not in aboard.page("/sortie/aujourdhui/autre")


def test_what_was_entered_is_text_and_never_markup(aboard: Aboard) -> None:
    evil = '"><script>alert(1)</script>'
    answer = aboard.post("/sortie/demain", **dict.fromkeys(FILLED, evil))
    assert "<script>alert" not in answer.text
    aboard.tells(judged(plan=Plan(msgspec.structs.replace(MARKET, place=evil), None, PLACES)))
    assert "<script>alert" not in aboard.page("/sortie")


def test_a_form_and_a_failure_do_not_reload_by_themselves(aboard: Aboard) -> None:
    aboard.tells(judged())
    for page in [aboard.page("/sortie/demain/autre"), aboard.post("/sortie/demain/oublier").text]:
        assert "follow.js" not in page
        assert "http-equiv" not in page


def test_an_errand_is_over_when_the_snapshot_shows_it(aboard: Aboard) -> None:
    before, after = judged(), judged(plan=Plan())
    after = msgspec.structs.replace(after, mono_ms=before.mono_ms + 1)
    watch = Looks([before, before, before, after])
    with listening(aboard.desk, Agent()):
        errands = Errands(Desk(aboard.desk), watch, shown_s=60.0)
        assert errands.run(ForgetOuting("today")) is None
    assert watch.left == []
