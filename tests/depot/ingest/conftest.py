"""One depot per test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.depot.ingest.desk import Depot


@pytest.fixture
def depot(tmp_path: Path) -> Iterator[Depot]:
    made = Depot(tmp_path / "depot.db")
    yield made
    made.connection.close()
