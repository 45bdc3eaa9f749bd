from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kiosk.access.trike import Trike, served


@pytest.fixture
def trike(tmp_path: Path) -> Trike:
    """A console that has not started."""
    return Trike(tmp_path)


@pytest.fixture
def console(trike: Trike) -> Iterator[Trike]:
    """One that serves, with a certificate of the depot's."""
    with served(trike):
        yield trike
