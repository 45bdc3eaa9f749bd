"""A Debian machine in a container: a real systemd is its first process, and its power can be cut.

    layers (read only) ─┬─▶ overlay ─▶ systemd-nspawn ─▶ systemd ─▶ what is installed
    folder/disk ────────┘

What it writes stays in its folder from one boot to the next. The mount is the container's alone,
and ends with it. Needs root.
"""

import os
import secrets
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.rig import wait_for

#: In a mount namespace, and a control group, of its own: machines know nothing of each other.
_BOOT = """
set -e
mount -t overlay "$1" -o "lowerdir=$2,upperdir=$3/disk,workdir=$3/work" "$3/whole"
mkdir -p "$3/whole/var/lib" && mount --bind "$3/whole/var/lib" "$3/state"
for tree in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
    if [ -e "$tree/cgroup.procs" ]; then mkdir -p "$tree/$1"; echo $$ >"$tree/$1/cgroup.procs"; fi
done
shift 3
exec systemd-nspawn "$@"
"""
_BOOT_S = 120


class Machine:
    """Use as a context, which ends it and leaves nothing but its folder.

    `layers` are what it starts from, the upper one first; `shared` is a folder of the host that it
    sees at /mnt. Its network is its own loopback alone, unless `boot` is told of more.
    """

    def __init__(self, layers: Sequence[Path], folder: Path, shared: Path) -> None:
        self.folder = folder
        self._layers = layers
        self.shared = shared
        self._name = f"triporteur-{secrets.token_hex(4)}"
        self._process: subprocess.Popen[bytes] | None = None
        self._leader = 0
        for part in ("disk", "work", "whole", "state"):
            (folder / part).mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()

    @property
    def disk(self) -> Path:
        """What differs from the layers. To be written to only while the machine is off."""
        return self.folder / "disk"

    @property
    def state(self) -> Path:
        """Its /var/lib, for `boot` to be told of: there while it runs, and only for it to see."""
        return self.folder / "state"

    @property
    def leader(self) -> int:
        """Its first process, as the host counts; 0 while it is off."""
        return self._leader

    def boot(self, *options: str) -> None:
        """Until systemd says that all is started, or that something failed."""
        nspawn = [
            *("--quiet", "--register=no", "--keep-unit", "--console=pipe", "--kill-signal=9"),
            *(
                f"--machine={self._name}",
                f"--directory={self.folder}/whole",
                f"--bind-ro={self.shared}:/mnt",
            ),
            *("--private-network", *options, "--boot", "SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1"),
        ]
        alone = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _BOOT, "sh"]
        with (self.folder / "console.log").open("ab") as console:
            self._process = subprocess.Popen(
                [*alone, self._name, ":".join(map(str, self._layers)), str(self.folder), *nspawn],
                stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True,
            )  # fmt: skip
        self._leader = wait_for(self._find_leader, f"{self._name} starts", _BOOT_S)
        wait_for(self._is_up, f"{self._name} has booted", _BOOT_S)

    def cut(self) -> None:
        """The power goes: no process is asked anything, and nothing more is written."""
        if self._leader:
            _kill(self._leader)
            self._leader = 0
        elif self._process:
            self._process.kill()
        for tree in ("", "systemd", "unified"):
            group = Path("/sys/fs/cgroup") / tree / self._name
            wait_for(lambda group=group: _is_removed(group), f"{group} is empty")  # type: ignore[misc]
        if self._process:
            self._process.wait()
            self._process = None

    def command(self, *words: str) -> list[str]:
        """What runs a command inside, as root."""
        inside = ["nsenter", f"--target={self._leader}", "--mount", "--uts", "--ipc"]
        return [*inside, "--net", "--pid", "--", *words]

    def asked(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What came of a command inside."""
        return subprocess.run(self.command(*words), capture_output=True, text=True, check=False)

    def run(self, *words: str) -> str:
        """What a command inside printed; it must end well."""
        done = self.asked(*words)
        assert done.returncode == 0, f"{' '.join(words)}:\n{done.stdout}{done.stderr}"
        return done.stdout.strip()

    def write(self, path: str, text: str) -> None:
        """A file of root's, whether the machine runs or not."""
        if not self._leader:
            there = self.disk / path.removeprefix("/")
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_text(text)
            return
        subprocess.run(
            self.command("sh", "-c", 'mkdir -p "$(dirname "$0")" && cat >"$0"', path),
            input=text, text=True, check=True,
        )  # fmt: skip

    def serve(self, name: str, service: str) -> None:
        """A service of the test's own, from the next boot on; while the machine is off."""
        self.write(f"/etc/systemd/system/{name}.service", service)
        wanted = self.disk / "etc/systemd/system/multi-user.target.wants"
        wanted.mkdir(exist_ok=True)
        (wanted / f"{name}.service").symlink_to(f"../{name}.service")

    def install(self, package: str) -> str:
        """Installs a package of the shared folder, without any network."""
        return self.run(
            "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "--yes",
            "install", f"/mnt/{package}",
        )  # fmt: skip

    def shown(self, unit: str, name: str) -> str:
        """One property of a unit."""
        return self.run("systemctl", "show", "--property", name, "--value", unit)

    def each_shown(self, units: Sequence[str], name: str) -> dict[str, str]:
        """One property of each; none of them empty."""
        said = self.run("systemctl", "show", "--property", name, "--value", *units)
        return dict(zip(units, said.split("\n\n"), strict=True))

    def is_active(self, *units: str) -> bool:
        said = self.asked("systemctl", "is-active", *units).stdout.split()
        return said == ["active"] * len(units)

    def log(self, unit: str = "") -> str:
        """The journal of this boot, of a unit or of all."""
        of_unit = ["--unit", unit] if unit else []
        return self.run("journalctl", "--boot", "--no-pager", "--output", "cat", *of_unit)

    def _find_leader(self) -> int:
        assert self._process
        assert self._process.poll() is None, (self.folder / "console.log").read_text()
        number = self._process.pid
        children = Path(f"/proc/{number}/task/{number}/children").read_text().split()
        return next((int(child) for child in children if _is_first(int(child))), 0)

    def _is_up(self) -> bool:
        """It waits itself: to ask again and again costs more than the start of a service."""
        wait = ("timeout", "10", "systemctl", "is-system-running", "--wait")
        said = self.asked(*wait).stdout.strip()
        return said in {"running", "degraded"}


def _is_first(process: int) -> bool:
    """Whether it is the first process of a namespace of its own, and systemd by now."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False  # one of those that only prepare
    numbers = next(line for line in status.splitlines() if line.startswith("NSpid"))
    return numbers.split()[-1] == "1" and status.startswith("Name:\tsystemd\n")


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def _is_removed(group: Path) -> bool:
    """Whoever is left there is killed; the kernel may take a moment to notice."""
    with suppress(OSError):
        for members in group.rglob("cgroup.procs"):
            for number in members.read_text().split():
                _kill(int(number))
        for below in sorted(group.rglob("*/"), reverse=True):
            below.rmdir()
        group.rmdir()
    return not group.exists()
