"""The content file is taken whole or refused with every fault named."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kiosk.public.portal import (
    ADDRESS,
    CONTENT_FILE,
    NOON,
    PATHS,
    eight_partners,
    portal,
)
from triporteur_kiosk.public.content import Content
from triporteur_kiosk.public.content_file import ContentFaults, load_content
from triporteur_kiosk.public.pages import MAX_PAGE_BYTES
from triporteur_kiosk.public.themes import THEMES, Theme

pytestmark = pytest.mark.slow


def faults_of(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentFaults) as caught:
        load_content(path)
    return list(caught.value.faults)


@pytest.fixture
def shipped() -> str:
    return CONTENT_FILE.read_text(encoding="utf-8")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "content.toml"


def test_the_shipped_content_claims_no_verification_and_plans_no_visit(content: Content) -> None:
    assert {partner.verified_on for partner in content.partners} == {None}
    assert content.visits == ()
    assert [emergency.number for emergency in content.emergencies] == ["112", "114", "115"]


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.key)
def test_every_theme_has_partners(content: Content, theme: Theme) -> None:
    assert content.partners_of(theme.key)


def test_sentences_are_short(content: Content) -> None:
    long = [p.sentence for p in content.partners if len(p.sentence.split()) > 15]
    assert long == []


def test_all_faults_are_told_at_once(file: Path, shipped: str) -> None:
    text = (
        shipped.replace('privacy = "On n’enregistre rien sur vous."\n', "")
        .replace('"https://www.caf.fr/"', '"http://www.caf.fr/compte"')
        .replace('themes = ["travail"]', 'themes = ["jobs"]')
        .replace('reach = "text"', 'reach = "fax"')
        .replace('name = "Pix"', 'name = "Pix"\nlogo = "pix.png"')
        .replace('verified = "to verify"', 'verified = "yes"', 1)
    ) + '\n[[visit]]\ndate = "demain"\nfrom = 14:00:00\nto = 17:00:00\nplace = ""\n[tile]\n'
    assert faults_of(file, text) == [
        "tile: found this table, expected phrases, partner, shared, emergency, visit",
        "phrases, privacy: found nothing, expected one sentence of 1 to 120 characters",
        "partner 1, verified: found 'yes', expected a date such as 2026-11-02, or \"to verify\"",
        "partner 3, url: found 'http://www.caf.fr/compte', expected the https address of a home "
        'page, such as "https://www.caf.fr/"',
        "partner 4, themes: found ['jobs'], expected a list of themes among sante, famille, "
        "travail, papiers, logement, argent, numerique, manger-dormir",
        "partner 16, logo: found this key, expected name, url, sentence, themes, verified, garden, "
        "shared",
        'emergency 2, reach: found \'fax\', expected "call" or "text"',
        "visit 1, date: found 'demain', expected a date without quotes, such as 2026-12-02",
        "visit 1, place: found '', expected a name of 1 to 40 characters",
    ]


def test_a_theme_without_partner_and_a_visit_that_ends_first_are_faults(
    file: Path, shipped: str
) -> None:
    text = shipped.replace('"manger-dormir"', '"sante"')
    text += "\n[[visit]]\ndate = 2026-12-02\nfrom = 17:00:00\nto = 14:00:00\nplace = 'Ici'\n"
    assert faults_of(file, text) == [
        "partner, themes: found 0 of manger-dormir, expected 1 to 8",
        "visit 1, to: found 14:00:00, expected later than 17:00:00",
    ]


def planned(character: str) -> str:
    """Sixty visits, each to a place of the longest name."""
    return "".join(
        f"\n[[visit]]\ndate = 2026-{11 + n // 30}-{1 + n % 30:02}\nfrom = 14:00:00\n"
        f'to = 17:30:00\nplace = "{character * 40}"\n'
        for n in range(60)
    )


# Written as `&#39;`, `&amp;` and `&lt;` in a page.
@pytest.mark.parametrize("character", ["'", "&", "<"])
def test_a_page_that_grows_too_heavy_is_a_fault_with_its_size(file: Path, character: str) -> None:
    (fault,) = faults_of(file, eight_partners(character))
    found = re.fullmatch(r"page /1: found (\d+) bytes, expected at most 14336; .*", fault)
    assert found
    assert int(found[1]) > MAX_PAGE_BYTES


def heaviest(content: Content, now: datetime) -> int:
    """The size of the heaviest page at that time."""
    phone = portal(content, now=lambda: now).test_client()
    return max(len(phone.get(path, base_url=f"http://{ADDRESS}").data) for path in PATHS)


@pytest.mark.parametrize("character", ["é", "'", "\N{TRIANGULAR FLAG ON POST}"])
def test_an_agenda_that_is_taken_is_light_on_every_day(
    file: Path, shipped: str, character: str
) -> None:
    file.write_text(shipped + planned(character), encoding="utf-8")
    content = load_content(file)
    sizes = [heaviest(content, NOON + timedelta(days=days)) for days in range(-30, 30, 7)]
    assert max(sizes) <= MAX_PAGE_BYTES


def test_eight_partners_with_french_texts_of_the_greatest_length_fit(file: Path) -> None:
    file.write_text(eight_partners("é"), encoding="utf-8")
    assert heaviest(load_content(file), NOON) <= MAX_PAGE_BYTES


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("emergency 1, number", 'number = "112"'),
        ("partner 1, name", 'name = "Assurance maladie"'),
        ("partner 1, url", 'url = "https://www.ameli.fr/"'),
    ],
)
def test_a_line_end_in_a_text_is_a_fault(file: Path, shipped: str, key: str, line: str) -> None:
    (fault,) = faults_of(file, shipped.replace(line, f'{line[:-1]}\\n"'))
    assert fault.startswith(f"{key}: found ")


def test_tables_of_the_wrong_shape_are_faults(file: Path) -> None:
    assert faults_of(file, "phrases = 3\nvisit = 4\npartner = [5]\n") == [
        "phrases: found 3, expected a table",
        "partner 1: found 5, expected a table",
        "visit: found 4, expected tables headed [[visit]]",
    ]


def test_the_error_names_the_file_at_each_fault(file: Path) -> None:
    file.write_text("phrases = 3\nvisit = 4\n")
    with pytest.raises(ContentFaults) as caught:
        load_content(file)
    assert str(caught.value).count(str(file)) == len(caught.value.faults) == 2


@pytest.mark.parametrize("text", ["[[partner]\n", "a = 1\na = 2\n"])
def test_what_is_not_toml_is_one_fault(file: Path, text: str) -> None:
    (fault,) = faults_of(file, text)
    assert fault.startswith("cannot be read as TOML: ")


def test_a_file_that_is_not_there_is_a_fault(file: Path) -> None:
    with pytest.raises(ContentFaults, match="cannot be read as TOML"):
        load_content(file)


@given(text=st.text(st.sampled_from('[]{}="\n,.0123-: partneruvisthmd'), max_size=120))
def test_any_text_is_content_or_faults(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    assert faults_of(tmp_path_factory.getbasetemp() / "any.toml", text)
