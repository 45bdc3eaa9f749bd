"""gate.md says what the code does."""

from pathlib import Path

import pytest

from docs.generate import FOLDER
from triporteur_kiosk.gate import crowding, network, plan, sets
from triporteur_kiosk.gate.keeper import uplink
from triporteur_kiosk.gate.keeper.kernel import OUTWARD_S
from triporteur_kiosk.gate.table import GateTable

PAGE = (FOLDER / "gate.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        f"{network.FACE} for every name",
        f"names are {network.OWN}",
        f"sized for {network.MOST_PHONES} phones",
        f"a lease lasts {plan.LEASE_S // 60} minutes",
        f"| {plan.OWN_RADIO_STATIONS} (Raspberry's own figure)",
        str(GateTable().ram),
        f"takes {crowding.MOST_FLOWS} flows at once",
        f"{crowding.MOST_CALLS} connections to the pages",
        f"{uplink._LIFE_BYTES // 1000} kB or more",
        *(f"`{name}`" for name in (sets.WELCOMED, sets.PASSING, sets.MACS)),
    ],
)
def test_its_figures_are_the_code_s(words: str) -> None:
    assert words in PAGE


def test_half_a_minute_is_what_the_kernel_is_told() -> None:
    assert OUTWARD_S == 30
    assert "within half a minute nothing passes" in " ".join(PAGE.split())


def test_its_modules_are_there() -> None:
    folder = Path(plan.__file__).parent
    section = PAGE.partition("## For developers")[2].partition("Whoever")[0]
    named = [word for word in section.split("`")[1::2] if "/" not in word]
    assert [name for name in named if not (folder / f"{name}.py").exists()] == []
