"""docs/updates.md beside the code: what it says of the way over the air."""

import re
from pathlib import Path

from docs.generate import FOLDER
from triporteur_depot.__main__ import _parser
from triporteur_depot.config import DatabaseTable
from triporteur_depot.releases.kept import Kept
from triporteur_device.updates import budget, damages
from triporteur_wire.requests import MAX_PIECE_BYTES

PAGE = (FOLDER / "updates.md").read_text(encoding="utf-8")


def test_every_command_it_names_can_be_typed() -> None:
    named = r"`triporteur-depot ([^`]+)`|^    sudo triporteur-depot (.+)$"
    typed = re.findall(named, PAGE, re.MULTILINE)
    assert len(typed) > 5
    for words in typed:
        _parser().parse_args("".join(words).split())


def test_its_figures_and_places_are_those_of_the_code() -> None:
    assert MAX_PIECE_BYTES == 32 * 1024
    assert "32 kB at a time" in PAGE
    assert budget._SHARE == 0.5
    assert "at most half of what the month's budget has left" in PAGE
    assert damages._MOST == 3
    assert "the third time that is the end" in " ".join(PAGE.split())
    kept = Kept.beside(Path(DatabaseTable().path))
    assert f"`{kept.folder}/`" in PAGE
