"""What a unit's machine tells of itself: does it work, how soon, and with how much memory?"""

import json
import re
from collections.abc import Sequence

from tests.rig import wait_for
from tests.system.machine import Machine
from tests.system.parts import SERVICES


def hears(unit: Machine) -> bool:
    """Whether the battery is read."""
    done = unit.asked("cat", "/run/triporteur/snapshot.json")
    return done.returncode == 0 and "jbd" in json.loads(done.stdout)["readings"]


def runs(unit: Machine) -> str:
    """The version that every service runs, and that is whole; empty while that is not so."""
    version = unit.asked("cat", "/run/triporteur-release/VERSION").stdout.strip()
    told = unit.asked("cat", "/run/triporteur/snapshot.json").stdout
    if not told or json.loads(told)["version"] != version or not unit.is_active(*SERVICES):
        return ""
    whole = unit.asked("triporteur-device", "release").returncode == 0
    return version if whole and unit.asked("triporteur-device", "status").returncode == 0 else ""


def settles(unit: Machine, *versions: str) -> str:
    """The one of these versions that it runs in the end."""
    found = ""

    def look() -> bool:
        nonlocal found
        found = runs(unit)
        return found in versions

    wait_for(look, f"it runs {' or '.join(versions)}", 120)
    return found


def first_processes(machine: Machine, services: Sequence[str]) -> dict[str, str]:
    """Of each service the number; 0 while it does not run."""
    return machine.each_shown(services, "MainPID")


def comes_back(machine: Machine, service: str, before: str) -> None:
    """`before` was its first process."""

    def is_back() -> bool:
        said = machine.run("systemctl", "show", "--property=ActiveState,MainPID", service)
        told = dict(line.split("=") for line in said.splitlines())
        return told["ActiveState"] == "active" and told["MainPID"] not in {before, "0"}

    wait_for(is_back, f"{service} is back")


def work_on(machine: Machine, services: Sequence[str]) -> dict[str, str]:
    """Their first processes: the same while each has fed its watchdog for longer than it waits."""
    before = first_processes(machine, services)
    fed: dict[str, set[str]] = {one: set() for one in services}

    def all_fed_often() -> bool:
        for service, when in machine.each_shown(services, "WatchdogTimestampMonotonic").items():
            fed[service].add(when)
        return all(len(when) > 5 for when in fed.values())

    wait_for(all_fed_often, "every service makes progress")
    assert first_processes(machine, services) == before
    return before


def answers(unit: Machine, port: int) -> bool:
    """Whether somebody takes a connection there."""
    look = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5).close()"
    return unit.asked("python3", "-c", look).returncode == 0


def memory_mb(unit: Machine, service: str) -> float:
    """The share of a service's first process, in MB: what is shared is divided (PSS)."""
    number = unit.shown(service, "MainPID")
    said = unit.run("grep", "^Pss:", f"/proc/{number}/smaps_rollup")
    return int(said.split()[1]) * 1024 / 1_000_000


def seconds_to_portal(unit: Machine) -> float:
    """From the first service's start to the portal's first answer, which makes it ready."""
    return _since_start_s(unit, _monotonic_s(unit, "triporteur-portal", "ActiveEnter"))


def seconds_to_reading(unit: Machine) -> float:
    """From the same to the first word of the battery; it must have said one."""
    log = unit.run("journalctl", "--boot", "--output=short-monotonic", "--unit=triporteur-device")
    found = re.search(r"^\[ *([\d.]+)\].*jbd: source_heard", log, re.MULTILINE)
    assert found, log
    return _since_start_s(unit, float(found[1]))


def _since_start_s(unit: Machine, moment_s: float) -> float:
    return moment_s - min(_monotonic_s(unit, service, "InactiveExit") for service in SERVICES)


def _monotonic_s(unit: Machine, service: str, what: str) -> float:
    return int(unit.shown(service, f"{what}TimestampMonotonic")) / 1_000_000
