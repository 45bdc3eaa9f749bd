import pytest

from tests.device.identity.authority import Authority


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()
