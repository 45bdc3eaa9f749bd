"""A unit as its package installs it, under a real systemd: it comes up, and what dies is back."""

import json
from collections.abc import Iterator

import pytest

from tests.rig import wait_for
from tests.system.installed import installed
from tests.system.machine import Machine
from tests.system.meant import complaints, otherwise
from tests.system.measures import (
    answers,
    comes_back,
    first_processes,
    hears,
    memory_mb,
    work_on,
)
from tests.system.parts import ALONE, GATE, PHONES, TRIKE, UNIT, why_not
from tests.system.parts import SERVICES as PLAIN

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),  # Debian may have to be fetched
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
]
SERVICES = (*PLAIN, "triporteur-gate")


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A unit that was installed, configured and started."""
    shared = tmp_path_factory.mktemp("shared")
    with Machine(installed("unit"), tmp_path_factory.mktemp("unit"), shared) as machine:
        machine.write("/etc/triporteur/unit.toml", UNIT.format(reached=ALONE) + GATE)
        machine.serve("trike", TRIKE)
        machine.serve("phones", PHONES)
        machine.boot()
        wait_for(lambda: machine.is_active(*SERVICES), "every service is active")
        yield machine


def test_every_service_is_active_and_nothing_failed(unit: Machine) -> None:
    assert unit.run("systemctl", "--failed", "--plain", "--no-legend") == ""
    wait_for(lambda: hears(unit), "the battery is read")
    assert answers(unit, 8080)
    assert answers(unit, 8443)


def test_systemd_has_nothing_to_say_about_the_units(unit: Machine) -> None:
    assert complaints(unit) == ""


def test_systemd_holds_what_each_units_own_files_say(unit: Machine) -> None:
    assert otherwise(unit) == {}


def test_what_runs_has_as_few_rights_as_the_files_say(unit: Machine) -> None:
    said = json.loads(unit.run("systemd-analyze", "security", "--json=short"))
    exposed = {each["unit"]: float(each["exposure"]) for each in said}
    assert max(exposed[f"{one}.service"] for one in PLAIN) <= 1.5
    assert exposed["triporteur-gate.service"] <= 2.5


def test_phones_find_a_gate_that_holds(unit: Machine) -> None:
    assert "%phones0:67 " in unit.run("ss", "-Hlnu")
    assert unit.run("nft", "list", "tables") == "table inet triporteur_gate"
    assert unit.run("pgrep", "--uid", "triporteur-gate", "dnsmasq")


def test_the_doctor_finds_nothing_wrong_but_what_is_away(unit: Machine) -> None:
    said = unit.asked("triporteur-device", "doctor", "--json").stdout.splitlines()
    found = {each["about"]: each["verdict"] for each in map(json.loads, said)}
    assert len(found) > 20
    not_well = {about for about, verdict in found.items() if verdict != "ok"}
    # At the other end of the port is the simulator, who holds it too.
    assert not_well == {"port jbd", "clock", "uplink", "enrolment", "depot"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_is_killed_comes_back(unit: Machine, service: str) -> None:
    before = first_processes(unit, SERVICES)
    unit.run("systemctl", "kill", "--signal=KILL", service)
    comes_back(unit, service, before.pop(service))
    assert first_processes(unit, [*before]) == before


@pytest.fixture
def impatient(unit: Machine) -> Iterator[None]:
    """Every watchdog waits for four seconds."""
    folder = "/run/systemd/system/triporteur-.service.d"
    unit.write(f"{folder}/99-test.conf", "[Service]\nWatchdogSec=4\n")
    restart(unit)
    yield
    # Whoever was started meanwhile feeds it more often than is asked.
    unit.run("rm", "-r", folder)
    unit.run("systemctl", "daemon-reload")


def restart(unit: Machine) -> None:
    """And forgets how often they were started."""
    unit.run("systemctl", "daemon-reload")
    unit.run("systemctl", "stop", *SERVICES)
    unit.asked("systemctl", "reset-failed", *SERVICES)
    start(unit)


def start(unit: Machine) -> None:
    unit.run("systemctl", "start", "triporteur.target")
    wait_for(lambda: unit.is_active(*SERVICES), "every service is active")


@pytest.mark.usefixtures("impatient")
def test_services_that_hang_come_back_and_those_that_work_stay(unit: Machine) -> None:
    before = work_on(unit, SERVICES)
    unit.run("systemctl", "kill", "--signal=STOP", *SERVICES)
    for service in SERVICES:
        comes_back(unit, service, before[service])


def test_what_fails_often_is_given_a_rest_and_takes_nothing_else_down(unit: Machine) -> None:
    portal, again = "triporteur-portal.service", "triporteur-again@triporteur-portal.service"
    folder = f"/run/systemd/system/{portal}.d"
    unit.write(f"{folder}/99-test.conf", "[Service]\nExecStart=\nExecStart=false\n")
    unit.run("systemctl", "daemon-reload")
    unit.run("systemctl", "kill", "--signal=KILL", portal)
    wait_for(lambda: unit.shown(portal, "ActiveState") == "failed", "it is given a rest")
    assert int(unit.shown(portal, "NRestarts")) > 3
    assert unit.shown(again, "ActiveState") == "activating"
    assert unit.is_active(*(set(SERVICES) - {"triporteur-portal"}))
    unit.run("rm", "-r", folder)
    unit.run("systemctl", "daemon-reload")
    unit.run("systemctl", "stop", again)  # not to wait for the minute
    unit.run("systemctl", "reset-failed", portal)
    start(unit)


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

#: Where it must be able to write, and what runs besides.
STATE = (*ROOMS, "triporteur-releases")
OTHERS = ("triporteur-release", "triporteur-update.path", "triporteur-update.timer")

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
    unit.run("systemctl", "start", "triporteur-console")
    wait_for(lambda: lines() == ["on", "off", "on", "off", "on"], "it is back with the console")
    unit.run("rm", "-r", "/run/systemd/system/triporteur-ready.service.d")
    unit.run("systemctl", "daemon-reload")
    start(unit)


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
    assert unit.each_shown(SERVICES, "Result") == dict.fromkeys(SERVICES, "success"), unit.log()
    # All is in the file itself: SQLite put the write-ahead log away.
    side = "/var/lib/triporteur/device.journal-wal"
    assert unit.asked("test", "-s", side).returncode != 0


def test_after_a_power_cut_with_the_gate_up_nothing_is_open_until_there_is_a_gate(
    unit: Machine,
) -> None:
    """And all of it works with a root that cannot be written."""
    start(unit)
    unit.cut()
    held_back = unit.disk / "etc/systemd/system/triporteur-gate.service"
    held_back.symlink_to("/dev/null")
    unit.boot()
    wait_for(lambda: unit.is_active(*PLAIN), "every other service is active")
    assert unit.run("nft", "list", "tables") == ""
    assert unit.run("cat", "/proc/sys/net/ipv4/ip_forward") == "0"
    assert unit.run("ss", "-Hlnu") == ""
    unit.cut()
    held_back.unlink()


def test_it_boots_with_a_root_that_cannot_be_written(unit: Machine) -> None:
    unit.cut()
    state = [f"--bind={unit.state}/{one}:/var/lib/{one}" for one in STATE]
    unit.boot("--read-only", "--tmpfs=/var/log", *state)
    assert unit.asked("touch", "/etc/anything").returncode != 0
    assert unit.asked("touch", "/var/lib/anything").returncode != 0
    wait_for(lambda: unit.is_active(*SERVICES, *OTHERS), "everything is active")
    assert unit.run("systemctl", "--failed", "--plain", "--no-legend") == ""
    wait_for(lambda: hears(unit), "the battery is read")
