from pathlib import Path

import pytest

from tests.device.downlink.aboard import Aboard


@pytest.fixture
def aboard(tmp_path: Path) -> Aboard:
    return Aboard(tmp_path)
