from collections.abc import Iterator

import pytest

from tests.device.gpio.wired import Unit


@pytest.fixture
def unit() -> Iterator[Unit]:
    made = Unit().wire()
    yield made
    made.board.close()
