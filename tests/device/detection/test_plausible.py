import pytest

from triporteur_device.detection.plausible import implausible
from triporteur_wire.quantities import Value

CELLS = (4.0,) * 13


@pytest.mark.parametrize(
    "values",
    [
        {"cells_v": CELLS, "pack_voltage_v": 52.0},
        {"cells_v": CELLS, "pack_voltage_v": 50.0},
        {"cells_v": CELLS},
        {"pack_voltage_v": 13.1, "soc_pct": 0},
        {"input_voltage_v": 48.0},
    ],
)
def test_what_a_battery_or_a_motor_may_say(values: dict[str, Value]) -> None:
    assert implausible(values) == ""


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, "no voltage"),
        ({"soc_pct": 80, "current_a": 3.0}, "no voltage"),
        ({"cells_v": ()}, "no voltage"),
        ({"cells_v": (*CELLS, 0.0)}, "a cell of 0.00 V"),
        ({"cells_v": (*CELLS, 4.8)}, "a cell of 4.80 V"),
        ({"cells_v": (3.3,)}, "a battery of 3.3 V"),
        ({"pack_voltage_v": 0.0}, "a battery of 0.0 V"),
        ({"pack_voltage_v": 120.0}, "a battery of 120.0 V"),
        (
            {"cells_v": CELLS, "pack_voltage_v": 49.0},
            "cells that add up to 52.0 V in a battery of 49.0 V",
        ),
    ],
)
def test_what_none_can_say(values: dict[str, Value], why: str) -> None:
    assert implausible(values) == why
