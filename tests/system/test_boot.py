"""A unit as its package installs it, under a real systemd: it comes up, and what dies is back."""

from collections.abc import Iterator

import pytest

from tests.rig import wait_for
from tests.system.machine import Machine
from tests.system.measures import answers, hears, memory_mb
from tests.system.parts import GATE, PHONES, TRIKE, UNIT, image, package, why_not
from tests.system.parts import SERVICES as PLAIN

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),  # Debian may have to be fetched
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
]
#: Where nothing answers: the unit is alone.
_NOBODY = 1
SERVICES = (*PLAIN, "triporteur-gate")


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A unit that was installed, configured and started."""
    shared = tmp_path_factory.mktemp("shared")
    file = package("unit", shared)
    with Machine(image("bookworm"), tmp_path_factory.mktemp("unit"), shared) as machine:
        machine.boot()
        machine.write("/etc/triporteur/unit.toml", UNIT.format(broker=_NOBODY) + GATE)
        machine.write("/etc/systemd/system/trike.service", TRIKE)
        machine.write("/etc/systemd/system/phones.service", PHONES)
        machine.run("systemctl", "enable", "--now", "phones.service")
        machine.install(file)
        machine.run("systemctl", "enable", "--now", "trike.service")
        wait_for(lambda: machine.is_active(*SERVICES), "every service is active")
        yield machine


def test_every_service_is_active_and_nothing_failed(unit: Machine) -> None:
    assert unit.run("systemctl", "--failed", "--plain", "--no-legend") == ""
    wait_for(lambda: hears(unit), "the battery is read")
    assert answers(unit, 8080)
    assert answers(unit, 8443)


def test_systemd_has_nothing_to_say_about_the_units(unit: Machine) -> None:
    there = "cd /usr/lib/systemd/system && ls triporteur.target triporteur*.service"
    files = unit.run("sh", "-c", there).split()
    assert len(files) > 5
    named = [one.replace("@.", "@triporteur-portal.") for one in files]
    done = unit.asked("systemd-analyze", "verify", "--man=no", *named)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_is_killed_comes_back(unit: Machine, service: str) -> None:
    others = [one for one in SERVICES if one != service]
    before = {one: unit.shown(one, "MainPID") for one in SERVICES}
    unit.run("systemctl", "kill", "--signal=KILL", service)
    back(unit, service, before[service])
    assert {one: unit.shown(one, "MainPID") for one in others} == {
        one: before[one] for one in others
    }


@pytest.fixture
def impatient(unit: Machine) -> Iterator[None]:
    """Every watchdog waits for four seconds."""
    folder = "/run/systemd/system/triporteur-.service.d"
    unit.write(f"{folder}/99-test.conf", "[Service]\nWatchdogSec=4\n")
    restart(unit)
    yield
    unit.run("rm", "-r", folder)
    restart(unit)


def restart(unit: Machine) -> None:
    """And forgets how often they were started."""
    unit.run("systemctl", "daemon-reload")
    unit.run("systemctl", "stop", *SERVICES)
    unit.asked("systemctl", "reset-failed", *SERVICES)
    unit.run("systemctl", "start", "triporteur.target")
    wait_for(lambda: unit.is_active(*SERVICES), "every service is active")


@pytest.mark.usefixtures("impatient")
def test_services_that_hang_come_back_and_those_that_work_stay(unit: Machine) -> None:
    before = {one: unit.shown(one, "MainPID") for one in SERVICES}
    fed: dict[str, set[str]] = {one: set() for one in SERVICES}

    def all_fed_often() -> bool:
        for service, when in fed.items():
            when.add(unit.shown(service, "WatchdogTimestampMonotonic"))
        return all(len(when) > 5 for when in fed.values())  # for longer than their patience

    wait_for(all_fed_often, "every service makes progress")
    assert {one: unit.shown(one, "MainPID") for one in SERVICES} == before
    unit.run("systemctl", "kill", "--signal=STOP", *SERVICES)
    for service in SERVICES:
        back(unit, service, before[service])


def back(unit: Machine, service: str, before: str) -> None:
    wait_for(
        lambda: unit.is_active(service) and unit.shown(service, "MainPID") not in {before, "0"},
        f"{service} is back",
    )


def test_what_fails_often_is_given_a_rest_and_takes_nothing_else_down(unit: Machine) -> None:
    portal, again = "triporteur-portal.service", "triporteur-again@triporteur-portal.service"
    for _ in range(10):
        before = unit.shown(portal, "MainPID")
        unit.run("systemctl", "kill", "--signal=KILL", portal)
        wait_for(
            lambda before=before: (
                unit.shown(portal, "MainPID") not in {before, "0"}  # type: ignore[misc]
                or unit.shown(portal, "ActiveState") == "failed"
            ),
            "it is started again, or given a rest",
        )
        if unit.shown(portal, "ActiveState") == "failed":
            break
    assert unit.shown(again, "ActiveState") == "activating"
    assert unit.is_active(*(set(SERVICES) - {"triporteur-portal"}))
    unit.run("systemctl", "stop", again)  # not to wait for the minute
    restart(unit)


def test_nobody_reads_or_asks_what_is_not_theirs(unit: Machine) -> None:
    """As users alone: the services' own views are narrower still."""

    def may(user: str, flag: str, path: str) -> bool:
        groups = unit.shown(ROOMS[user], "SupplementaryGroups")
        words = ["setpriv", f"--reuid={user}", f"--regid={user}"]
        words += [f"--groups={groups.replace(' ', ',')}"] if groups else ["--clear-groups"]
        return unit.asked(*words, "test", flag, path).returncode == 0

    desk, journal = "/run/triporteur/desk/desk.sock", "/var/lib/triporteur-kiosk/kiosk.journal"
    wait_for(lambda: unit.asked("test", "-e", journal).returncode == 0, "the portal keeps hours")
    assert may("triporteur-console", "-w", desk)
    assert not may("triporteur-kiosk", "-w", desk)
    assert may("triporteur-kiosk", "-r", "/run/triporteur/snapshot.json")
    assert not may("triporteur-gate", "-w", desk)
    visitors, team = (f"/run/triporteur-gate/{one}/gate.sock" for one in ("visitors", "team"))
    assert may("triporteur-kiosk", "-w", visitors)
    assert not may("triporteur-console", "-w", visitors)
    assert may("triporteur-console", "-w", team)
    assert not may("triporteur-kiosk", "-w", team)
    assert may("triporteur", "-r", journal)
    assert not may("triporteur", "-w", journal)
    assert not may("triporteur-console", "-r", journal)
    for user in ROOMS:
        mine = user == "triporteur-console"
        assert may(user, "-x", "/var/lib/triporteur-console") is mine


