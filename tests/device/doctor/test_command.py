"""`triporteur-device doctor`, whole: its lines, its JSON and its exit status."""

import json
from pathlib import Path

import pytest

from tests.device.doctor.patient import Patient
from triporteur_device.__main__ import main


def run(patient: Patient, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    status = main(["doctor", "--config", str(patient.toml), *options])
    out, err = capsys.readouterr()
    assert err == ""
    return status, out


def found(out: str) -> dict[str, tuple[str, str]]:
    lines = [json.loads(line) for line in out.splitlines()]
    return {line["about"]: (line["verdict"], line["said"]) for line in lines}


def test_every_check_is_one_line_with_a_verdict(
    patient: Patient, capsys: pytest.CaptureFixture[str]
) -> None:
    patient.configured()
    status, out = run(patient, capsys, "--json")
    assert status == 1
    said = found(out)
    assert said["unit.toml"][0] == "ok"
    assert said["agent"][0] == "wrong"
    assert said["depot"][1].startswith("127.0.0.1:8883 was not asked")
    assert said["gate"] == ("ok", "[gate] names no interface: phones come by another road")
    assert len(said) == len(out.splitlines()) > 20
    assert all(sentence for _, sentence in said.values())


def test_a_person_reads_the_same_and_how_many(
    patient: Patient, capsys: pytest.CaptureFixture[str]
) -> None:
    patient.configured()
    status, out = run(patient, capsys)
    assert status == 1
    *lines, empty, counts = out.splitlines()
    assert empty == ""
    assert [line.split()[0] for line in lines].count("WRONG") == int(
        counts.split(", ")[-1].removesuffix(" wrong")
    )


def test_an_agent_that_runs_is_asked_by_its_snapshot(
    patient: Patient, capsys: pytest.CaptureFixture[str]
) -> None:
    config = patient.configured()
    patient.tell(config)
    _, out = run(patient, capsys, "--json")
    said = found(out)
    assert said["agent"] == ("ok", "ben runs, boot 3")
    assert said["source battery"][0] == "ok"
    assert said["depot"][1].startswith("the agent is connected")
    assert said["version"][0] == "attention"


def test_every_fault_of_the_file_is_told_by_whose_table_it_is(
    patient: Patient, capsys: pytest.CaptureFixture[str]
) -> None:
    patient.configured()
    text = patient.toml.read_text().replace('"jbd"', '"jbt"')
    patient.toml.write_text(text + '[gate]\ninterface = "all"\n')
    status, out = run(patient, capsys)
    assert status == 2
    assert "protocol found 'jbt'" in out
    assert "[gate] interface found 'all'" in out
    assert "2 wrong" in out


def test_a_file_that_is_not_there_is_one_sentence(
    patient: Patient, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out = run(patient, capsys)
    assert status == 2
    assert "cannot be read: No such file" in out


def test_what_the_doctor_looks_at_it_leaves_as_it_was(
    patient: Patient, capsys: pytest.CaptureFixture[str]
) -> None:
    patient.tell(patient.configured())
    before = {path: path.stat().st_mtime_ns for path in patient.folder.rglob("*")}
    run(patient, capsys)
    assert {path: path.stat().st_mtime_ns for path in patient.folder.rglob("*")} == before
    assert not Path(patient.folder / "state").exists()
