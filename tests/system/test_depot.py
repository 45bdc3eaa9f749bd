"""A depot as its package installs it, under a real systemd: broker, ingest, registrar, pages.

In the end its package changes and goes: what is the operator's survives.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.rig import wait_for
from tests.system.inventory import Inventory
from tests.system.later import repacked
from tests.system.machine import Machine
from tests.system.meant import complaints, otherwise
from tests.system.measures import comes_back, first_processes, work_on
from tests.system.parts import DEPOT, DEPOT_SERVICES, image, package, why_not

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),  # Debian may have to be fetched
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
]


_PASSWORD = "/var/lib/triporteur-depot/depot.password"


@dataclass(frozen=True)
class Installed:
    """A machine with the package, what was there before it came, and what was made with it."""

    machine: Machine
    package: str
    before: Inventory
    password: str


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """A depot that was installed beside Debian's own broker, set up and started."""
    shared = tmp_path_factory.mktemp("shared")
    file = package("depot", shared)
    with Machine((image("bookworm"),), tmp_path_factory.mktemp("depot"), shared) as machine:
        machine.boot()
        machine.run("systemctl", "start", "mosquitto")
        machine.run("systemctl", "restart", "mosquitto")  # it has left its files by then
        before = Inventory.of(machine)
        assert "rror" not in machine.install(file)
        assert machine.asked("dpkg", "--verify", "triporteur-depot").stdout == ""
        machine.write("/etc/triporteur/depot.toml", DEPOT)
        machine.run("triporteur-depot", "broker")
        machine.run("systemctl", "start", "triporteur.target")
        wait_for(lambda: machine.is_active(*DEPOT_SERVICES), "every service is active")
        yield Installed(machine, file, before, machine.run("cat", _PASSWORD))


@pytest.fixture(scope="module")
def depot(whole: Installed) -> Machine:
    return whole.machine


def connected(depot: Machine, service: str) -> bool:
    return "broker: connected" in depot.log(service)


def test_every_service_is_active_and_debians_broker_is_not(depot: Machine) -> None:
    assert depot.run("systemctl", "--failed", "--plain", "--no-legend") == ""
    assert not depot.is_active("mosquitto")
    for service in ("triporteur-ingest", "triporteur-registrar"):
        wait_for(lambda service=service: connected(depot, service), "the broker lets it in")  # type: ignore[misc]


def test_systemd_has_nothing_to_say_about_the_units(depot: Machine) -> None:
    assert complaints(depot) == ""


def test_systemd_holds_what_each_units_own_files_say(depot: Machine) -> None:
    assert otherwise(depot) == {}


@pytest.mark.parametrize("service", DEPOT_SERVICES)
def test_a_service_that_is_killed_comes_back_and_takes_none_along(
    depot: Machine, service: str
) -> None:
    before = first_processes(depot, DEPOT_SERVICES)
    depot.run("systemctl", "kill", "--signal=KILL", service)
    comes_back(depot, service, before.pop(service))
    assert first_processes(depot, [*before]) == before


def test_services_that_hang_come_back_and_those_that_work_stay(depot: Machine) -> None:
    depot.write(
        "/run/systemd/system/triporteur-.service.d/99-test.conf", "[Service]\nWatchdogSec=6\n"
    )
    depot.run("systemctl", "daemon-reload")
    depot.run("systemctl", "reset-failed", *DEPOT_SERVICES)
    depot.run("systemctl", "restart", *DEPOT_SERVICES)
    before = work_on(depot, DEPOT_SERVICES)
    broker, *others = DEPOT_SERVICES
    depot.run("systemctl", "kill", "--signal=STOP", *others)
    # Of these two only mosquitto itself: who started it must notice.
    depot.run("sh", "-c", "kill -STOP $(cat /var/lib/triporteur-broker/state/mosquitto.pid)")
    for service in (broker, *others):
        comes_back(depot, service, before[service])


def test_the_pages_answer_while_the_ingest_does_not_run(depot: Machine) -> None:
    depot.run("systemctl", "stop", "triporteur-ingest")
    page = depot.run(
        "python3", "-c",
        "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8000/').read().decode())",
    )  # fmt: skip
    assert "Essai" in page
    depot.run("systemctl", "start", "triporteur-ingest")


def test_only_the_registrar_sees_the_authoritys_keys(depot: Machine) -> None:
    key = "/var/lib/triporteur-depot/authority/private"
    for service in ("triporteur-ingest", "triporteur-pages", "triporteur-registrar"):
        number = depot.shown(service, "MainPID")
        seen = depot.asked("sh", "-c", f"ls /proc/{number}/root{key}").stdout
        assert ("registrar.password" in seen) is (service == "triporteur-registrar"), service


def test_what_is_the_operators_survives_a_later_package_and_a_removal(whole: Installed) -> None:
    machine, ours = whole.machine, "/etc/triporteur/depot.toml"
    machine.run("rm", "-rf", "/run/systemd/system/triporteur-.service.d")
    machine.run("sh", "-c", f"echo '# ours' >>{ours}")
    machine.install(repacked(machine.shared / whole.package))
    wait_for(lambda: machine.is_active(*DEPOT_SERVICES), "every service is active, by itself")
    assert machine.run("tail", "-n1", ours) == "# ours"

    machine.run("dpkg", "--remove", "triporteur-depot")
    assert not any(map(machine.is_active, DEPOT_SERVICES))
    assert machine.asked("test", "-e", "/usr/lib/triporteur").returncode != 0
    assert machine.asked("test", "-e", ours).returncode == 0
    machine.install(whole.package)
    wait_for(lambda: machine.is_active(*DEPOT_SERVICES), "every service is active again")
    assert machine.run("cat", _PASSWORD) == whole.password


def test_a_purge_leaves_nothing_but_what_is_the_other_roles(whole: Installed) -> None:
    whole.machine.write("/etc/triporteur/unit.toml", "")
    whole.machine.run("dpkg", "--purge", "triporteur-depot")
    assert whole.before.added(whole.machine) == ["/etc/triporteur/unit.toml"]
