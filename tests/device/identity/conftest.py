from pathlib import Path

import pytest

from tests.device.identity.authority import Authority
from triporteur_device.identity import Identity


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    """A unit's that is not enrolled yet."""
    return Identity(tmp_path / "identity", "ben")
