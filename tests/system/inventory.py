"""What lies on a machine, and who is known there: to be compared before and after a package."""

from dataclasses import dataclass
from typing import Self

from tests.system.machine import Machine

#: Where systems keep what no package is answerable for.
_ANYBODYS = "/(dev|proc|run|sys|tmp|var/(cache|log|tmp|lib/(apt|dpkg|systemd)))/|/__pycache__|-$"
_FIND = ("find", "/", "-xdev", "-not", "-type", "d", "-regextype", "egrep", "-not", "-regex")


@dataclass(frozen=True, slots=True)
class Inventory:
    files: frozenset[str]
    users: frozenset[str]

    @classmethod
    def of(cls, machine: Machine) -> Self:
        files = machine.run(*_FIND, f"({_ANYBODYS}).*").splitlines()
        users = machine.run("cat", "/etc/passwd", "/etc/group").splitlines()
        return cls(frozenset(files), frozenset(users))

    def added(self, machine: Machine) -> list[str]:
        """What came since; but the pins' group, which may be others' too."""
        now = Inventory.of(machine)
        folders = machine.run("sh", "-c", "ls -d /run/triporteur* /var/lib/triporteur* || true")
        users = [one for one in now.users - self.users if not one.startswith("gpio:")]
        return [*(now.files - self.files), *users, *folders.split()]
