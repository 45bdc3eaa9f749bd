"""udev rules: every line is one, every jump lands, and udev itself agrees where it can be asked."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, files

RULES = list(files(ROOT / "systemd" / "udev", "*.rules"))
#: One key of a rule: NAME or NAME{attribute}, an operator, a value in quotes.
KEY = r'[A-Z_]+(?:\{[\w./-]+\})?\s*(?:==|!=|\+=|:?=)\s*"[^"]*"'
RULE = re.compile(rf"{KEY}(?:,\s*{KEY})*")


def rules(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_every_line_is_a_rule_and_every_jump_lands_below(path: Path) -> None:
    assert [line for line in rules(path) if not RULE.fullmatch(line)] == []
    labels: list[str] = []
    for line in reversed(rules(path)):
        labels += re.findall(r'^LABEL="(\w+)"', line)
        assert set(re.findall(r'GOTO="(\w+)"', line)) <= set(labels), line


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_udev_finds_no_fault(path: Path) -> None:
    """`udevadm verify` came with systemd 254; before, and without udev, nobody can be asked."""
    udevadm = shutil.which("udevadm")
    if udevadm and done([udevadm, "verify", "--help"]).returncode == 0:
        verified = done([udevadm, "verify", str(path)])
        assert verified.returncode == 0, verified.stdout + verified.stderr


def done(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_names_are_given_behind_the_rules_that_find_the_socket() -> None:
    assert [path.name for path in RULES if path.name <= "60-serial.rules"] == []
