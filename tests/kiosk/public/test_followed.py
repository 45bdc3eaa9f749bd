"""Links to partners: each leads to that very site and counts one opening; none leads elsewhere."""

from collections import Counter

import msgspec
import pytest
from flask.testing import FlaskClient

from tests.kiosk.public.portal import ADDRESS, NO_GATE, NOON, portal
from triporteur_kiosk.public.app import create_app
from triporteur_kiosk.public.content import Content
from triporteur_kiosk.public.pages import Pages
from triporteur_kiosk.usage.counts import Counts

BASE = f"http://{ADDRESS}"


@pytest.fixture
def counts() -> Counts:
    return Counts()


@pytest.fixture
def phone(content: Content, counts: Counts) -> FlaskClient:
    return portal(content, counts=counts).test_client()


def test_each_partner_is_led_to_and_its_opening_counted(
    phone: FlaskClient, content: Content, counts: Counts
) -> None:
    for partner in content.partners:
        answer = phone.get(f"/vers/{partner.address}", base_url=BASE)
        assert (answer.status_code, answer.location) == (303, partner.url)
    opened = Counter(f"partner:{partner.address}" for partner in content.partners)
    assert counts.take() == opened


def test_who_follows_a_link_tells_the_site_nothing_and_is_counted_by_nothing_else(
    phone: FlaskClient, counts: Counts
) -> None:
    for _ in range(2):
        said = {"Accept-Language": "ar", "Referer": f"{BASE}/1"}
        answer = phone.get("/vers/www.caf.fr", base_url=BASE, headers=said)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert counts.take() == {"partner:www.caf.fr": 2}


@pytest.mark.parametrize(
    "address",
    [
        "www.example.com",
        "caf.fr",
        "WWW.CAF.FR",
        "www.caf.fr.example.com",
        "www.caf.fr/compte",
        "www.caf.fr%2f..",
        "https://www.caf.fr/",
        "//www.caf.fr",
        "",
    ],
)
def test_nobody_is_led_to_where_no_partner_is(
    phone: FlaskClient, counts: Counts, address: str
) -> None:
    answer = phone.get(f"/vers/{address}", base_url=BASE)
    assert answer.status_code == 404
    assert "Location" not in answer.headers
    assert "Cette page n’existe pas" in answer.text
    assert counts.take() == {}


def test_only_a_get_opens_a_site(phone: FlaskClient, counts: Counts) -> None:
    assert phone.head("/vers/www.caf.fr", base_url=BASE).status_code == 303
    assert phone.post("/vers/www.caf.fr", base_url=BASE).status_code == 405
    captured = phone.get("/vers/www.caf.fr", base_url="http://www.example.com")
    assert captured.location == f"{BASE}/"
    assert counts.take() == {}


def test_a_partner_of_another_content_is_no_partner(content: Content, counts: Counts) -> None:
    contents = [content]
    app = create_app(lambda: Pages(contents[-1]), ADDRESS, lambda: NOON, counts, NO_GATE)
    phone = app.test_client()
    assert phone.get("/vers/www.caf.fr", base_url=BASE).status_code == 303
    others = tuple(one for one in content.partners if one.address != "www.caf.fr")
    contents.append(msgspec.structs.replace(content, partners=others))
    assert phone.get("/vers/www.caf.fr", base_url=BASE).status_code == 404
