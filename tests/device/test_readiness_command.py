"""`triporteur-device readiness`: what a shell is told, and what a script."""

import io
from pathlib import Path

import msgspec
import pytest

from tests.verdicts import LEAVES
from triporteur_device.__main__ import main
from triporteur_device.clock import boottime_ms
from triporteur_device.commands import readiness
from triporteur_device.snapshot import write_snapshot
from triporteur_wire.messages import Delivery, Status
from triporteur_wire.readiness import (
    Action,
    Evening,
    Outing,
    Readiness,
    Reason,
    Verdict,
    What,
    Why,
)

TOLD = msgspec.structs.replace(
    LEAVES,
    verdict=Verdict.NO_GO,
    reasons=(Reason(Why.NOT_ENOUGH, Verdict.NO_GO, 9.6),),
    action=Action(What.CHARGE, 40.0),
    outing=Outing(12.0, 80.0, 3.0, 20.0, place="Lycée"),
    evening=Evening.NOT_CHARGING,
)


class Unit:
    def __init__(self, folder: Path) -> None:
        self.config = folder / "unit.toml"
        self.snapshot = folder / "run" / "snapshot.json"
        self.config.write_text(
            f"""
[unit]
name = "ben"
[journal]
directory = "{folder}"
[snapshot]
path = "{self.snapshot}"
[mqtt]
host = "depot"
"""
        )

    def says(self, told: Readiness | None, age_ms: int = 0) -> None:
        delivery = Delivery(True, 0, None, 0, {})
        at_ms = boottime_ms() - age_ms
        status = Status("ben", "", "1", 1, at_ms, None, 15, {}, {}, delivery, readiness=told)
        write_snapshot(self.snapshot, status)


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    return Unit(tmp_path)


@pytest.mark.parametrize(
    ("verdict", "status"), [(Verdict.GO, 0), (Verdict.CAUTION, 1), (Verdict.NO_GO, 2)]
)
def test_the_exit_status_is_the_verdict(unit: Unit, verdict: Verdict, status: int) -> None:
    unit.says(msgspec.structs.replace(TOLD, verdict=verdict))
    assert main(["readiness", "--config", str(unit.config)]) == status


def test_it_says_in_french_what_the_console_says(unit: Unit) -> None:
    unit.says(TOLD)
    out = io.StringIO()
    readiness.run(unit.config, as_json=False, out=out)
    lines = out.getvalue().replace("\u202f", " ").replace("\u00a0", " ").splitlines()
    assert lines == [
        "NE PARTEZ PAS",
        "  - Pas assez pour 12 km et 3 h",
        "→ Branchez encore 40 min.",
        "",
        "Sortie : Lycée, 12 km et 3 h",
        "Charge : 82 % ± 3 points",
        "Énergie : 702 Wh sûrs, il en faut 391 Wh (333 Wh sans imprévu)",
        "Sortie prévue, et la batterie ne charge pas",
        "Prévisions : à 6 % près sur les 20 dernières sorties",
    ]


def test_a_script_is_told_every_figure(unit: Unit) -> None:
    unit.says(TOLD)
    out = io.StringIO()
    assert readiness.run(unit.config, as_json=True, out=out) == 2
    assert msgspec.json.decode(out.getvalue(), type=Readiness) == TOLD


@pytest.mark.parametrize("how", ["no agent", "stale", "older agent", "bad file", "no file"])
def test_what_is_not_known_is_never_go(
    unit: Unit, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    match how:
        case "stale":
            unit.says(msgspec.structs.replace(TOLD, verdict=Verdict.GO), age_ms=11_000)
        case "older agent":
            unit.says(None)
        case "bad file":
            unit.config.write_text("[unit]\n")
        case "no file":
            unit.config.unlink()
    assert main(["readiness", "--config", str(unit.config)]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err
