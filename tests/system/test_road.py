"""A unit and its depot, each as its package installs it: the guides' way, from a card on."""

import json
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.rig import wait_for
from tests.system.ends import BOOT_PARTITION, Ends, ends
from tests.system.later import WELL, trusted, updates
from tests.system.machine import Machine
from tests.system.measures import hears
from tests.system.parts import DEPOT_SERVICES, SERVICES, TRIKE, why_not

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),  # Debian may have to be fetched
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
]
#: What the guide has added to what the first boot made.
_SOURCE = """
[[source]]
name = "jbd"
protocol = "jbd"
port = "/run/trike/jbd"
"""
_WANTED = "/var/lib/triporteur-releases/incoming/wanted.json"
_BACKUPS = "/var/lib/triporteur-depot/backups"
#: A night every second.
_HASTE = "[Timer]\nOnCalendar=\nOnCalendar=*:*:*\nRandomizedDelaySec=0\nAccuracySec=100ms\n"
_EPOCH = """
import sqlite3
there = sqlite3.connect("file:/var/lib/triporteur-depot/depot.db?mode=ro", uri=True)
print(there.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()[0])
"""


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ends]:
    """The unit was started for the first time."""
    with ends(tmp_path_factory.mktemp("road")) as both:
        both.unit.serve("trike", TRIKE)
        both.boot_unit()
        yield both


def test_a_bundle_on_the_card_names_the_unit_and_starts_everything(road: Ends) -> None:
    unit = road.unit
    wait_for(lambda: unit.is_active(*SERVICES), "every service is active")
    assert unit.run("systemctl", "--failed", "--plain", "--no-legend") == ""
    assert unit.run("uname", "-n") == "triporteur-ben"
    assert unit.run("ls", BOOT_PARTITION) == "triporteur-says.txt"
    said = unit.run("cat", f"{BOOT_PARTITION}/triporteur-says.txt")
    assert "/etc/triporteur/unit.toml was made" in said
    wait_for(road.is_connected, "the depot lets it in")


def test_another_start_changes_nothing(road: Ends) -> None:
    files = (
        "sha256sum /etc/hostname /etc/hosts /etc/triporteur/* /boot/firmware/*"
        " /var/lib/triporteur/identity/current/*"
    )
    before = road.unit.run("sh", "-c", files)
    assert "certificate.pem" in before
    road.unit.cut()
    road.boot_unit()
    wait_for(road.is_connected, "the depot lets it in again")
    assert road.unit.is_active(*SERVICES)
    assert road.unit.run("sh", "-c", files) == before


def test_the_timer_makes_copies_and_keeps_but_a_few(road: Ends) -> None:
    depot = road.depot
    depot.run("systemctl", "start", "triporteur-backup")
    depot.run("touch", *(f"{_BACKUPS}/depot-202602{day:02}T023000Z.db" for day in range(1, 29)))
    before = set(depot.run("ls", _BACKUPS).split())
    wait_for(road.stored, "the depot has records")

    depot.write("/run/systemd/system/triporteur-backup.timer.d/99-test.conf", _HASTE)
    depot.run("systemctl", "daemon-reload")
    depot.run("systemctl", "restart", "triporteur-backup.timer")
    wait_for(lambda: newest(depot) not in before, "the timer has made a copy")
    depot.run("rm", "-r", "/run/systemd/system/triporteur-backup.timer.d")
    depot.run("systemctl", "daemon-reload")
    depot.run("systemctl", "restart", "triporteur-backup.timer")
    wait_for(lambda: depot.shown("triporteur-backup", "ActiveState") == "inactive", "it rests")
    assert depot.shown("triporteur-backup", "Result") == "success"

    kept = depot.run("ls", _BACKUPS).split()
    assert depot.run("stat", "--format=%U %a", f"{_BACKUPS}/{kept[-1]}") == "triporteur-depot 600"
    assert len(kept) == 7 + 3  # seven days, and the Sundays of three weeks before


def epoch(depot: Machine) -> str:
    return depot.run("python3", "-c", _EPOCH)


def newest(depot: Machine) -> str:
    return depot.run("ls", _BACKUPS).split()[-1]


def test_doctors_say_that_all_is_well(road: Ends) -> None:
    unit, depot = road.unit, road.depot
    unit.run("sh", "-c", f"cat >>/etc/triporteur/unit.toml <<'END'\n{_SOURCE}\nEND")
    unit.run("systemctl", "restart", "triporteur-device")
    wait_for(lambda: hears(unit) and road.is_connected(), "all is there")
    depot.write("/srv/passphrase", "a quiet evening by the sea\n")
    sealed = ("backup-authority", "/srv/sealed", "--passphrase-file", "/srv/passphrase")
    depot.run("triporteur-depot", *sealed)
    # At the other end of the port is the simulator, who holds it too.
    assert set(not_well(unit, "triporteur-device")) == {"port jbd"}
    assert not_well(depot, "triporteur-depot") == {}


def not_well(machine: Machine, program: str) -> dict[str, str]:
    """What the doctor does not find well."""
    said = map(json.loads, machine.asked(program, "doctor", "--json").stdout.splitlines())
    found = {each["about"]: f"{each['verdict']}: {each['said']}" for each in said}
    assert len(found) > 15
    return {about: told for about, told in found.items() if not told.startswith("ok:")}


def test_a_release_that_the_depot_sends_comes_aboard_and_runs(road: Ends) -> None:
    key = Ed25519PrivateKey.generate()
    updates(road.depot.shared, key)
    road.unit.write("/etc/triporteur/updates.pub", trusted(key))
    road.depot.run("triporteur-depot", "release", "send", f"/mnt/{WELL}.release", "ben")

    def has_come_to_an_end() -> bool:
        """Aboard: to ask the depot costs a hundred times as much."""
        runs = road.unit.asked("cat", "/run/triporteur-release/VERSION").stdout.strip()
        return runs == WELL and road.unit.asked("test", "-e", _WANTED).returncode != 0

    def told() -> tuple[str, str]:
        said = json.loads(road.depot.run("triporteur-depot", "release", "list", "--json"))
        return said["runs"], said["outcome"]

    wait_for(has_come_to_an_end, "it runs", patience_s=120)
    wait_for(lambda: told() == (WELL, "running"), "the depot hears that it runs")
    assert road.unit.is_active(*SERVICES)


def test_a_copy_that_is_restored_is_filled_up_by_the_unit(road: Ends) -> None:
    """All that it still holds: what it was told of another memory does not count."""
    depot = road.depot
    before, named = road.stored(), epoch(road.depot)
    copy = newest(depot)
    depot.run("systemctl", "stop", "triporteur*")
    depot.run("triporteur-depot", "restore", f"{_BACKUPS}/{copy}")
    depot.run("systemctl", "start", "triporteur.target")
    wait_for(lambda: depot.is_active(*DEPOT_SERVICES), "every service is active")
    assert epoch(road.depot) != named
    wait_for(lambda: before <= road.stored(), "all is there again")
