from pathlib import Path

import pytest

from tests.device.doctor.patient import Patient
from tests.device.identity.authority import Authority


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    return Patient(tmp_path)


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()
