"""`triporteur-device readiness`: what a shell is told, and what a script."""

import io
from pathlib import Path

import msgspec
import pytest

from triporteur_device.__main__ import main
from triporteur_device.clock import boottime_ms
from triporteur_device.commands import readiness
from triporteur_device.snapshot import write_snapshot
from triporteur_wire.messages import Delivery, Status
from triporteur_wire.readiness import (
    Action,
    Calibration,
    Evening,
    Outing,
    Readiness,
    Reason,
    SocSource,
    Verdict,
    What,
    Why,
)

TOLD = Readiness(
    verdict=Verdict.NO_GO,
    reasons=(Reason(Why.NOT_ENOUGH, Verdict.NO_GO, 9.6),),
    action=Action(What.CHARGE, 40.0),
    outing=Outing(12.0, 80.0, 3.0, 20.0, place="Lycée"),
    soc_pct=52.4,
    soc_sigma_pct=3.1,
    soc_source=SocSource.FULL,
    needed_pct=36.0,
    return_pct=16.4,
    range_km=9.6,
    available_wh=398.0,
    needed_wh=470.1,
    needed_likely_wh=402.7,
    wh_per_km=21.4,
    wh_per_km_sigma=4.6,
    standing_w=15.0,
    health_pct=91.2,
    ready_in_min=40.0,
    full_utc_ms=None,
    evening=Evening.NOT_CHARGING,
    calibration=Calibration(20, 6.0, 6.2, 143.0, 151.0),
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
        "Charge : 52 % ± 3 points",
        "Énergie : 398 Wh sûrs, il en faut 470 Wh (403 Wh sans imprévu)",
        "Ce soir : Sortie prévue, et la batterie ne charge pas",
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
