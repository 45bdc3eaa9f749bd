"""Two releases at a depot, and the unit that they come to."""

from pathlib import Path

import pytest

from tests.device.updates.lane import Depot, Lane, heavy
from tests.device.updates.making import installed
from triporteur_device.updates.places import Places


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shop")


@pytest.fixture(scope="session")
def file(shop: Path) -> Path:
    return heavy(shop, "1.1")


@pytest.fixture(scope="session")
def later(shop: Path) -> Path:
    return heavy(shop, "1.2")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return installed(tmp_path)


@pytest.fixture
def depot(tmp_path: Path, file: Path, later: Path) -> Depot:
    return Depot(tmp_path / "kept", file, later)


@pytest.fixture
def lane(places: Places) -> Lane:
    return Lane(places)
