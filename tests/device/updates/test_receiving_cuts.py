"""An agent that is ended at any line of taking a piece tells root of nothing that is not there."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.architecture.tree import ROOT
from triporteur_wire.requests import MAX_PIECE_BYTES

pytestmark = pytest.mark.slow


@pytest.fixture
def folder() -> Iterator[Path]:
    """In RAM where there is room: each piece waits for the disk else."""
    ram = Path("/dev/shm")
    with TemporaryDirectory(dir=ram if ram.is_dir() else None) as path:
        yield Path(path)


def test_it_goes_on_where_it_was_ended_and_fetches_a_piece_again_at_most(folder: Path) -> None:
    command = [sys.executable, "-m", "tests.device.updates.receiving_cuts", str(folder)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert told.returncode == 0, told.stderr.decode()
    seen = json.loads(told.stdout)
    assert {tuple(one[:3]) for one in seen} == {(True, "waiting", True)}
    fetched = [one[3] for one in seen]
    # Fetched again where it was not on the card yet, and never once it was.
    assert fetched == sorted(fetched, reverse=True)
    assert 0 < fetched[0] <= MAX_PIECE_BYTES
    assert fetched[-1] == 0
