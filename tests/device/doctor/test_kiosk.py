"""The kiosk's doctor is another program, which the unit's starts: as root, wherever root is."""

from pathlib import Path

import pytest

from tests.device.doctor.patient import Patient
from triporteur_device.doctor.kiosk import kiosk


def test_nothing_of_the_folder_where_root_is_runs(
    patient: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient.configured()
    for name in ("msgspec", "sitecustomize", "triporteur_kiosk"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    found = {finding.about for finding in kiosk(patient.toml)}
    assert {"portal", "console", "gate"} <= found
    assert not (tmp_path / "ran").exists()


def test_what_the_environment_tells_python_does_not_count(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient.configured()
    monkeypatch.setenv("PYTHONVERBOSE", "1")
    assert "kiosk" not in {finding.about for finding in kiosk(patient.toml)}
