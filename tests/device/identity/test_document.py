"""docs/enrolment.md beside the code: what it says a unit says, a unit says."""

import re

import pytest

from docs.generate import FOLDER
from tests.architecture.tree import ROOT
from triporteur_device.config import IdentityTable

PAGE = (FOLDER / "enrolment.md").read_text(encoding="utf-8")
SAID = [
    words
    for cell in re.findall(r"^\| (`[^|]+) \| [^|]+ \| [^|]+ \|$", PAGE, re.MULTILINE)
    for words in re.findall(r"`([^`]+)`", cell)
]


def sentences() -> str:
    """Every text in the code of the identity, whole though it is written in pieces."""
    code = (ROOT / "device/triporteur_device/identity").glob("*.py")
    joined = "".join(path.read_text(encoding="utf-8") for path in code)
    return re.sub(r'"\s*\n\s*f?"', "", joined)


def test_there_are_sentences_to_look_for() -> None:
    assert len(SAID) > 15


@pytest.mark.parametrize("words", SAID)
def test_a_sentence_of_the_page_is_one_that_the_code_says(words: str) -> None:
    assert words in sentences()


def test_the_folder_is_the_default_one() -> None:
    assert f"`{IdentityTable().directory}`" in PAGE
