"""House rules that a reviewer should not have to remember."""

import re
from pathlib import Path

import pytest

from tests.architecture.tree import FOLDERS, PRODUCT, ROOT, files, kept_files, name, text

LONGEST_LINES = 400
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|NotImplemented" r"Error)\b")


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_top_folder_says_what_it_is(folder: str) -> None:
    assert (ROOT / folder / "README.md").is_file()


def test_no_python_file_is_too_long() -> None:
    lengths = {name(path): text(path).count("\n") for path in kept_files() if path.suffix == ".py"}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_LINES} == {}


@pytest.mark.parametrize("folder", PRODUCT)
def test_nothing_in_the_product_is_unfinished(folder: str) -> None:
    unfinished: list[Path] = [
        path for path in files(ROOT / folder) if UNFINISHED.search(text(path))
    ]
    assert unfinished == []
