"""What systemd says of our files before any of them runs: it is asked about the tree we package."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="there is no systemd: make test installs it"
)
UNITS = "usr/lib/systemd/system"
#: The highest exposure that `systemd-analyze security` may find, in its tenths.
GATE, OTHERS = 40, 20


@pytest.fixture(scope="module", params=["unit", "depot"])
def tree(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a role, among those of systemd itself and of the programs that they start."""
    made = tmp_path_factory.mktemp(request.param)
    subprocess.run([ROOT / "tools/deb/lay-services", request.param, made], check=True)
    started = {word for unit in ours(made) for word in programs(made, unit)}
    for program in started:
        path = made / program.removeprefix("/")
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    shutil.copytree("/usr/lib/systemd/system", made / UNITS, symlinks=True, dirs_exist_ok=True)
    return made


def ours(tree: Path) -> list[str]:
    return sorted(path.name for path in (tree / UNITS).glob("triporteur*.*") if path.is_file())


def services(tree: Path) -> list[str]:
    """A template is asked for one of its units."""
    return [one.replace("@.", "@x.") for one in ours(tree) if one.endswith(".service")]


def programs(tree: Path, unit: str) -> set[str]:
    """Whatever a unit starts, by its path."""
    text = (tree / UNITS / unit).read_text()
    words = re.findall(r"^Exec\w+=[-+!:@]*(\S+)", text, re.MULTILINE)
    return {word if word.startswith("/") else f"/usr/bin/{word}" for word in words}


def verified(tree: Path) -> str:
    command = ["systemd-analyze", "verify", f"--root={tree}", "--man=no"]
    done = subprocess.run(
        [*command, *services(tree), "triporteur.target"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def test_systemd_has_nothing_to_say(tree: Path) -> None:
    assert verified(tree) == ""


def test_systemd_would_speak_up(tree: Path) -> None:
    wrong = tree / UNITS / "triporteur-.service.d" / "99-wrong.conf"
    wrong.write_text("[Service]\nMemoryMaxx=1G\n")
    try:
        assert "MemoryMaxx" in verified(tree)
    finally:
        wrong.unlink()


def test_no_service_has_more_rights_than_its_work_needs(tree: Path) -> None:
    exposed = {service: exposure(tree, service) for service in services(tree)}
    assert len(exposed) >= 5
    assert {
        service: tenths
        for service, tenths in exposed.items()
        if tenths > (GATE if service == "triporteur-gate.service" else OTHERS)
    } == {}


def exposure(tree: Path, service: str) -> int:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--root={tree}", service],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"exposure level for \S+: (\d+)\.(\d)", done.stdout)
    assert found, done.stdout + done.stderr
    return int(found[1]) * 10 + int(found[2])


def test_no_unit_says_what_is_said_for_all_behind_it(tree: Path) -> None:
    """What holds for every service is read after a unit's file: only a folder of its own counts."""
    for_all = (tree / UNITS / "triporteur-.service.d/10-least-rights.conf").read_text()
    keys = "|".join(re.findall(r"^(\w+)=", for_all, re.MULTILINE))
    for unit in services(tree):
        text = (tree / UNITS / unit.replace("@x.", "@.")).read_text()
        assert re.findall(rf"^(?:{keys})=.*", text, re.MULTILINE) == [], unit


def test_no_service_takes_another_down(tree: Path) -> None:
    """Only the light may require the others; a service wants them, or comes behind them."""
    for unit in set(ours(tree)) - {"triporteur-ready.service"}:
        text = (tree / UNITS / unit).read_text()
        assert re.findall(r"^(?:Requires|BindsTo|Requisite|Upholds)=.*", text, re.MULTILINE) == []


def test_every_service_that_stays_is_watched_bounded_and_started_again(tree: Path) -> None:
    for unit in services(tree):
        text = (tree / UNITS / unit.replace("@x.", "@.")).read_text()
        assert "MemoryMax=" in text, unit
        if "Type=oneshot" in text:
            continue
        assert "Type=notify" in text, unit
        assert "WatchdogSec=" in text, unit
        assert "Restart=always" in text, unit
        assert "OnFailure=triporteur-again@%N.service" in text, unit
        assert "PartOf=triporteur.target" in text, unit


def test_the_document_names_each_service_with_its_user(tree: Path) -> None:
    document = (ROOT / "docs" / "packages.md").read_text()
    told = dict(re.findall(r"^\| `(triporteur-[\w-]+)` \| ([\w-]+) \|", document, re.MULTILINE))
    for unit in services(tree):
        if "@" not in unit:
            user = re.search(r"^User=(\S+)", (tree / UNITS / unit).read_text(), re.MULTILINE)
            assert told[unit.removesuffix(".service")] == (user[1] if user else "root")


def test_users_and_folders_can_be_made(tree: Path, tmp_path: Path) -> None:
    for folder in ("sysusers.d", "tmpfiles.d"):
        shutil.copytree(tree / "usr/lib" / folder, tmp_path / "usr/lib" / folder)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/group").write_text("root:x:0:\ndialout:x:20:\n")
    for tool in (["systemd-sysusers"], ["systemd-tmpfiles", "--create"]):
        done = subprocess.run(
            [*tool, f"--root={tmp_path}"], capture_output=True, text=True, check=False
        )
        said = re.sub(r"Creating (user|group) .*\n", "", done.stdout + done.stderr)
        assert (done.returncode, said) == (0, "")
    assert (tmp_path / "run/triporteur-release").readlink() == Path("/usr/lib/triporteur")
