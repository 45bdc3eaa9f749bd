"""A unit and its depot, each a machine of its own, and a cable: the unit's way to everywhere."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.rig import wait_for
from tests.system.installed import installed
from tests.system.machine import Machine
from tests.system.parts import DEPOT, DEPOT_NAME, DEPOT_SERVICES

BOOT_PARTITION = "/boot/firmware"
_HOSTS = f"127.0.0.1 localhost\n192.0.2.1 {DEPOT_NAME}\n"
_AT_THE_DEPOT = "ip address add 192.0.2.1/24 dev eth0 && ip link set eth0 up"
_ABOARD = (
    "ip address add 192.0.2.2/24 dev wwan0 && ip link set wwan0 up"
    " && ip route add default via 192.0.2.1"
)


@dataclass(frozen=True, slots=True)
class Ends:
    unit: Machine
    depot: Machine

    def boot_unit(self) -> None:
        """The cable is gone with the machine that is cut."""
        self.unit.boot()
        here, there = f"wwan0 netns {self.unit.leader}", f"eth0 netns {self.depot.leader}"
        words = f"ip link add {here} type veth peer name {there}".split()
        # The kernel may still have the last one.
        wait_for(lambda: _is_done(words), "there is a cable")
        self.depot.run("sh", "-c", _AT_THE_DEPOT)
        self.unit.run("sh", "-c", _ABOARD)

    def is_connected(self) -> bool:
        return self._delivery("connected") == 1

    def is_delivered(self) -> bool:
        """But for what is recorded just now."""
        return self.is_connected() and self._delivery("waiting") < 10

    def _delivery(self, name: str) -> int:
        """What the agent said last; -1 while it said nothing."""
        said = self.unit.asked("cat", "/run/triporteur/snapshot.json")
        return int(json.loads(said.stdout)["delivery"][name]) if said.returncode == 0 else -1

    def stored(self) -> set[tuple[str, int]]:
        """The records that the depot has of the unit."""
        said = self.depot.run("triporteur-depot", "records", "--unit", "ben", "--json")
        return {(each["log"], each["seq"]) for each in map(json.loads, said.splitlines())}


@contextmanager
def ends(folder: Path, suite: str = "bookworm") -> Iterator[Ends]:
    """A depot that works, and a unit that is off: there are the package and a bundle on its card.

    Both see `shared` in the folder.
    """
    shared = folder / "shared"
    shared.mkdir()
    with ExitStack() as stack:
        depot, unit = (
            stack.enter_context(Machine(installed(role, suite), folder / role, shared))
            for role in ("depot", "unit")
        )
        depot.write("/etc/triporteur/depot.toml", DEPOT)
        depot.boot()
        depot.run("triporteur-depot", "broker")
        depot.run("systemctl", "start", "triporteur.target")
        wait_for(lambda: depot.is_active(*DEPOT_SERVICES), "every service is active")
        depot.run("triporteur-depot", "enrol", "ben", "--out", "/srv/bundle")
        unit.write(f"{BOOT_PARTITION}/triporteur-bundle", depot.run("cat", "/srv/bundle"))
        unit.write("/etc/hosts", _HOSTS)
        yield Ends(unit, depot)


def _is_done(words: list[str]) -> bool:
    return subprocess.run(words, capture_output=True, check=False).returncode == 0
