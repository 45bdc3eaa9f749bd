"""Somebody else's VE.Direct client reads the simulated devices as the product's decoder does.

The client is the PyPI package `vedirect`: it knows no HEX messages, and refuses the rare block that
one interrupts; it is then asked to look again.
"""

import importlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from triporteur_device.link import open_link
from triporteur_device.protocols import PROTOCOLS, Frame
from triporteur_wire.quantities import Value

pytestmark = pytest.mark.slow

CLIENT: Any = importlib.import_module("vedirect")
SPEC = PROTOCOLS["vedirect"]
DEVICES = ("vedirect", "vedirect-mppt")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where a shunt and a charger are found, at one in the afternoon."""
    simulate = (sys.executable, "-m", "triporteur_device", "simulate", "--start", "13:00")
    places = [f"{name}={tmp_path / name}" for name in DEVICES]
    process = subprocess.Popen(
        [*simulate, "--trike", "forgotten", *places],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for _ in DEVICES:
        process.stdout.readline()
    yield tmp_path
    process.kill()
    process.communicate()


def decoded(path: Path) -> dict[str, Value]:
    """Every quantity of the next live block, by the product's decoder."""
    decoder = SPEC.decoder()
    link = open_link(str(path), SPEC.baud)
    try:
        while True:
            for event in decoder.receive(link.read(1.0)):
                if isinstance(event, Frame) and b"PID" in event.payload:
                    return dict(SPEC.reading(event).values)
    finally:
        link.close()


def client(path: Path) -> Any:
    """The client, after it has read a live block."""
    until = time.monotonic() + 60.0
    while time.monotonic() < until:
        try:
            return CLIENT.VEDirect(str(path), SPEC.baud)
        except (CLIENT.VEDirectException, ValueError):
            continue
    raise AssertionError("the client never read a whole block")


def test_a_shunt_is_read_alike(folder: Path) -> None:
    path = folder / "vedirect"
    ours, theirs = decoded(path), client(path)
    assert theirs.battery_volts == pytest.approx(ours["pack_voltage_v"], abs=0.05)
    assert float(theirs._data["I"]) / 1000 == pytest.approx(ours["current_a"], abs=0.05)
    assert float(theirs._data["CE"]) / 1000 == pytest.approx(ours["consumed_ah"], abs=0.05)
    assert float(theirs._data["SOC"]) / 10 == pytest.approx(ours["soc_pct"], abs=0.2)


def test_a_charger_is_read_alike(folder: Path) -> None:
    path = folder / "vedirect-mppt"
    ours, theirs = decoded(path), client(path)
    assert theirs.battery_volts == pytest.approx(ours["pack_voltage_v"], abs=0.05)
    assert theirs.solar_volts == pytest.approx(ours["panel_voltage_v"], abs=3.0)
    assert theirs.solar_power == pytest.approx(ours["panel_power_w"], abs=2.0)
    assert theirs.device_MPPT_state is CLIENT.MPPTState.Active
    assert theirs.device_serial == "HQ2132ABCDE"
