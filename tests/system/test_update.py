"""A unit as its package installs it takes another release, under a real systemd, come what may."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.rig import wait_for
from tests.system.machine import Machine
from tests.system.parts import ROOT, SERVICES, UNIT, image, package, why_not
from triporteur_depot.releases.making import make
from triporteur_depot.releases.signing import sign

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),  # Debian may have to be fetched
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
]
_NOBODY = 1
_KEY = Ed25519PrivateKey.generate()
_OLD, _ILL = "0.1.0", "0.1.1"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, and a later release whose portal does not start."""
    folder = tmp_path_factory.mktemp("shared")
    folder.chmod(0o755)
    (folder / package("unit", folder)).rename(folder / "unit.deb")
    release = folder / "release"
    subprocess.run([ROOT / "tools/deb/release", "unit", "amd64", release], check=True)
    _number(release, _OLD, _ILL)
    (release / "bin" / "triporteur-kiosk").write_text("#!/bin/sh\nexit 1\n")
    _make(release, folder / f"{_ILL}.release")
    shutil.rmtree(release)
    return folder


def _number(release: Path, old: str, new: str) -> None:
    (release / "VERSION").write_text(f"{new}\n")
    about = release / "lib" / f"triporteur-{old}.dist-info"
    text = (about / "METADATA").read_text().replace(f"\nVersion: {old}\n", f"\nVersion: {new}\n")
    (about / "METADATA").write_text(text)
    about.rename(about.with_name(f"triporteur-{new}.dist-info"))


def _make(release: Path, file: Path) -> None:
    make(release, "x86_64", _OLD, file)
    sign(file, _KEY)


@pytest.fixture(scope="module")
def unit(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A unit that was installed and started."""
    with Machine(image("bookworm"), tmp_path_factory.mktemp("unit"), shared) as machine:
        machine.boot()
        machine.write("/etc/triporteur/unit.toml", UNIT.format(broker=_NOBODY))
        public = _KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        machine.write("/etc/triporteur/updates.pub", public.decode())
        machine.install("unit.deb")
        wait_for(lambda: machine.is_active(*SERVICES), "every service is active")
        yield machine


def runs(unit: Machine) -> str:
    """The version that every service runs, and that is whole; empty while that is not so."""
    told = unit.asked("triporteur-device", "status", "--json")
    if told.returncode or not unit.is_active(*SERVICES):
        return ""
    version = unit.run("cat", "/run/triporteur-release/VERSION")
    whole = unit.asked("triporteur-device", "release").returncode == 0
    return version if whole and f'"version":"{version}"' in told.stdout else ""


def settles(unit: Machine, *versions: str) -> str:
    return wait_for(
        lambda: next((one for one in versions if runs(unit) == one), ""),
        f"it runs {' or '.join(versions)}",
        120,
    )


def test_systemd_has_nothing_to_say_about_the_units(unit: Machine) -> None:
    names = [f"triporteur-{one}" for one in ("release.service", "update.service", "update.path")]
    done = unit.asked("systemd-analyze", "verify", "--man=no", *names, "triporteur-update.timer")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_release_that_is_not_well_is_gone_back_from(unit: Machine) -> None:
    done = unit.asked("triporteur-device", "update", f"/mnt/{_ILL}.release")
    assert done.returncode == 1, done.stderr + unit.log("triporteur-update")
    assert "triporteur-portal.service" in done.stdout
    assert settles(unit, _OLD) == _OLD
