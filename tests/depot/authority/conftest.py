from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tls import SecuredBroker


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[SecuredBroker]:
    with SecuredBroker(tmp_path) as made:
        made.start()
        yield made
