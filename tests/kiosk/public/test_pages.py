"""What holds for every page: one light answer, in plain French, that keeps and fetches nothing."""

import re
from datetime import date, datetime, timedelta

import msgspec
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.kiosk.public.portal import (
    ADDRESS,
    PATHS,
    THEME_PATHS,
    portal,
)
from triporteur_kiosk.public.content import Content
from triporteur_kiosk.public.pages import MAX_PAGE_BYTES
from triporteur_kiosk.public.themes import THEMES, Theme

LINK = re.compile(r'href="([^"]*)"')
OWN_LINKS = {*PATHS, "data:,"}


def get(phone: FlaskClient, path: str) -> TestResponse:
    return phone.get(path, base_url=f"http://{ADDRESS}")


def words(page: str) -> list[str]:
    """The words a reader sees in the body of a page."""
    seen = re.sub(r"<[^>]+>", " ", page[page.index("<body") :])
    return [word for word in re.split(r"[ \n]+", seen) if word]


@pytest.mark.parametrize("path", [*PATHS, "/rien", "/1/"])
def test_a_page_is_one_light_answer_without_script_cookie_or_second_request(
    visitor: FlaskClient, content: Content, path: str
) -> None:
    answer = get(visitor, path)
    assert answer.status_code == (404 if path == "/rien" else 200)
    assert len(answer.data) <= MAX_PAGE_BYTES
    assert not re.search(r"<script|\son\w+=|\ssrc=|url\(|@import|<img|<iframe|<form", answer.text)
    assert "Set-Cookie" not in answer.headers
    partners = {f"/vers/{partner.address}" for partner in content.partners}
    links = {link for link in LINK.findall(answer.text) if not link.startswith(("tel:", "sms:"))}
    assert links <= OWN_LINKS | partners


@pytest.mark.parametrize("path", [*PATHS, "/rien"])
def test_a_page_lets_nothing_in_and_nothing_out(visitor: FlaskClient, path: str) -> None:
    headers = get(visitor, path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", [*PATHS, "/rien"])
def test_a_page_is_french_titled_and_fits_a_phone(visitor: FlaskClient, path: str) -> None:
    page = get(visitor, path).text
    assert '<html lang="fr">' in page
    assert '<meta name="viewport" content="width=device-width,initial-scale=1">' in page
    assert re.search(r"<title>[^<]+ – Triporteur</title>", page)
    assert page.count("<h1") == page.count("<main>") == 1
    assert not [word for word in words(page) if re.search(r"(^|[^\u202f])[?!;:»]$|^«", word)]


def test_the_welcome_page_offers_the_eight_themes_in_their_places(visitor: FlaskClient) -> None:
    page = get(visitor, "/").text
    tiles = re.findall(r'<a class="tile t(\d)" href="/(\d)">(.*?)</a>', page, re.DOTALL)
    assert [(*places, words(f"<body>{said}")) for *places, said in tiles] == [
        (str(n), str(n), [str(n), *THEMES[n - 1].label.split()]) for n in range(1, 9)
    ]


@pytest.mark.parametrize("path", ["/visites", "/recharge", "/urgences", "/vie-privee"])
def test_the_welcome_page_leads_to_all_the_rest(visitor: FlaskClient, path: str) -> None:
    assert path in LINK.findall(get(visitor, "/").text)


def test_each_partner_is_at_most_two_links_away(visitor: FlaskClient, content: Content) -> None:
    near = {link for path in THEME_PATHS for link in LINK.findall(get(visitor, path).text)}
    assert {f"/vers/{partner.address}" for partner in content.partners} <= near


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.key)
def test_a_theme_shows_each_partner_and_is_honest_about_the_internet(
    visitor: FlaskClient, content: Content, theme: Theme
) -> None:
    page = get(visitor, f"/{theme.number}").text
    for partner in content.partners_of(theme.key):
        for said in (partner.name, partner.sentence, f">{partner.address}<"):
            assert said in page
    assert "ne donne pas Internet" in page
    assert "Adresses encore à vérifier" in page


def test_addresses_are_called_verified_when_all_are_since_the_oldest_day(content: Content) -> None:
    partners = tuple(
        msgspec.structs.replace(partner, verified_on=date(2026, 11, 2) + timedelta(days=n))
        for n, partner in enumerate(content.partners)
    )
    phone = portal(msgspec.structs.replace(content, partners=partners)).test_client()
    assert "Adresses vérifiées le 2\xa0novembre\xa02026." in get(phone, "/1").text


@pytest.mark.parametrize("path", [path for path in [*PATHS, "/rien"] if path != "/"])
def test_back_is_always_there(visitor: FlaskClient, path: str) -> None:
    assert re.search(
        r'<a class="row back" href="/">.*<span>Retour</span>', get(visitor, path).text, re.DOTALL
    )


@pytest.mark.parametrize("path", [path for path in [*PATHS, "/rien"] if path != "/urgences"])
def test_emergencies_are_one_link_away(visitor: FlaskClient, path: str) -> None:
    assert "/urgences" in LINK.findall(get(visitor, path).text)


def test_emergency_numbers_call_or_text(visitor: FlaskClient) -> None:
    links = LINK.findall(get(visitor, "/urgences").text)
    assert [link for link in links if ":" in link][1:] == ["tel:112", "sms:114", "tel:115"]


def test_the_privacy_page_is_short(visitor: FlaskClient) -> None:
    assert len(words(get(visitor, "/vie-privee").text)) <= 120


def test_a_page_that_does_not_exist_leads_to_the_welcome_page(visitor: FlaskClient) -> None:
    answer = get(visitor, "/rien")
    assert answer.status_code == 404
    assert "Aller à la page d’accueil" in answer.text


def test_a_page_takes_no_post_and_says_what_it_takes(visitor: FlaskClient) -> None:
    answer = visitor.post("/1", base_url=f"http://{ADDRESS}")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert "Cette page se lit" in answer.text
    assert "n’existe pas" not in answer.text


def test_a_page_that_fails_says_so(content: Content) -> None:
    def fail() -> datetime:
        raise ArithmeticError

    answer = get(portal(content, now=fail).test_client(), "/")
    assert answer.status_code == 500
    assert "Cette page est en panne" in answer.text
    assert "n’existe pas" not in answer.text


def test_what_a_page_tells_to_do_can_be_done_where_a_phone_shows_it(visitor: FlaskClient) -> None:
    # A phone opens the portal in a sign-in sheet, where neither links elsewhere nor `tel:` work.
    assert "quittez ce Wi-Fi, ou demandez-nous" in get(visitor, "/1").text
    assert "Faites le numéro, ou touchez-le" in get(visitor, "/urgences").text


def test_nothing_is_logged_of_a_visit(
    visitor: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    for path in [*PATHS, "/rien"]:
        get(visitor, path)
    visitor.get("/hotspot-detect.html", base_url="http://captive.apple.com")
    assert caplog.records == []
