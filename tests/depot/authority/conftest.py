from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.depot.authority.commanded import Depot
from tests.tls import SecuredBroker


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[SecuredBroker]:
    with SecuredBroker(tmp_path) as made:
        made.start()
        yield made


@pytest.fixture
def depot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Depot:
    made = Depot(tmp_path, capsys)
    made.says("broker")
    return made


@pytest.fixture
def bare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Depot:
    return Depot(tmp_path, capsys)
