"""When the trike comes back: never what is over, and in words."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kiosk.public.portal import ADDRESS, NOON, TODAY, content_with, portal, visit
from triporteur_kiosk.public.agenda import (
    date_in_words,
    day_in_short,
    day_in_words,
    hours_in_words,
    next_return,
    upcoming,
)
from triporteur_kiosk.public.content import Visit

DAYS = st.dates(TODAY - timedelta(days=9), TODAY + timedelta(days=9))
VISITS = st.lists(st.builds(visit, DAYS, st.sampled_from(["ici", "là"]))).map(tuple)


@given(visits=VISITS)
def test_a_past_visit_is_never_told(visits: tuple[Visit, ...]) -> None:
    told = upcoming(visits, NOON)
    assert [each.day for each in told] == sorted(v.day for v in visits if v.day >= TODAY)
    coming = next_return(visits, NOON)
    assert (coming is None) == all(each.day <= TODAY for each in visits)
    assert coming is None or coming.visit.day > TODAY


def test_the_next_return_is_to_the_place_of_today() -> None:
    elsewhere, back = visit(date(2026, 11, 25), "Gambetta"), visit(date(2026, 12, 2))
    coming = next_return((visit(TODAY), back, elsewhere), NOON)
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


def page_of_visits(now: datetime | None, *visits: Visit) -> str:
    phone = portal(content_with(*visits), now=lambda: now).test_client()
    return phone.get("/visites", base_url=f"http://{ADDRESS}").text


def test_the_page_of_visits_changes_with_the_time() -> None:
    moments: list[datetime | None] = [NOON]
    content = content_with(visit(TODAY), visit(date(2026, 12, 2)))
    phone = portal(content, now=lambda: moments[-1]).test_client()
    assert "Aujourd’hui" in phone.get("/visites", base_url=f"http://{ADDRESS}").text
    for later in (NOON + timedelta(hours=6), NOON + timedelta(days=1)):
        moments.append(later)
        page = phone.get("/visites", base_url=f"http://{ADDRESS}").text
        assert "Aujourd’hui" not in page
        assert "mercredi 2\xa0décembre" in page
    moments.append(None)
    assert "décembre" not in phone.get("/visites", base_url=f"http://{ADDRESS}").text


@pytest.mark.parametrize(("clock", "told"), [(time(17, 29), True), (time(17, 30), False)])
def test_a_visit_of_today_is_promised_until_it_ends(clock: time, told: bool) -> None:
    page = page_of_visits(datetime.combine(TODAY, clock), visit(TODAY))
    assert ("Aujourd’hui" in page) == told
    assert ("Demandez-nous" in page) != told


def test_after_the_visit_of_today_its_place_is_still_here() -> None:
    evening = datetime.combine(TODAY, time(20))
    elsewhere, back = visit(date(2026, 11, 25), "Gambetta"), visit(date(2026, 12, 2))
    coming = next_return((visit(TODAY), elsewhere, back), evening)
    assert coming is not None
    assert (coming.visit, coming.here) == (back, True)


@pytest.mark.parametrize("path", ["/", "/visites"])
def test_while_the_time_is_not_known_no_date_is_told(path: str) -> None:
    planned = content_with(*(visit(TODAY + timedelta(days=n)) for n in range(-400, 400, 7)))
    phone = portal(planned, now=lambda: None).test_client()
    page = phone.get(path, base_url=f"http://{ADDRESS}").text
    assert "Demandez-nous" in page
    assert "Marché Saint-Michel" not in page
    assert "14\xa0h" not in page


def test_words() -> None:
    assert day_in_words(date(2026, 12, 2)) == "mercredi 2\xa0décembre"
    assert day_in_words(date(2026, 12, 1)) == "mardi 1er\xa0décembre"
    assert day_in_short(date(2027, 1, 14)) == "jeudi 14\xa0janv."
    assert date_in_words(date(2026, 11, 2)) == "2\xa0novembre\xa02026"
    plan = Visit(TODAY, time(9, 5), time(12), "Ici")
    assert hours_in_words(plan) == "9\xa0h\xa005\xa0– 12\xa0h"
