"""The road with its real parts: broker, depot, unit, simulator, each a process on loopback.

Every process is stopped by its own pid when its context ends; nothing listens beyond loopback.
"""

import io
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any, TypeVar

from triporteur_depot.__main__ import main as depot
from triporteur_device.__main__ import main as device

Found = TypeVar("Found")
Program = Callable[[list[str]], int]

_REPOSITORY = Path(__file__).parent.parent
#: Long: what waits for real parts on a busy machine fails for what it sees, not for when.
_PATIENCE_S = 120.0
#: How long until another look: at first, at most, and as a part of what was waited already.
_SOON_S, _LATE_S, _PART = 0.05, 0.5, 1 / 20


def wait_for(look: Callable[[], Found], why: str, patience_s: float = _PATIENCE_S) -> Found:
    """What `look` gives once it gives something; fails with `why` when it never does."""
    never = threading.Event()
    since = time.monotonic()
    while (waited_s := time.monotonic() - since) < patience_s:
        found = look()
        if found:
            return found
        never.wait(min(max(_SOON_S, waited_s * _PART), _LATE_S))
    raise AssertionError(f"waited {patience_s:.0f} s in vain: {why}")


def free_port() -> int:
    """A port of loopback that is given to nobody else who asks here, in whichever process."""
    return next(_PORTS)


def _ports() -> Iterator[int]:
    """Below those that the kernel gives to callers: else one that calls meanwhile may have it.

    A block of them is ours while a name that stands for it is. As ports, such names are of one
    network namespace, and end with who bound them.
    """
    with ExitStack() as ours:
        for first in range(12_000, 32_000, _BLOCK):
            name = ours.enter_context(socket.socket(socket.AF_UNIX))
            with suppress(OSError):
                name.bind(f"\0triporteur tests, ports from {first}")
                yield from filter(_is_free, range(first, first + _BLOCK))
    raise RuntimeError("every port of the tests is in use; end some of those that run")


def _is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False


_BLOCK = 200
_PORTS = _ports()


