"""However applying is cut short: the old or the new, never a part of either."""

import json
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from triporteur_wire.parcels import pack


@pytest.mark.slow
def test_a_cut_at_any_line_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.device.downlink.cuts", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    seen = json.loads(done.stdout)
    assert len(seen) > 50
    one, two = pack(1, "texte 1").decode(), pack(2, "texte 2").decode()
    assert [state for state, _ in groupby(seen)] == [
        ["Place 1", 1.0, 1, one],
        ["Place 2", 2.0, 2, one],
        ["Place 2", 2.0, 2, two],
    ]
