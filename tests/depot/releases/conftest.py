"""One depot per test, which has heard one unit."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.depot.downlink.fleet import Fleet


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(tmp_path)
    made.says("ben")
    yield made
    made.close()