class Road:
    """A folder, a broker, a depot, and any number of units; use as a context."""

    #: Where the broker listens.
    heard_at = "127.0.0.1"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.broker_port = free_port()
        self.pages_port = free_port()
        self._stack = ExitStack()

    def __enter__(self) -> "Road":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Starts a process; its output goes to `<name>.log` in the folder."""
        return self._stack.enter_context(running(self.folder / f"{name}.log", command))

    def start_broker(self) -> subprocess.Popen[bytes]:
        path = self.folder / "mosquitto.conf"
        path.write_text(
            f"listener {self.broker_port} {self.heard_at}\n"
            "allow_anonymous true\nset_tcp_nodelay true\n"
        )
        broker = self.start("broker", str(_REPOSITORY / "bin" / "mosquitto"), "-c", str(path))
        wait_for(lambda: listens(self.broker_port), "the broker listens")
        return broker

    def start_depot(self) -> subprocess.Popen[bytes]:
        self.write_depot()
        return self.restart_depot()

    def write_depot(self) -> None:
        """The depot's configuration."""
        self.depot_config.write_text(
            f"""
[depot]
name = "Essai"
[database]
path = "{self.database}"
{self.depot_tables}
[pages]
port = {self.pages_port}
"""
        )

    @property
    def depot_tables(self) -> str:
        """How the depot reaches the broker."""
        return f"[mqtt]\nport = {self.broker_port}"

    def unit_tables(self, unit: str) -> str:
        """How a unit does; the table [mqtt] goes on."""
        del unit  # here nobody has to say who they are
        return f'[mqtt]\nhost = "127.0.0.1"\nport = {self.broker_port}\ntls = false'

    def restart_depot(self) -> subprocess.Popen[bytes]:
        depot = self.start("depot", *triporteur("depot", "run"), "--config", str(self.depot_config))
        wait_for(lambda: listens(self.pages_port), "the depot serves pages")
        return depot

    def start_simulator(self, unit: str, *options: str) -> subprocess.Popen[bytes]:
        """A trike's jbd board at `<unit>-jbd` and shunt at `<unit>-vedirect` in the folder."""
        ports = [f"{device}={self.port(unit, device)}" for device in ("jbd", "vedirect")]
        simulator = self.start(
            f"{unit}-simulator", *triporteur("device", "simulate"), *options, *ports
        )
        wait_for(
            lambda: all(self.port(unit, device).exists() for device in ("jbd", "vedirect")),
            "the simulator's ports appear",
        )
        return simulator

    def silence(self, unit: str, simulator: subprocess.Popen[bytes]) -> None:
        """The unit's devices are gone, and their lines with them.

        First by name: the kernel gives a terminal's number to whoever opens the next one, and the
        unit would hear another test's battery there.
        """
        for name in ("jbd", "vedirect"):
            self.port(unit, name).unlink()
        end(simulator, signal.SIGKILL)

    def start_unit(
        self,
        unit: str,
        *protocols: str,
        stale_after_s: float = 3,
        commit_interval_s: float = 0.5,
        keepalive_s: int = 5,
    ) -> subprocess.Popen[bytes]:
        sources = "".join(
            f"""
[[source]]
name = "{protocol}"
protocol = "{protocol}"
port = "{self.port(unit, protocol)}"
stale_after_s = {stale_after_s}
"""
            for protocol in protocols
        )
        self.unit_config(unit).write_text(
            f"""
[unit]
name = "{unit}"
place = "Rennes"
{sources}
[journal]
directory = "{self.folder / unit}"
commit_interval_s = {commit_interval_s}
rest_interval_s = {commit_interval_s}
kiosk = "{self.kiosk_journal(unit)}"
[snapshot]
path = "{self.folder / unit / "run" / "snapshot.json"}"
content = "{self.folder / unit / "run" / "content.json"}"
console = "{self.console_folder(unit)}"
{self.unit_tables(unit)}
status_period_s = 1
rest_period_s = 1
gather_s = 0
keepalive_s = {keepalive_s}
[clock]
trust = "system"
"""
        )
        return self.restart_unit(unit)

    def restart_unit(self, unit: str) -> subprocess.Popen[bytes]:
        """Starts the agent on the configuration that is there."""
        return self.start(
            unit, *triporteur("device", "run"), "--config", str(self.unit_config(unit))
        )

    def port(self, unit: str, device: str) -> Path:
        return self.folder / f"{unit}-{device}"

    def kiosk_journal(self, unit: str) -> Path:
        """Where the unit looks for the journal of its kiosk."""
        return self.folder / f"{unit}-kiosk" / "kiosk.journal"

    def console_folder(self, unit: str) -> Path:
        """Where the unit's console asks for its certificate."""
        return self.folder / f"{unit}-console-ram"

    def unit_config(self, unit: str) -> Path:
        return self.folder / f"{unit}.toml"

    @property
    def depot_config(self) -> Path:
        return self.folder / "depot.toml"

    @property
    def database(self) -> Path:
        return self.folder / "depot.db"

    def page(self, path: str = "/") -> str:
        """What somebody who looks there reads, be it that there is no such page (yet)."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.pages_port}{path}") as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.read().decode()

    def status(self, unit: str) -> dict[str, Any] | None:
        """What the unit's own `status` command says; None while the agent is not running."""
        said = ran(device, "status", "--json", "--config", str(self.unit_config(unit)))
        return json.loads(said.stdout) if said.returncode == 0 else None

    def records(self, unit: str) -> list[dict[str, Any]]:
        """What the depot's own `records` command prints; nothing for a unit never heard of."""
        command = ("records", "--unit", unit, "--json", "--config", str(self.depot_config))
        return [json.loads(line) for line in ran(depot, *command).stdout.splitlines()]

    def journal(self, unit: str) -> list[dict[str, Any]]:
        """What the unit's own `journal` command prints."""
        said = ran(device, "journal", "--json", "--config", str(self.unit_config(unit)))
        return [json.loads(line) for line in said.stdout.splitlines()]

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()


def triporteur(room: str, command: str) -> list[str]:
    """The installed command of this environment."""
    return [str(Path(sys.executable).parent / f"triporteur-{room}"), command]


def ran(program: Program, *arguments: str) -> subprocess.CompletedProcess[str]:
    """How a command ends and what it says; run here, as one that is run again and again should be.

    A process of its own would take longer to start than all that it does.
    """
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        status = program(list(arguments))
    return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())


@contextmanager
def running(log: Path, command: tuple[str, ...]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended, and waited for, when the context is."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> int:
    """Ends a process by its pid, harder when it does not heed; its exit status."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        status = process.wait(_PATIENCE_S / 2)
    except subprocess.TimeoutExpired:
        process.kill()
        status = process.wait()
    if process.stdin:
        process.stdin.close()
    return status


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
