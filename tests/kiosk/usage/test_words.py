"""What can be counted is a closed list, and a header never adds to it."""

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.kiosk.public.portal import ADDRESS, PATHS, portal
from triporteur_kiosk.public.content import Content
from triporteur_kiosk.usage.counts import Counts
from triporteur_kiosk.usage.words import PAGES, WORDS, language


@pytest.mark.parametrize(
    ("accepted", "word"),
    [
        ("fr", "language:fr"),
        ("fr-FR,fr;q=0.9,en;q=0.8", "language:fr"),
        ("AR-dz", "language:ar"),
        (" pt ;q=1", "language:pt"),
        ("en-GB-oxendict", "language:en"),
        ("ka,fr", "language:other"),
        ("*", "language:other"),
        ("français", "language:other"),
        ("", None),
        (",fr", None),
    ],
)
def test_the_first_language_counts_and_a_rare_one_is_not_named(
    accepted: str, word: str | None
) -> None:
    assert language(accepted) == word


@given(st.text())
def test_no_header_makes_a_word_of_its_own(accepted: str) -> None:
    assert language(accepted) in {None, *WORDS}


def test_every_page_has_its_word(content: Content) -> None:
    app = portal(content)
    no_pages = {"/vers/<address>"}
    assert {rule.rule for rule in app.url_map.iter_rules()} == set(PAGES) | no_pages
    assert len(set(PAGES.values())) == len(PAGES) == len(PATHS)


def counted(content: Content) -> tuple[FlaskClient, Counts]:
    counts = Counts()
    return portal(content, counts=counts).test_client(), counts


def test_a_page_counts_when_it_is_served(content: Content) -> None:
    visitor, counts = counted(content)
    for path in [*PATHS, "/1/"]:
        assert visitor.get(path, base_url=f"http://{ADDRESS}").status_code == 200
    assert counts.take() == dict.fromkeys(PAGES.values(), 1) | {"page:sante": 2}


def test_what_is_no_page_does_not_count(content: Content) -> None:
    visitor, counts = counted(content)
    visitor.get("/rien", base_url=f"http://{ADDRESS}", headers={"Accept-Language": "fr"})
    visitor.post("/1", base_url=f"http://{ADDRESS}")
    visitor.head("/1", base_url=f"http://{ADDRESS}")
    visitor.options("/1", base_url=f"http://{ADDRESS}")
    visitor.get("/1", base_url="http://example.org")
    assert counts.take() == {}


def test_a_probe_counts_whoever_made_the_phone(content: Content) -> None:
    visitor, counts = counted(content)
    visitor.get("/hotspot-detect.html", base_url="http://captive.apple.com")
    visitor.get("/generate_204", base_url="http://connectivitycheck.gstatic.com:80")
    visitor.get("/else", base_url="http://captive.apple.com")
    assert counts.take() == {"probe": 2}
