"""When the trike comes back: never a past day, and in words."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kiosk.public.portal import ADDRESS, TODAY, content_with, portal, visit
from triporteur_kiosk.public.agenda import (
    date_in_words,
    day_in_short,
    day_in_words,
    hours_in_words,
    next_return,
    upcoming,
)
from triporteur_kiosk.public.app import create_app
from triporteur_kiosk.public.content import Visit

DAYS = st.dates(TODAY - timedelta(days=9), TODAY + timedelta(days=9))
VISITS = st.lists(st.builds(visit, DAYS, st.sampled_from(["ici", "là"]))).map(tuple)


@given(visits=VISITS)
def test_a_past_visit_is_never_told(visits: tuple[Visit, ...]) -> None:
    told = upcoming(visits, TODAY)
    assert [each.day for each in told] == sorted(v.day for v in visits if v.day >= TODAY)
    coming = next_return(visits, TODAY)
    assert (coming is None) == all(each.day <= TODAY for each in visits)
    assert coming is None or coming.visit.day > TODAY


def test_the_next_return_is_to_the_place_of_today() -> None:
    elsewhere, back = visit(date(2026, 11, 25), "Gambetta"), visit(date(2026, 12, 2))
    coming = next_return((visit(TODAY), back, elsewhere), TODAY)
    assert coming is not None
    assert (coming.visit, coming.here) == (back, True)


def test_a_return_elsewhere_says_where() -> None:
    visits = content_with(visit(TODAY), visit(date(2026, 11, 25), "Place Gambetta"))
    page = portal(visits).test_client().get("/", base_url=f"http://{ADDRESS}").text
    assert "revenons-nous ici" not in page
    assert "mercredi 25\xa0nov., Place Gambetta" in page


def test_the_welcome_page_tells_the_return_here() -> None:
    app = portal(content_with(visit(TODAY), visit(date(2026, 12, 2))))
    page = app.test_client().get("/", base_url=f"http://{ADDRESS}").text
    assert "Quand revenons-nous ici\u202f?" in page
    assert "mercredi 2\xa0déc., 14\xa0h\xa0– 17\xa0h\xa030" in page


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), TODAY - timedelta(days=365)])
def test_without_visit_to_come_the_pages_say_ask_us(day: date) -> None:
    phone = portal(content_with(visit(day, "Marché d’hier"))).test_client()
    for path in ("/", "/visites"):
        page = phone.get(path, base_url=f"http://{ADDRESS}").text
        assert "Demandez-nous" in page
        assert "Marché d’hier" not in page


def test_the_page_of_visits_changes_with_the_day() -> None:
    days = [TODAY]
    content = content_with(visit(TODAY), visit(date(2026, 12, 2)))
    phone = create_app(content, ADDRESS, lambda: days[-1]).test_client()
    assert "Aujourd’hui" in phone.get("/visites", base_url=f"http://{ADDRESS}").text
    days.append(TODAY + timedelta(days=1))
    page = phone.get("/visites", base_url=f"http://{ADDRESS}").text
    assert "Aujourd’hui" not in page
    assert "mercredi 2\xa0décembre" in page


def test_words() -> None:
    assert day_in_words(date(2026, 12, 2)) == "mercredi 2\xa0décembre"
    assert day_in_words(date(2026, 12, 1)) == "mardi 1er\xa0décembre"
    assert day_in_short(date(2027, 1, 14)) == "jeudi 14\xa0janv."
    assert date_in_words(date(2026, 11, 2)) == "2\xa0novembre\xa02026"
    plan = Visit(TODAY, time(9, 5), time(12), "Ici")
    assert hours_in_words(plan) == "9\xa0h\xa005\xa0– 12\xa0h"
