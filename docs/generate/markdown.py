"""The little Markdown that generated documents need."""

from collections.abc import Iterable, Sequence

MADE = "<!-- Made by `python -m docs.generate`: change the code it is made from, not this file. -->"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; an empty cell says that there is nothing to say."""
    return "".join(map(_line, [heads, ["---"] * len(heads), *rows]))


def code(word: str) -> str:
    return f"`{word}`" if word else ""


def _line(cells: Sequence[str]) -> str:
    escaped = (cell.replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(escaped)} |\n"
