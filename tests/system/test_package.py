"""A unit's package on Debian 13 comes, takes updates, changes and goes: what is ours survives it.

The depot's is in test_depot, and the unit's on Debian 12 in test_boot.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.rig import wait_for
from tests.system.inventory import Inventory
from tests.system.later import ILL, LAST, NOW, WELL, repacked, trusted, updates
from tests.system.machine import Machine
from tests.system.measures import settles
from tests.system.parts import ALONE, SERVICES, TRIKE, UNIT, image, package, why_not

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),  # Debian may have to be fetched
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
]


@dataclass(frozen=True)
class Installed:
    """A machine with the package, what was there before it, and the journal's first record."""

    machine: Machine
    package: str
    before: Inventory
    record: tuple[str, int]


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """It works; later releases lie there, and the package of the last one."""
    shared, key = tmp_path_factory.mktemp("shared"), Ed25519PrivateKey.generate()
    updates(shared, key)
    file = package("unit", shared)
    with Machine((image("trixie"),), tmp_path_factory.mktemp("unit"), shared) as machine:
        machine.boot()
        before = Inventory.of(machine)
        assert "rror" not in machine.install(file)
        assert machine.asked("dpkg", "--verify", "triporteur-unit").stdout == ""
        assert machine.run("systemctl", "--failed", "--plain", "--no-legend") == ""
        machine.write("/etc/triporteur/unit.toml", UNIT.format(reached=ALONE))
        machine.write("/etc/triporteur/updates.pub", trusted(key))
        machine.write("/run/systemd/system/trike.service", TRIKE)
        machine.run("systemctl", "start", "trike.service")
        machine.run("systemctl", "start", "triporteur.target")
        settles(machine, NOW)
        yield Installed(machine, file, before, first_record(machine))


def first_record(machine: Machine) -> tuple[str, int]:
    first = json.loads(machine.run("triporteur-device", "journal", "--json").splitlines()[0])
    return first["log"], first["seq"]


def test_a_release_that_is_not_well_is_gone_back_from(unit: Installed) -> None:
    done = unit.machine.asked("triporteur-device", "update", f"/mnt/{ILL}.release")
    assert done.returncode == 1, done.stderr + unit.machine.log("triporteur-update")
    assert "triporteur-portal.service" in done.stdout
    settles(unit.machine, NOW)


def test_a_release_that_is_well_runs_and_is_there_after_a_power_cut(unit: Installed) -> None:
    machine = unit.machine
    machine.run("triporteur-device", "update", f"/mnt/{WELL}.release")
    settles(machine, WELL)
    machine.cut()
    machine.boot()
    settles(machine, WELL)


def test_a_later_package_takes_over_from_what_was_chosen_and_keeps_what_is_ours(
    unit: Installed,
) -> None:
    machine, ours = unit.machine, "/etc/triporteur/unit.toml"
    machine.run("sh", "-c", f"echo '# ours' >>{ours}")
    machine.install(repacked(unit.machine.shared / unit.package))
    settles(machine, LAST)
    assert machine.run("readlink", "/run/triporteur-release") == "/usr/lib/triporteur"
    assert machine.run("tail", "-n1", ours) == "# ours"
    assert first_record(machine) == unit.record


def test_what_is_ours_survives_a_removal(unit: Installed) -> None:
    machine = unit.machine
    machine.run("dpkg", "--remove", "triporteur-unit")
    assert not any(map(machine.is_active, SERVICES))
    assert machine.asked("test", "-e", "/usr/lib/triporteur").returncode != 0
    assert machine.asked("test", "-e", "/etc/triporteur/unit.toml").returncode == 0
    machine.install(unit.package)
    wait_for(lambda: machine.is_active(*SERVICES), "every service is active, by itself")
    assert first_record(machine) == unit.record


def test_a_purge_leaves_nothing_but_what_is_the_other_roles(unit: Installed) -> None:
    unit.machine.write("/etc/triporteur/depot.toml", "")
    unit.machine.run("dpkg", "--purge", "triporteur-unit")
    assert unit.before.added(unit.machine) == ["/etc/triporteur/depot.toml"]
