"""Imports go one way; the contracts stand in pyproject.toml."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, files

PROTOCOLS = ROOT / "device/triporteur_device/protocols"
# Input, output, clocks and threads: a protocol is given bytes and gives back readings.
IMPURE = {
    "asyncio", "logging", "multiprocessing", "os", "pathlib", "select", "selectors", "shutil",
    "signal", "socket", "sqlite3", "subprocess", "tempfile", "termios", "threading", "time", "tty",
}  # fmt: skip
PURE = sys.stdlib_module_names - IMPURE


def imported(source: Path, package: str) -> Iterator[str]:
    """Absolute names of the modules that a module of `package` imports."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: 1 - node.level or None] if node.level else []
            yield ".".join([*parents, *filter(None, [node.module])])


def is_sans_io(module: str) -> bool:
    inside = f"{module}.".startswith(("triporteur_wire.", "triporteur_device.protocols."))
    return inside or module.partition(".")[0] in PURE


@pytest.mark.parametrize("source", list(files(PROTOCOLS, "*.py")), ids=lambda path: path.stem)
def test_a_protocol_module_does_no_input_output(source: Path) -> None:
    package = ".".join(source.parent.relative_to(ROOT / "device").parts)
    assert [name for name in imported(source, package) if not is_sans_io(name)] == []


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("import struct", True),
        ("from triporteur_wire.quantities import QUANTITIES", True),
        ("from . import base", True),
        ("from .base import Frame", True),
        ("from time import monotonic", False),
        ("import os.path", False),
        ("import serial", False),
        ("from triporteur_wired import x", False),
        ("from ..link import Link", False),
        ("from triporteur_device.config import Config", False),
    ],
)
def test_the_rule_for_protocols_knows_its_cases(tmp_path: Path, line: str, allowed: bool) -> None:
    source = tmp_path / "module.py"
    source.write_text(line)
    found = imported(source, "triporteur_device.protocols")
    assert all(map(is_sans_io, found)) is allowed


def test_import_contracts_hold() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint_imports], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
