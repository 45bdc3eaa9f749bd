"""The guides beside the code: commands can be typed, checks are made, words are shown."""

import re
from pathlib import Path

import pytest

from docs.generate import FOLDER
from tests.architecture.test_documents import COMMANDS
from tests.architecture.tree import ROOT, files, name, text
from tests.depot.authority.commanded import Depot
from tests.device.doctor.patient import Patient
from tests.kiosk.gate.planned import configured
from triporteur_depot import doctor as of_depot
from triporteur_depot.config import load as load_depot
from triporteur_device import doctor as of_device
from triporteur_kiosk import doctor as of_kiosk

GUIDES = list(files(FOLDER / "guides", "*.md"))
WRONG = text(FOLDER / "guides" / "when-something-is-wrong.md")
FRENCH = text(FOLDER / "guides" / "utiliser-le-triporteur.md")
#: What a person says, or a phone of its own, and no page of ours.
SPOKEN = {"—", "touchez le 4", "puis-je partir ?"}


def checks_told(heading: str) -> set[str]:
    """The names in the first column of a table of checks."""
    section = WRONG.partition(heading)[2].partition("\n## ")[0]
    rows = [row for row in section.splitlines() if row.startswith("| `")]
    return {word for row in rows for word in re.findall(r"`([^`]+)`", row.split(" | ")[0])}


@pytest.mark.parametrize("guide", GUIDES, ids=name)
def test_every_command_of_a_guide_is_one(guide: Path) -> None:
    typed = re.findall(r"\b(triporteur-(?:device|kiosk|depot) [a-z][a-z-]*)\b", text(guide))
    assert [words for words in typed if words not in COMMANDS] == []


def test_every_check_of_a_unit_is_told_and_no_other(tmp_path: Path) -> None:
    patient = Patient(tmp_path)
    config = patient.configured()
    made = {about for about, _ in of_device.checks(config, patient.bedside())}
    kiosk = configured(tmp_path, 'interface = "wlan0"')
    made |= {about for about, _ in of_kiosk.checks(kiosk, of_kiosk.Bedside())}
    named = {re.sub(r"^(port|source) .*", r"\1 …", about) for about in made}
    assert checks_told("## What each check of a unit looks at") == named | {"unit.toml"}


def test_every_check_of_a_depot_is_told_and_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    depot = Depot(tmp_path, capsys)
    depot.says("broker")
    config = load_depot(tmp_path / "depot.toml")
    made = {about for about, _ in of_depot.checks(config, of_depot.Bedside(0))}
    assert checks_told("## What each check of a depot looks at") == made | {"depot.toml"}


def test_what_is_seen_leads_to_checks_that_are_made() -> None:
    seen = WRONG.partition("## By what you see")[2].partition("\n## ")[0]
    rows = [row for row in seen.splitlines() if row.startswith("| ")][2:]
    led_to = {word for row in rows for word in re.findall(r"`([^`]+)`", row.split(" | ")[1])}
    assert led_to <= checks_told("## What each check of a unit looks at")
    assert len(rows) > 8


def shown() -> str:
    """Every French word in the code, pieces put together, spaces plain."""
    parts = [*files(ROOT / "kiosk"), *files(ROOT / "wire", "*.py")]
    code = "".join(text(path) for path in parts if path.suffix in {".py", ".html", ".toml"})
    return plain(re.sub(r'"\s*\n\s*f?"', "", code))


def plain(words: str) -> str:
    spaced = re.sub(r"&#8239;|\{_\w+\}|[\u202f\u00a0]", " ", words)
    return re.sub(r"\s+", " ", spaced).lower()


def test_the_words_of_screens_in_the_french_guide_are_shown() -> None:
    quoted = {plain(words).strip() for words in re.findall(r"«([^»]+)»", FRENCH)} - SPOKEN
    code = shown()
    # « Branchez encore 40 min »: the time is made when it is said.
    said = {re.sub(r" \d.*", "", words) for words in quoted}
    assert len(said) > 8
    assert [words for words in said if words not in code] == []
