"""A depot that was set up and never started."""

from pathlib import Path

import pytest

from tests.depot.authority.commanded import Depot
from triporteur_depot.config import DepotConfig, load


@pytest.fixture
def depot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Depot:
    made = Depot(tmp_path, capsys)
    (tmp_path / "depot.toml").write_text(
        (tmp_path / "depot.toml").read_text() + f'[backup]\ndirectory = "{tmp_path / "copies"}"\n'
    )
    made.says("broker")
    return made


@pytest.fixture
def config(depot: Depot) -> DepotConfig:
    return load(depot.folder / "depot.toml")
