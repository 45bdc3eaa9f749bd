"""docs/console.md beside the code: what it quotes is what is said, and its figures are ours."""

import re

import pytest

from tests.architecture.tree import ROOT, files
from triporteur_kiosk.console.access import phones
from triporteur_kiosk.console.access.pairing import VALID_MINUTES, WRONG_CODES
from triporteur_wire.consoles import DOMAIN

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs/console.md").read_text(encoding="utf-8")
#: A browser's own words, and a heading of the page itself.
OTHERS = {
    "Votre connexion n’est pas privée", "Paramètres avancés", "Continuer", "Afficher les détails",
    "visiter ce site", "The name",
}  # fmt: skip


def said() -> str:
    """Every word of the code, on one line: a sentence may go over several."""
    rooms = (
        "kiosk/triporteur_kiosk",
        "device/triporteur_device/identity",
        "broker/triporteur_depot",
    )
    texts = [
        path.read_text(encoding="utf-8")
        for room in rooms
        for path in files(ROOT / room)
        if path.suffix in (".py", ".html")
    ]
    return plain(re.sub(r'"\n\s+f?"', "", "\n".join(texts)))


def plain(text: str) -> str:
    for mark, space in (("\\u202f", " "), ("\\u00a0", " "), ("\u202f", " "), ("\u00a0", " ")):
        text = text.replace(mark, space)
    return " ".join(text.split())


def quoted() -> list[str]:
    found = re.findall(r"« ?([^»]+?) ?»", plain(PAGE))
    return sorted(set(found) - OTHERS)


def logged() -> list[str]:
    """What the table says that logs say; where a word varies, its parts."""
    rows = re.findall(r"^\| `([^`]+)`", PAGE, re.MULTILINE)
    return [
        part.strip()
        for row in rows
        for part in re.split("…", row)
        if not part.startswith("triporteur-")
    ]


@pytest.mark.parametrize("words", quoted())
def test_what_a_mediator_is_said_to_see_is_on_the_page(words: str) -> None:
    assert words.rstrip(".") in said()


@pytest.mark.parametrize("words", logged())
def test_what_a_log_is_said_to_say_is_in_the_code(words: str) -> None:
    without_its_start = words.removeprefix("console: ")
    assert without_its_start in said()


def test_its_figures_are_the_code_s() -> None:
    text = plain(PAGE)
    assert f"good for {VALID_MINUTES} minutes" in text
    assert "After five wrong codes" in text
    assert WRONG_CODES == 5
    assert f"again after {phones.KEPT.days} days" in text
    assert f"after {phones.IDLE.days} days without a visit" in text
    assert f"| {phones.MOST} are |" in text
    assert f"<unit>.{DOMAIN}" in text
