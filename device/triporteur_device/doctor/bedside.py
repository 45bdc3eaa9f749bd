"""Where the doctor looks, and who the agent is."""

import os
import pwd
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from triporteur_device.clock import Clock
from triporteur_device.updates.places import Places
from triporteur_wire.programs import Ask, asked, lock_holder

#: What systemd gives the agent beside its own group.
_GIVEN = ("dialout", "gpio")


@dataclass(frozen=True, slots=True)
class Bedside:
    """The kernel's trees, other programs, this machine's clock, and where releases lie."""

    clock: Clock
    sys: Path = Path("/sys")
    proc: Path = Path("/proc")
    dev: Path = Path("/dev")
    run: Path = Path("/run")
    ask: Ask = asked
    places: Places = field(default_factory=Places)


@dataclass(frozen=True, slots=True)
class Acting:
    """Whom the agent runs as, or would. `pid` is None while none runs."""

    uid: int
    groups: frozenset[int]
    pid: int | None = None

    @property
    def name(self) -> str:
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return f"user {self.uid}"

    def may_use(self, path: Path) -> bool:
        """Whether he may read and write it, by owner, group and mode. Raises OSError."""
        there = path.stat()
        if self.uid == 0:
            return True
        shift = 6 if there.st_uid == self.uid else 3 if there.st_gid in self.groups else 0
        return (there.st_mode >> shift) & 0o6 == 0o6

    @classmethod
    def of_process(cls, pid: int, proc: Path) -> Self:
        """Raises OSError when it has ended."""
        lines = (proc / str(pid) / "status").read_text(encoding="utf-8").splitlines()
        told = {key: value.split() for key, _, value in (line.partition(":") for line in lines)}
        groups = {*map(int, told["Groups"]), int(told["Gid"][1])}
        return cls(int(told["Uid"][1]), frozenset(groups), pid)

    @classmethod
    def of_owner(cls, folder: Path) -> Self:
        """As the service would run: as the owner of the agent's folder."""
        there = next(path for path in (folder, *folder.parents) if path.exists())
        owner = pwd.getpwuid(there.stat().st_uid)
        return cls(owner.pw_uid, frozenset([*_groups(owner), *_given()]))


def acting(lock: Path, here: Bedside) -> Acting:
    """The agent that holds the lock of the journal, or who would be one."""
    with suppress(OSError):
        pid = lock_holder(lock, here.proc)
        if pid is not None:
            return Acting.of_process(pid, here.proc)
    if os.geteuid() != 0:
        return Acting(os.geteuid(), frozenset([os.getegid(), *os.getgroups()]))
    return Acting.of_owner(lock.parent)


def _groups(owner: pwd.struct_passwd) -> list[int]:
    return os.getgrouplist(owner.pw_name, owner.pw_gid)


def _given() -> Iterator[int]:
    import grp

    for name in _GIVEN:
        with suppress(KeyError):
            yield grp.getgrnam(name).gr_gid
