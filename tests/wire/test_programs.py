"""Services of systemd, by what `systemctl show` printed (Debian 12)."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from triporteur_wire.findings import Verdict
from triporteur_wire.programs import service

SHOWN = "LoadState={}\nActiveState={}\nResult={}\n"


def judged(folder: Path, *state: str) -> tuple[Verdict, str]:
    def ask(command: Sequence[str]) -> str:
        assert command[:3] == ("systemctl", "show", "triporteur-gate")
        return SHOWN.format(*state)

    return service("triporteur-gate", ask, folder)


@pytest.mark.parametrize(
    ("state", "verdict", "words"),
    [
        (("loaded", "active", "success"), Verdict.OK, "runs"),
        (("loaded", "activating", "success"), Verdict.ATTENTION, "starting"),
        (("loaded", "failed", "exit-code"), Verdict.WRONG, "(failed, exit-code)"),
        (("loaded", "inactive", "success"), Verdict.WRONG, "systemctl start triporteur-gate"),
        (
            ("masked", "inactive", "success"),
            Verdict.ATTENTION,
            "systemctl unmask triporteur-gate && systemctl start triporteur-gate",
        ),
        (("not-found", "inactive", "success"), Verdict.ATTENTION, "not installed"),
    ],
)
def test_a_service_is_judged(
    tmp_path: Path, state: tuple[str, ...], verdict: Verdict, words: str
) -> None:
    found, said = judged(tmp_path, *state)
    assert found is verdict
    assert words in said


def test_where_no_systemd_runs_nobody_is_asked(tmp_path: Path) -> None:
    found, said = service("triporteur-gate", booted=tmp_path / "none")
    assert found is Verdict.OK
    assert "nobody was asked" in said
