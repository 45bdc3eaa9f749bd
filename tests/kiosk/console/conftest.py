"""What tests of the console start from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kiosk.console.agent import Agent, listening
from tests.kiosk.console.unit import Aboard


@pytest.fixture
def aboard(tmp_path: Path) -> Aboard:
    """A unit whose agent has not spoken yet."""
    return Aboard(tmp_path)


@pytest.fixture
def agent(aboard: Aboard) -> Iterator[Agent]:
    """The unit's agent, at its desk."""
    found = Agent()
    with listening(aboard.desk, found):
        yield found
