"""The unit of the lab: the product's own gate and portal, as processes, in its namespace."""

import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from tests.network.lab import UNIT_WIFI, Lab
from tests.network.settings import Settings, write
from tests.rig import wait_for
from triporteur_kiosk.config import KioskConfig, load
from triporteur_wire.gate import STATE_NAME, Access, GateState, decode_state
from triporteur_wire.reading import Unreadable

#: The real program, which looks more often whether there is Internet.
_HURRIED = """
import sys
from msgspec.structs import replace
from triporteur_kiosk.gate import plan
from triporteur_kiosk.gate.keeper import uplink

uplink._SURE_S, uplink._LOST_S = 0.3, 0.3
planned, session_s = plan.plan, int(sys.argv.pop(1))
if session_s:
    plan.plan = lambda *given: replace(planned(*given), session_s=session_s)

from triporteur_kiosk.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


class Unit:
    """Use as a context; nothing runs before `start`. It ends as systemd ends services."""

    def __init__(self, lab: Lab, settings: Settings | None = None) -> None:
        self.lab = lab
        self.folder = Path(tempfile.mkdtemp(prefix="unit-", dir=lab.folder))
        self._stack = ExitStack()
        # In RAM, and where dnsmasq, which is not root, reads: a test's own folder is neither.
        made = tempfile.TemporaryDirectory(prefix="triporteur-gate-", dir="/dev/shm")
        self.ram = Path(self._stack.enter_context(made))
        self.ram.chmod(0o755)
        given = settings or Settings()
        self._session_s = given.session_s or 0
        self._config_path = write(given, self.folder, self.ram, lab.internet.authority)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def config(self) -> KioskConfig:
        return load(self._config_path)

    @property
    def state(self) -> GateState | None:
        """What the gate says of itself; None where it has said nothing."""
        try:
            return decode_state((self.ram / STATE_NAME).read_bytes())
        except (FileNotFoundError, Unreadable):
            return None

    @property
    def wifi_6(self) -> str:
        """Its own IPv6 address on the Wi-Fi that every neighbour knows."""
        said = self.lab.unit.run("ip", "-6", "-o", "address", "show", "dev", UNIT_WIFI)
        return next(word for word in said.split() if word.startswith("fe80:")).partition("/")[0]

    def start(self, *prefix: str) -> Self:
        """Both, until phones are received; the portal is run by `prefix`, if there is one."""
        self.portal = self._run("portal", *prefix, sys.executable, "-m", "triporteur_kiosk")
        self.run_gate()
        wait_for(self._portal_listens, "the portal listens")
        return self

    def run_gate(self) -> None:
        """Until it says that it has found the Internet, or that there is none, or need not know."""
        before = self.state.run if self.state else None
        self.gate = self._run("gate", sys.executable, "-c", _HURRIED, str(self._session_s))

        def speaks() -> bool:
            assert self.gate.poll() is None, self.told("gate")
            state = self.state
            if state is None or state.run == before:
                return False
            return state.uplink is not None or state.configured == "local"

        wait_for(speaks, "the gate says how it is")

    def _portal_listens(self) -> bool:
        assert self.portal.poll() is None, self.told("portal")
        return f":{self.config.portal.port} " in self.lab.unit.run("ss", "-Hltn")

    def told(self, name: str) -> str:
        """What a process has logged."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def until(self, access: Access, *, uplink: bool) -> None:
        """Waits until the gate has seen how the uplink is, and does accordingly."""
        wait_for(
            lambda: (state := self.state) and (state.access, state.uplink) == (access, uplink),
            f"the gate lets phones get {access}",
        )

    def nft(self, *words: str) -> str:
        return self.lab.unit.run("nft", *words)

    def _run(self, name: str, *program: str) -> subprocess.Popen[bytes]:
        log = self.folder / f"{name}.log"
        command = (*program, name, "--config", str(self._config_path))
        return self._stack.enter_context(self.lab.unit.running(log, *command))
