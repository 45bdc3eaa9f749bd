"""A unit that reports, and its depot: agent, broker and depot beside the lab's gate and portal.

The line between them is plain, so that its bytes can be read. Whatever runs may write to its own
folders only; everything else is read-only to it, as the services' own units have it.
"""

import subprocess
import sys
from pathlib import Path
from typing import Self

from tests.network.internet import NAME_SERVER
from tests.network.lab import Lab
from tests.network.settings import Settings
from tests.network.unit import Unit
from tests.rig import Road, wait_for
from triporteur_device.journal import JournalWriter
from triporteur_kiosk.usage.journal import BUDGET_BYTES

#: Where a program could leave something on a disk; what is no file system of its own is the root's.
_SEAL = """
set -e
for one in $1; do mount --bind "$one" "$one"; done
for one in / /home /root /run /tmp /var; do
    if mountpoint -q "$one"; then mount -o remount,bind,ro "$one"; fi
done
shift
exec "$@"
"""


def sealed(*folders: Path) -> tuple[str, ...]:
    """What to write before a command that is to write into these folders only."""
    return ("unshare", "--mount", "sh", "-c", _SEAL, "sh", " ".join(map(str, folders)))


class Depot(Road):
    """In the lab's Internet, at the address of its name server."""

    heard_at = "0.0.0.0"

    def __init__(self, lab: Lab, folder: Path) -> None:
        folder.mkdir()
        super().__init__(folder)
        self._namespace = lab.internet.namespace

    def __enter__(self) -> Self:
        with self._namespace.entered():
            self.start_broker()
            self.start_depot()
        return self

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        return super().start(name, *sealed(self.folder), *command)

    def page(self, path: str = "/") -> str:
        with self._namespace.entered():
            return super().page(path)


class ReportingUnit(Unit):
    """A unit of the lab that also runs its agent. `legal_log` is the certificate of such a log."""

    def __init__(
        self, lab: Lab, depot: Depot, settings: Settings, legal_log: Path | None = None
    ) -> None:
        super().__init__(lab, settings)
        self.card = self.folder / "card"
        self._have_a_past()
        with self._config_path.open("a") as file:
            file.write(f'legal_log = "{legal_log}"\n' if legal_log else "")
            file.write(
                f"""
[journal]
directory = "{self.card}/agent"
kiosk = "{self.config.journal_path}"
commit_interval_s = 0.5
rest_interval_s = 0.5
[mqtt]
host = "{NAME_SERVER}"
port = {depot.broker_port}
tls = false
status_period_s = 1
rest_period_s = 1
gather_s = 0
keepalive_s = 5
[clock]
trust = "system"
"""
            )

    def _have_a_past(self) -> None:
        """Its kiosk ran before: an agent that met a journal half made would wait for a minute."""
        path = self.config.journal_path
        path.parent.mkdir(parents=True)
        JournalWriter(path, 1, 0, "0.1.0", BUDGET_BYTES).close()

    def start(self, *prefix: str) -> Self:
        self.agent = self._run("run", sys.executable, "-m", "triporteur_device")
        wait_for(self.config.snapshot_path.exists, "the agent tells how the unit fares")
        return super().start(*prefix)

    def _run(self, name: str, *program: str) -> subprocess.Popen[bytes]:
        return super()._run(name, *sealed(self.folder, self.ram), *program)
