"""How often a unit commits and speaks."""

from pathlib import Path

import pytest

from triporteur_device.config import DeviceConfig, load
from triporteur_device.pace import Pace, pace


@pytest.fixture
def config(tmp_path: Path) -> DeviceConfig:
    path = tmp_path / "unit.toml"
    path.write_text('[unit]\nname = "ben"\n[mqtt]\nhost = "depot"\n')
    return load(path)


@pytest.mark.parametrize(
    ("current_a", "expected"),
    [(-8.0, Pace(10, 15)), (5.0, Pace(10, 15)), (-0.2, Pace(300, 60)), (None, Pace(10, 15))],
)
def test_a_trike_at_rest_lives_slower(
    config: DeviceConfig, current_a: float | None, expected: Pace
) -> None:
    assert pace(config, current_a, link_spent=False) == expected


def test_a_month_that_is_spent_leaves_a_sign_of_life_every_five_minutes(
    config: DeviceConfig,
) -> None:
    assert pace(config, -8.0, link_spent=True) == Pace(10, 300)
