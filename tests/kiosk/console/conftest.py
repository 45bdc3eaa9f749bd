"""What tests of the console start from."""

from pathlib import Path

import pytest

from tests.kiosk.console.unit import Aboard


@pytest.fixture
def aboard(tmp_path: Path) -> Aboard:
    """A unit whose agent has not spoken yet."""
    return Aboard(tmp_path)
