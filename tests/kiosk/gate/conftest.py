"""A street for each test that asks for one; where none can be built, a skip in one sentence."""

from collections.abc import Iterator

import pytest

from tests.kiosk.gate.street import Street, built
from tests.network.rights import missing


@pytest.fixture
def street() -> Iterator[Street]:
    if lacking := missing():
        pytest.skip(lacking)
    with built() as street:
        yield street
