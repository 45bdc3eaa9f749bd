"""The table of supported devices says what the registry and the frames of the tests say."""

import json
import re

import pytest

from docs.generate import FOLDER
from docs.generate.devices import FAMILIES, devices, origin
from tests.architecture.tree import ROOT
from tests.device.protocols.recorded import FRAMES
from triporteur_device.checks import cells, energy
from triporteur_device.protocols import PROTOCOLS
from triporteur_wire.concerns import CELLS_GAP_PCT, CHARGES_GAP_POINTS, ENERGY_GAP_PCT

PAGES = ("README.md", "docs/devices/README.md")
ORIGINS = {
    entry["origin"]
    for file in FRAMES.glob("*.json")
    for entry in json.loads(file.read_text(encoding="utf-8"))
}


def test_every_protocol_stands_for_devices_and_no_other_is_told() -> None:
    assert {family.protocol for family in FAMILIES} == set(PROTOCOLS)


@pytest.mark.parametrize("page", PAGES)
def test_every_device_is_in_the_table(page: str) -> None:
    rows = re.findall(r"^\| ([^|]+) \| `(\w+)` \|", (ROOT / page).read_text("utf-8"), re.MULTILINE)
    assert rows == [(device.family, device.protocol) for device in devices()]


def test_a_device_without_a_captured_frame_is_said_to_be_from_documents_only() -> None:
    for device in devices():
        assert (device.captured == "from documents only") == (device.frames["captured"] == 0)


@pytest.mark.parametrize("words", sorted(ORIGINS))
def test_every_frame_says_where_it_comes_from(words: str) -> None:
    assert origin(words) in {"captured", "fixture", "documented", "derived"}


def test_only_what_came_from_a_wire_as_it_is_counts_as_captured() -> None:
    assert origin("captured (bench)") == "captured"
    assert origin("captured, then apparently anonymised") == "documented"
    assert origin("author-edited capture") == "fixture"
    assert origin("derived from documented rule") == "derived"
    with pytest.raises(ValueError, match="found 'heard of'"):
        origin("heard of")


def test_the_page_on_checks_has_the_limits_and_figures_of_the_code() -> None:
    page = (FOLDER / "devices" / "checks.md").read_text(encoding="utf-8")
    limits = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| (\d+) ", page, re.MULTILINE))
    assert {name: float(limit) for name, limit in limits.items()} == {
        "cells_gap_pct": CELLS_GAP_PCT,
        "soc_gap_pct": CHARGES_GAP_POINTS,
        "energy_gap_pct": ENERGY_GAP_PCT,
    }
    for figure in (
        f"at most {cells.TOGETHER_S:g} s apart",
        f"{cells.PAIRS} readings",
        f"{energy.WORKING_W:g} W or more",
        f"from {energy.ENOUGH_WH:g} Wh on",
        f"after {energy.STRETCH_WH:g} Wh",
    ):
        assert figure in page
