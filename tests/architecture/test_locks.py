"""Locks pin every package by hash, and no file names where packages come from."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, kept_files, name, text

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PINNED = re.compile(r"([a-z0-9-]+)==[^ ;]+( ; [^\\]+?)?( --hash=sha256:[0-9a-f]{64})+")
_ALL = ("device", "kiosk", "depot")
EXTRAS = {"demo": _ALL, "test": _ALL, "unit": ("device", "kiosk"), "depot": ("depot",)}
GROUPS = {"demo": ("build",), "test": ("build", "test"), "unit": (), "depot": ()}
# Each in two halves, so that this file may be searched too.
ELSEWHERE = [
    left + right
    for left, right in [
        ("py", "pi.org"),
        ("pythonho", "sted.org"),
        ("piwh", "eels.org"),
        ("deb.deb", "ian.org"),
        ("archive.rasp", "berrypi"),
        ("registry.np", "mjs.org"),
        ("cra", "tes.io"),
        ("/wo", "rk/"),
        ("/ro", "ot/"),
        ("fi", "le:///"),
    ]
]


def requirements(lock: Path) -> list[str]:
    """The requirements of a lock, each with its hashes on one line."""
    lines = [line for line in text(lock).splitlines() if not line.lstrip().startswith("#")]
    return re.sub(r"\s*\\\n\s*", " ", "\n".join(lines)).splitlines()


def pinned(lock: Path) -> set[str]:
    return {line.partition("==")[0] for line in requirements(lock)}


def test_there_is_a_lock_to_run_a_lock_to_test_and_one_for_each_package() -> None:
    assert [lock.stem for lock in LOCKS] == ["demo", "depot", "test", "unit"]


@pytest.mark.parametrize("lock", LOCKS, ids=name)
def test_every_requirement_is_pinned_with_hashes(lock: Path) -> None:
    assert [line for line in requirements(lock) if not PINNED.fullmatch(line)] == []


def test_locks_pin_alike() -> None:
    demo, depot, test, unit = (set(requirements(lock)) for lock in LOCKS)
    assert depot | unit <= demo <= test


@pytest.mark.parametrize("lock", LOCKS, ids=name)
def test_a_lock_has_what_the_project_asks_for(lock: Path) -> None:
    pyproject = tomllib.loads(text(ROOT / "pyproject.toml"))
    asked = [*pyproject["project"]["dependencies"]]
    for extra in EXTRAS[lock.stem]:
        asked += pyproject["project"]["optional-dependencies"][extra]
    for group in GROUPS[lock.stem]:
        asked += pyproject["dependency-groups"][group]
    names = {re.split(r"[^a-z0-9-]", requirement)[0] for requirement in asked}
    assert names - pinned(lock) == set(), "run make lock"


@pytest.mark.parametrize("lock", LOCKS, ids=name)
def test_a_lock_names_no_host_and_no_folder(lock: Path) -> None:
    assert re.findall(r".*(?:://|\s/|--index).*", text(lock)) == []


def test_no_file_names_a_package_registry_or_a_build_machine() -> None:
    texts = ((name(path), text(path)) for path in kept_files())
    named = [(file, word) for file, said in texts for word in ELSEWHERE if word in said]
    assert named == []
