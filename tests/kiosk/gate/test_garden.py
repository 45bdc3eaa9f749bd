"""Partners' names come from the content that is shown, and follow it."""

import logging
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from triporteur_kiosk.gate.garden import GardenNames

CONTENT = ROOT / "kiosk" / "content" / "content.toml"


def test_the_names_follow_the_file_and_outlive_a_bad_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = CONTENT.read_text(encoding="utf-8")
    (file := tmp_path / "content.toml").write_text(good, encoding="utf-8")
    garden = GardenNames(file, tmp_path / "kept.json")
    before = garden.names
    assert before
    assert not garden.look()
    replaced(file, good.replace("www.caf.fr", "www.other.example"))
    assert garden.look()
    assert set(garden.names) - set(before) == {"www.other.example"}
    after = garden.names
    replaced(file, "[phrases]\n")
    with caplog.at_level(logging.ERROR):
        assert not garden.look()
        assert not garden.look()
    assert garden.names == after
    assert len(caplog.records) == 1


def replaced(file: Path, text: str) -> None:
    (other := file.with_suffix(".new")).write_text(text, encoding="utf-8")
    other.replace(file)


def test_without_a_good_content_there_is_no_garden(tmp_path: Path) -> None:
    assert GardenNames(tmp_path / "absent.toml", tmp_path / "kept.json").names == ()
