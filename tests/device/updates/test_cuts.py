"""An update that is ended at any line leaves the old release running whole, or the new one."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.architecture.tree import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """In RAM where there is room: each update waits for the disk else."""
    ram = Path("/dev/shm")
    with TemporaryDirectory(dir=ram if ram.is_dir() else tmp_path) as path:
        yield Path(path)


def cuts(folder: Path, how: str) -> list[list[object]]:
    """For each cut: what ran then; what runs, became of it and is left after the next update.

    Twice: where the process alone ended, and after a boot.
    """
    command = [sys.executable, "-m", "tests.device.updates.cuts", str(folder), how]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert told.returncode == 0, told.stderr.decode()
    return list(json.loads(told.stdout))


def test_a_release_that_is_well_runs_in_the_end(folder: Path) -> None:
    seen = cuts(folder, "well")
    new = ["1.2", "running", ["1.2"]]
    assert {str(one[1:4]) for one in seen} == {str(one[5:]) for one in seen} == {str(new)}
    ran, booted = [one[0] for one in seen], [one[4] for one in seen]
    # Each changes once, and the process that is cut during the trial leaves the new one running.
    assert ran == sorted(ran, key=str)
    assert booted == sorted(booted, key=str)
    assert set(ran) == set(booted) == {"1.1", "1.2"}
    assert ran.count("1.2") > booted.count("1.2")


def test_of_a_release_that_is_not_well_the_old_one_runs_in_the_end(folder: Path) -> None:
    seen = cuts(folder, "ill")
    old = ["1.1", "failed", ["1.1"]]
    assert {str(one[1:4]) for one in seen} == {str(one[5:]) for one in seen} == {str(old)}
    assert {one[0] for one in seen} == {"1.1", "1.2"}
    assert {one[4] for one in seen} == {"1.1"}
