"""Documents say what the code does: each is compared with it here, by what it says."""

import argparse
import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

import triporteur_depot.__main__ as depot_command
import triporteur_depot.config as depot_config
import triporteur_device.__main__ as device_command
import triporteur_device.config as device_config
import triporteur_kiosk.__main__ as kiosk_command
import triporteur_kiosk.config as kiosk_config
from docs.generate import DOCUMENTS, FOLDER, configuration
from docs.generate.keys import DEPOT, UNIT, Table
from tests.architecture.tree import files, name
from triporteur_wire.configuration import DEPOT_TABLES, UNIT_TABLES

PAGES = list(files(FOLDER, "*.md"))
EXAMPLES = {"unit.toml": UNIT, "depot.toml": DEPOT}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_generated_document_is_what_the_code_says(document: str) -> None:
    written = (FOLDER / document).read_text(encoding="utf-8")
    assert written == DOCUMENTS[document](), "run: python -m docs.generate"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_the_index_names_every_document() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| \[([^]]+)", index, re.MULTILINE)
    there = [path for path in FOLDER.iterdir() if path.name[0] not in "._"]
    names = {path.name + "/" * path.is_dir() for path in there}
    assert set(told) == names - {"README.md", "generate/"}


# Configuration


@pytest.mark.parametrize(
    ("tables", "known"), [(UNIT, UNIT_TABLES), (DEPOT, DEPOT_TABLES)], ids=["unit", "depot"]
)
def test_every_table_is_told_once(tables: tuple[Table, ...], known: frozenset[str]) -> None:
    assert sorted(table.name for table in tables) == sorted(known)


@pytest.mark.parametrize("table", UNIT + DEPOT, ids=lambda table: table.kind.__qualname__)
def test_every_key_of_a_table_is_told_and_no_other(table: Table) -> None:
    assert set(table.keys) == {field.name for field in msgspec.structs.fields(table.kind)}


@pytest.mark.parametrize(
    "room", [device_config, kiosk_config, depot_config], ids=lambda r: r.__name__
)
def test_every_struct_that_checks_a_table_is_one_that_is_told(room: object) -> None:
    told = [fields(table.kind) for table in UNIT + DEPOT]
    checking = [
        kind for kind in vars(room).values() if getattr(kind, "__name__", "").endswith("Table")
    ]
    assert checking
    assert [kind for kind in checking if fields(kind) not in told] == []


def fields(kind: type[msgspec.Struct]) -> list[tuple[str, object, object]]:
    """What makes two structs the same table, in whichever room."""
    return [(field.name, field.type, field.default) for field in msgspec.structs.fields(kind)]


def test_the_example_for_a_unit_is_taken_by_the_agent_and_by_the_kiosk() -> None:
    path = FOLDER / "examples" / "unit.toml"
    assert len(device_config.load(path).sources) == 5
    assert kiosk_config.load(path).unit.name == "ben"


def test_the_example_for_a_depot_shows_its_defaults(tmp_path: Path) -> None:
    (empty := tmp_path / "empty.toml").touch()
    assert depot_config.load(FOLDER / "examples" / "depot.toml") == depot_config.load(empty)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_has_every_key(example: str) -> None:
    found = tomllib.loads((FOLDER / "examples" / example).read_text(encoding="utf-8"))
    for table in EXAMPLES[example]:
        entries = found[table.name] if table.many else [found[table.name]]
        assert {key for entry in entries for key in entry} == set(table.keys), table.name


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_explains_every_key_with_its_unit(example: str) -> None:
    lines = (FOLDER / "examples" / example).read_text(encoding="utf-8").splitlines()
    explained = {
        line.partition(" = ")[0]: above
        for above, line in pairwise(lines)
        if " = " in line and above.startswith("# ")
    }
    assert set(explained) == {key for table in EXAMPLES[example] for key in table.keys}
    for key, comment in explained.items():
        assert configuration.unit_of(key) in comment.lower(), key


# Commands


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command of every program, with what reads its arguments."""
    for program in (device_command._parser(), kiosk_command._parser(), depot_command._parser()):
        for action in program._actions:
            if isinstance(action, argparse._SubParsersAction):
                yield from ((f"{program.prog} {word}", one) for word, one in action.choices.items())


COMMANDS = dict(parsers())


def told_usages() -> dict[str, str]:
    """Of every command in commands.md, what follows its name."""
    page = (FOLDER / "commands.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^- `(triporteur-\w+ [\w-]+) ?([^`]*)`", page, re.MULTILINE))


def test_every_command_is_told_and_no_other() -> None:
    assert set(told_usages()) == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_told_with_what_it_takes(command: str) -> None:
    taken = [action for action in COMMANDS[command]._actions if action.dest != "help"]
    options = {option for action in taken for option in action.option_strings}
    words = {str(a.metavar or a.dest).upper() for a in taken if not a.option_strings}
    usage = told_usages()[command]
    assert set(re.findall(r"--[a-z-]+", usage)) == options
    bare = re.sub(r"\[[^]]*\]|--\S+ \S+|…", "", usage)
    assert set(bare.split()) == words