ROOMS = {
    "triporteur": "triporteur-device",
    "triporteur-kiosk": "triporteur-portal",
    "triporteur-console": "triporteur-console",
    "triporteur-gate": "triporteur-gate",
}


#: The light, as lines in a file: there is no board here.
LIGHT = """
[Unit]
ConditionPathExists=
[Service]
ReadWritePaths=/run/light
ExecStart=
ExecStart=sh -c 'echo on >>/run/light/lines'
ExecStop=
ExecStop=sh -c 'echo off >>/run/light/lines'
"""


def test_the_light_is_on_while_all_three_answer(unit: Machine) -> None:
    unit.write("/run/light/lines", "")
    unit.write("/run/systemd/system/triporteur-ready.service.d/99-test.conf", LIGHT)
    unit.run("systemctl", "daemon-reload")

    def lines() -> list[str]:
        return unit.run("cat", "/run/light/lines").split()

    unit.run("systemctl", "start", "triporteur-ready")
    assert lines() == ["on"]
    unit.run("systemctl", "kill", "--signal=KILL", "triporteur-portal")
    wait_for(lambda: lines() == ["on", "off", "on"], "it goes out, and is back with the portal")
    unit.run("systemctl", "stop", "triporteur-console")
    assert lines() == ["on", "off", "on", "off"]
    unit.run("rm", "-r", "/run/systemd/system/triporteur-ready.service.d")
    restart(unit)


def test_all_of_python_aboard_fits_into_a_third_of_the_smallest_board(unit: Machine) -> None:
    assert sum(memory_mb(unit, service) for service in SERVICES) <= 160


def test_logs_are_in_memory(unit: Machine) -> None:
    number = unit.shown("systemd-journald", "MainPID")
    held = unit.run("sh", "-c", f"readlink /proc/{number}/fd/*").split()
    files = {one for one in held if one.endswith(".journal")}
    assert files
    assert [one for one in files if not one.startswith("/run/")] == []


def test_a_stop_is_clean(unit: Machine) -> None:
    unit.run("systemctl", "stop", "triporteur*")
    for service in SERVICES:
        assert unit.shown(service, "Result") == "success"
    # All is in the file itself: SQLite put the write-ahead log away.
    side = "/var/lib/triporteur/device.journal-wal"
    assert unit.asked("test", "-s", side).returncode != 0
    restart(unit)


def test_it_boots_with_a_root_that_cannot_be_written(unit: Machine) -> None:
    unit.cut()
    state = [f"--bind={unit.disk}/var/lib/{user}:/var/lib/{user}" for user in ROOMS]
    unit.boot("--read-only", "--tmpfs=/var/log", *state)
    assert unit.asked("touch", "/etc/anything").returncode != 0
    wait_for(lambda: unit.is_active(*SERVICES), "every service is active")
    wait_for(lambda: hears(unit), "the battery is read")
    unit.cut()
    unit.boot()
