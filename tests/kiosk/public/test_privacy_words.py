"""What pages say of privacy is what is so: with the legal log, and without."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.kiosk.public.desk import Desk, edition
from tests.kiosk.public.keeper import keeping
from tests.kiosk.public.portal import ADDRESS, PATHS, portal
from tests.kiosk.public.test_pages import words
from triporteur_kiosk.config import load
from triporteur_kiosk.public.content import Content
from triporteur_kiosk.public.editions import Editions
from triporteur_kiosk.public.gate import Gate
from triporteur_kiosk.public.pages import MAX_PAGE_BYTES

NOTHING = "On n’enregistre rien sur vous"
A_YEAR = "gardée un an"


def text(phone: FlaskClient, path: str) -> str:
    page = phone.get(path, base_url=f"http://{ADDRESS}").text
    return " ".join(words(page))


@pytest.fixture
def told(content: Content, tmp_path: Path) -> FlaskClient:
    """A phone where the gate offers the Internet and keeps the legal log."""
    return portal(content, gate=Gate(tmp_path, patience_s=60), legal_log=True).test_client()


def test_without_a_log_nothing_is_said_of_one(content: Content, tmp_path: Path) -> None:
    phone = portal(content, gate=Gate(tmp_path, patience_s=60)).test_client()
    with keeping(tmp_path):
        said = [text(phone, path) for path in PATHS]
    assert not [page for page in said if A_YEAR in page]
    assert NOTHING in text(phone, "/")
    assert NOTHING in text(phone, "/vie-privee")


def test_with_a_log_no_page_says_that_nothing_is_kept(told: FlaskClient, tmp_path: Path) -> None:
    with keeping(tmp_path):
        assert not [path for path in PATHS if NOTHING in text(told, path)]


@pytest.mark.parametrize("path", ["/", "/internet", "/vie-privee"])
def test_with_a_log_it_is_told_before_anybody_asks_and_what_it_keeps(
    told: FlaskClient, tmp_path: Path, path: str
) -> None:
    with keeping(tmp_path):
        page = told.get(path, base_url=f"http://{ADDRESS}").text
    assert A_YEAR in page
    assert len(page.encode()) <= MAX_PAGE_BYTES
    assert "/vie-privee" in re.findall(r'href="([^"]*)"', page) or path == "/vie-privee"


def test_what_the_log_keeps_is_said_in_few_plain_words(told: FlaskClient) -> None:
    said = text(told, "/vie-privee")
    for kept in ("quand", "combien de données", "numéros de votre téléphone"):
        assert kept in said
    for not_kept in ("Ni votre nom, ni les sites", "Pas de liste de vos pages"):
        assert not_kept in said
    assert "sous clé, pour la police ou un juge, puis effacée" in said
    assert len(said.split()) <= 120


def test_whatever_content_is_shown_the_log_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    editions = Editions(desk.places, legal_log=True)
    for pushed in (None, edition(1, "rien"), edition(2, "rien du tout"), b""):
        if pushed is not None:
            desk.push(pushed)
            editions.look()
        assert A_YEAR in editions.pages.fixed["/vie-privee"].decode()
    desk.push(edition(3, "rien"))
    editions.look()
    assert A_YEAR in Editions(desk.places, legal_log=True).pages.fixed["/vie-privee"].decode()


@pytest.mark.parametrize(
    ("gate", "kept"),
    [
        ("", False),
        ('interface = "wlan0"\naccess = "open"', False),
        ('interface = "wlan0"\naccess = "open"\nlegal_log = "/etc/triporteur/legal.pem"', True),
        # Nobody is let through, so there is nobody to note.
        ('interface = "wlan0"\naccess = "local"\nlegal_log = "/etc/triporteur/legal.pem"', False),
        ('interface = "wlan0"\naccess = "partners"\nlegal_log = "/etc/legal.pem"', False),
        ('access = "open"\nlegal_log = "/etc/triporteur/legal.pem"', False),
    ],
)
def test_the_portal_knows_by_the_gates_own_table(tmp_path: Path, gate: str, kept: bool) -> None:
    path = tmp_path / "unit.toml"
    path.write_text(f'[unit]\nname = "ben"\n[gate]\n{gate}\n')
    assert load(path).legal_log is kept
