"""Packages come, change and go: what is the operator's survives, and a purge leaves nothing.

The unit's on Debian 13, and the depot's on Debian 12: test_boot has the unit's on that.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rig import wait_for
from tests.system.machine import Machine
from tests.system.parts import (
    DEPOT,
    DEPOT_SERVICES,
    SERVICES,
    TRIKE,
    UNIT,
    image,
    package,
    why_not,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),  # Debian may have to be fetched
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
]
#: Where systems keep what no package is answerable for.
_ANYBODYS = "/(dev|proc|run|sys|tmp|var/(cache|log|tmp|lib/(apt|dpkg|systemd)))/|/__pycache__|-$"


@dataclass
class Role:
    """A package on a machine of its own, and what was there before it came."""

    name: str
    machine: Machine
    shared: Path
    services: tuple[str, ...]
    before: set[str]

    def files(self) -> set[str]:
        words = ["find", "/", "-xdev", "-not", "-type", "d"]
        found = self.machine.run(
            *words, "-regextype", "egrep", "-not", "-regex", f"({_ANYBODYS}).*"
        )
        return set(found.splitlines())

    def is_up(self) -> bool:
        return self.machine.is_active(*self.services)

    def users(self) -> str:
        return self.machine.run("cat", "/etc/passwd", "/etc/group")


@pytest.fixture(scope="module", params=["unit", "depot"])
def role(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Role]:
    name = request.param
    suite, services = {
        "unit": ("trixie", SERVICES), "depot": ("bookworm", DEPOT_SERVICES)
    }[name]  # fmt: skip
    shared = tmp_path_factory.mktemp("shared")
    with Machine(image(suite), tmp_path_factory.mktemp(name), shared) as machine:
        machine.boot()
        yield Role(name, machine, shared, services, set())


def put_to_work(role: Role) -> None:
    machine = role.machine
    if role.name == "depot":
        machine.write("/etc/triporteur/depot.toml", DEPOT)
        machine.run("triporteur-depot", "broker")
    else:
        machine.write("/etc/triporteur/unit.toml", UNIT.format(broker=1))
        machine.write("/etc/systemd/system/trike.service", TRIKE)
        machine.run("systemctl", "start", "trike.service")
    machine.run("systemctl", "start", "triporteur.target")
    wait_for(role.is_up, "every service is active")


def kept(role: Role) -> object:
    """What must not get lost."""
    if role.name == "depot":
        return role.machine.run("sha256sum", "/var/lib/triporteur-depot/depot.password")
    lines = role.machine.run("triporteur-device", "journal", "--json").splitlines()
    first = json.loads(lines[0])
    return first["log"], first["seq"]


def repacked(file: Path, folder: Path) -> str:
    """The package again, as a later version; its name, beside the other."""
    again = file.with_stem(f"{file.stem}-again")
    subprocess.run(["dpkg-deb", "--raw-extract", file, folder], check=True)
    control = folder / "DEBIAN" / "control"
    text = control.read_text()
    (version,) = (line for line in text.splitlines() if line.startswith("Version: "))
    control.write_text(text.replace(version, f"{version}+1"))
    build = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(folder), str(again)]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    return again.name


def test_installed_upgraded_removed_purged(role: Role, tmp_path: Path) -> None:
    machine, name = role.machine, role.name
    role.before, users = role.files(), role.users()
    file = package(name, role.shared)

    said = machine.install(file)
    assert "rror" not in said
    assert machine.asked("dpkg", "--verify", f"triporteur-{name}").stdout == ""
    put_to_work(role)
    remembered = kept(role)
    machine.run("sh", "-c", f"echo '# ours' >>/etc/triporteur/{name}.toml")

    machine.install(repacked(role.shared / file, tmp_path / "again"))
    wait_for(role.is_up, "every service is active after the upgrade")
    assert kept(role) == remembered
    assert machine.run("tail", "-n1", f"/etc/triporteur/{name}.toml") == "# ours"

    machine.run("dpkg", "--remove", f"triporteur-{name}")
    assert not any(map(machine.is_active, role.services))
    assert machine.asked("test", "-e", "/usr/lib/triporteur").returncode != 0
    assert machine.asked("test", "-e", f"/etc/triporteur/{name}.toml").returncode == 0

    machine.install(file)
    wait_for(role.is_up, "every service is active after it was removed and came back")
    assert kept(role) == remembered

    machine.asked("systemctl", "stop", "trike.service")
    machine.run("rm", "-f", "/etc/systemd/system/trike.service")
    machine.run("dpkg", "--purge", f"triporteur-{name}")
    assert role.files() - role.before == set()
    assert machine.run("sh", "-c", "ls -d /run/triporteur* /var/lib/triporteur* || true") == ""
    # The pins' group may be others' too.
    left = set(role.users().splitlines()) - set(users.splitlines())
    assert [line for line in left if not line.startswith("gpio:")] == []
