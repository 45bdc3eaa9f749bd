"""Asking for the Internet: one plain form, an honest page for each way it can go, no cookie."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.kiosk.public.keeper import Keeper, keeping, state, tell
from tests.kiosk.public.portal import (
    ADDRESS,
    PATHS,
    THEME_PATHS,
    TODAY,
    content_with,
    portal,
    visit,
)
from triporteur_kiosk.public.content import Content
from triporteur_kiosk.public.gate import Gate
from triporteur_kiosk.public.pages import MAX_PAGE_BYTES, Pages
from triporteur_kiosk.public.reach import HEAVIEST, WORDS, Reach, reach
from triporteur_kiosk.public.remaining import data_in_words, time_in_words
from triporteur_kiosk.public.themes import THEMES
from triporteur_wire.gate import Access, AskVisitor, Because, Visitor, Welcome

URL = f"http://{ADDRESS}"
PHONE = {"REMOTE_ADDR": "10.77.0.9"}
FORM = '<form method="post" action="/internet">'


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    with keeping(tmp_path) as keeper:
        yield keeper


@pytest.fixture
def phone(content: Content, tmp_path: Path) -> FlaskClient:
    return portal(content, gate=Gate(tmp_path, patience_s=60)).test_client()


def text(phone: FlaskClient, path: str) -> str:
    return phone.get(path, base_url=URL, environ_overrides=PHONE).text


def test_a_visitor_asks_is_let_out_and_reads_what_is_left(
    phone: FlaskClient, keeper: Keeper
) -> None:
    assert FORM in text(phone, "/")
    assert FORM in text(phone, "/internet")
    answer = phone.post("/internet", base_url=URL, environ_overrides=PHONE)
    assert (answer.status_code, answer.location) == (303, "/internet")
    page = text(phone, "/internet")
    assert "Vous êtes sur Internet" in page
    assert "Encore 1\xa0h\xa021" in page
    assert "Encore 150\xa0Mo" in page
    assert ADDRESS in page
    assert FORM not in page
    asked = AskVisitor("10.77.0.9")
    assert keeper.heard == [asked, Welcome("10.77.0.9"), asked]


def test_where_nothing_is_limited_no_limit_is_told(phone: FlaskClient, keeper: Keeper) -> None:
    keeper.visitor = Visitor(True)
    phone.post("/internet", base_url=URL, environ_overrides=PHONE)
    page = text(phone, "/internet")
    assert "Vous êtes sur Internet" in page
    assert "Encore" not in page


def test_looking_never_lets_anybody_out(phone: FlaskClient, keeper: Keeper) -> None:
    for path in PATHS:
        phone.get(path, base_url=URL, environ_overrides=PHONE)
        phone.head(path, base_url=URL, environ_overrides=PHONE)
    assert Welcome("10.77.0.9") not in keeper.heard


def test_a_refusal_is_told_in_the_gate_s_own_words(phone: FlaskClient, keeper: Keeper) -> None:
    keeper.refusal = "Plus de place pour le moment."
    answer = phone.post("/internet", base_url=URL, environ_overrides=PHONE)
    assert answer.status_code == 409
    assert "Plus de place pour le moment." in answer.text
    assert FORM in answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_gate_that_does_not_answer_is_told_and_can_be_asked_again(
    phone: FlaskClient, keeper: Keeper, method: str
) -> None:
    keeper.says = b""
    answer = phone.open("/internet", method=method, base_url=URL, environ_overrides=PHONE)
    assert answer.status_code == 503
    assert "n’a pas répondu. Réessayez" in answer.text
    assert FORM in answer.text
    assert len(answer.data) <= MAX_PAGE_BYTES


@pytest.mark.parametrize(
    ("origin", "taken"),
    [
        (None, True),
        (URL, True),
        (f"https://{ADDRESS}", True),
        ("https://exemple.fr", False),
        (f"http://{ADDRESS}.exemple.fr", False),
        ("null", False),
        ("", False),
    ],
)
def test_a_form_of_another_site_lets_nobody_out(
    phone: FlaskClient, keeper: Keeper, origin: str | None, taken: bool
) -> None:
    said = {} if origin is None else {"Origin": origin}
    answer = phone.post("/internet", base_url=URL, headers=said, environ_overrides=PHONE)
    assert answer.status_code == (303 if taken else 403)
    assert (Welcome("10.77.0.9") in keeper.heard) == taken


def test_a_post_to_another_name_is_led_to_the_portal(phone: FlaskClient, keeper: Keeper) -> None:
    answer = phone.post("/internet", base_url="http://exemple.fr", environ_overrides=PHONE)
    assert (answer.status_code, answer.location) == (302, f"{URL}/")
    assert keeper.heard == []


@pytest.mark.parametrize("path", PATHS)
def test_forms_are_let_out_only_where_one_is(phone: FlaskClient, keeper: Keeper, path: str) -> None:
    answer = phone.get(path, base_url=URL, environ_overrides=PHONE)
    asks = "<form" in answer.text
    assert asks == (path in {"/", "/internet"})
    policy = answer.headers["Content-Security-Policy"]
    assert ("form-action 'self'" in policy, "form-action 'none'" in policy) == (asks, not asks)
    # Else a browser would not say from which page the form comes.
    assert answer.headers["Referrer-Policy"] == ("same-origin" if asks else "no-referrer")
    assert len(answer.data) <= MAX_PAGE_BYTES
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("access", "because", "found"),
    [
        ("local", None, Reach.LOCAL),
        ("local", "uplink_lost", Reach.CUT),
        ("local", "budget_spent", Reach.SPENT),
        ("local", "budget_unknown", Reach.SPENT),
        ("partners", None, Reach.PARTNERS),
        ("partners", "budget_spent", Reach.PARTNERS),
        ("open", None, Reach.OPEN),
    ],
)
def test_every_page_says_how_far_this_wifi_goes_now(
    phone: FlaskClient, tmp_path: Path, access: Access, because: Because | None, found: Reach
) -> None:
    told = state(access, because)
    assert reach(told) is found
    tell(tmp_path, told)
    welcome = text(phone, "/")
    assert WORDS[found].welcome in welcome
    for path in THEME_PATHS:
        assert WORDS[found].links in text(phone, path)
    if found is not Reach.OPEN:
        assert FORM not in welcome
        assert WORDS[found].welcome in text(phone, "/internet")
        answer = phone.post("/internet", base_url=URL, environ_overrides=PHONE)
        assert answer.status_code == 409
        assert WORDS[found].welcome in answer.text


def test_the_pages_change_with_the_state_and_fall_silent_with_the_gate(
    phone: FlaskClient, tmp_path: Path
) -> None:
    seen = []
    for told in (state("open"), state("local", "uplink_lost"), state("open", age_ms=60_000)):
        tell(tmp_path, told)
        seen.append((FORM in text(phone, "/"), "coupé" in text(phone, "/1")))
    assert seen == [(True, False), (False, True), (False, False)]
    assert "Le triporteur ne donne pas Internet" in text(phone, "/internet")


def test_what_the_heaviest_state_costs_is_weighed(content: Content) -> None:
    pages = Pages(content)
    sizes = {far: len(pages.welcome(None, far)) for far in Reach}
    assert max(sizes.values()) == sizes[HEAVIEST]
    planned = Pages(content_with(visit(TODAY)))
    weighed = {path for path, _ in planned.every()}
    assert weighed == {*PATHS} - {"/internet"}
    assert {f"/{theme.number}" for theme in THEMES} <= weighed


def test_what_is_left_is_told_in_words_and_never_more_than_it_is() -> None:
    assert [time_in_words(s) for s in (-5, 59, 60, 3599, 3600, 3660, 7325)] == [
        "moins d’une minute", "moins d’une minute", "1\xa0min", "59\xa0min", "1\xa0h",
        "1\xa0h\xa001", "2\xa0h\xa002",
    ]  # fmt: skip
    assert [data_in_words(b) for b in (-1, 999_999, 10**6, 999_999_999, 10**9, 1_299_999_999)] == [
        "moins d’un\xa0Mo", "moins d’un\xa0Mo", "1\xa0Mo", "999\xa0Mo", "1,0\xa0Go", "1,2\xa0Go",
    ]  # fmt: skip
