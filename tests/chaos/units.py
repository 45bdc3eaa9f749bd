"""Units of a field: how each is started, hushed and judged."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.chaos import stored, verdict
from tests.chaos.ledger import Key, Produced, Reading
from tests.chaos.mounts import Mount
from tests.chaos.namespace import LossyNamespace
from tests.chaos.processes import Part
from tests.chaos.relay import Relay
from tests.rig import triporteur, wait_for
from tests.tls import SecuredBroker
from triporteur_device.clock import boottime_ms

_CONFIG = """
[unit]
name = "{unit}"
[[source]]
name = "battery"
protocol = "vedirect"
port = "{port}"
stale_after_s = 3
[journal]
directory = "{card}"
kiosk = "{folder}/kiosk.journal"
commit_interval_s = {commit_s}
rest_interval_s = {commit_s}
[snapshot]
path = "{folder}/run/snapshot.json"
content = "{folder}/run/content.json"
[mqtt]
host = "localhost"
port = {mqtt}
status_period_s = 1
rest_period_s = 1
gather_s = 0
keepalive_s = 5
budget_mb = 0
[identity]
directory = "{identity}"
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where units are: their files, what outlives them in RAM, their broker."""

    folder: Path
    ram: Path
    broker: SecuredBroker


class Unit:
    """A unit behind a link of its own; use as a context.

    `boot` numbers its boots. Only with `on_card` does its journal lie on a card that can fail, and
    only with `loss_pct` does its link lose packets (then it needs root).
    """

    commit_s = 0.5

    def __init__(
        self, name: str, place: Place, *, on_card: bool = False, loss_pct: int = 0
    ) -> None:
        self.name = name
        self.boot, self.booted_ms = 1, boottime_ms()
        self.folder = place.folder / name
        self.journal = self.folder / "card" / "device.journal"
        self.journal.parent.mkdir(parents=True)
        self.ledger = place.ram / f"{name}.ledger"
        self.clock = place.ram / f"{name}.clock"
        self.clock.write_text("0")
        self.relay: Relay
        self.part = Part(name, [], place.folder / f"{name}.log")
        self.port = self.folder / "battery"
        self.stack = ExitStack()
        self._hushed = False
        #: What was told of a log's end, where the card may lie; None where it keeps its word.
        self.told: Callable[[str], int] | None = None
        self._identity = place.broker.enrol(name).directory
        self._broker_port = place.broker.units_port
        self._namespace = (
            LossyNamespace(f"chaos-{os.getpid()}-{name}", loss_pct) if loss_pct else None
        )
        self._card = Mount(self.journal.parent) if on_card else None
        self._kiosk_ledger = place.ram / f"{name}-kiosk.ledger"
        self._readings = [Reading(self.ledger), Reading(self._kiosk_ledger)]
        self.kiosk = Part(
            f"{name}-kiosk", self._kiosk_command(), place.folder / f"{name}-kiosk.log"
        )

    def __enter__(self) -> Self:
        if self._card:
            self.stack.enter_context(self._card)
        listening = self._listen()
        self.relay = self.stack.enter_context(Relay(self._broker_port, listening))
        self.stack.enter_context(self.part)
        self.stack.enter_context(self.kiosk)
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    @property
    def card(self) -> Mount:
        assert self._card, f"{self.name} has no card that can fail"
        return self._card

    def start(self) -> None:
        """Starts it, unless it runs."""
        config = self.folder / "unit.toml"
        config.write_text(self._config())
        within = self._namespace.command() if self._namespace else []
        self.part.command = [
            *within,
            *(sys.executable, "-m", "tests.chaos.unit", "--config", str(config)),
            *("--ledger", str(self.ledger), "--clock", str(self.clock)),
            *("--boot", f"boot-{self.boot}", "--booted-ms", str(self.booted_ms)),
            *self.options(),
        ]
        self.part.start()
        if not self._hushed:
            self.kiosk.start()

    def reboot(self) -> None:
        """The next start is in another boot, with a clock that begins at 0."""
        self.boot, self.booted_ms = self.boot + 1, boottime_ms()

    def options(self) -> list[str]:
        return []

    def hush(self) -> None:
        """It records no more, and goes on delivering."""
        self._hushed = True
        self.kiosk.stop()

    def mend(self) -> None:
        """Starts again what ended unasked."""
        self.part.mend()
        self.kiosk.mend()

    def kill(self) -> None:
        """Kills the agent and the kiosk, as the loss of power would; `start` brings both back."""
        self.part.kill()
        self.kiosk.kill()

    def produced(self) -> list[Produced]:
        """Of each of its journals, the agent's first."""
        produced = [reading.produced() for reading in self._readings]
        return [one.until(self.told) for one in produced] if self.told else produced

    def is_drained(self, database: Path) -> bool:
        """Whether the depot accounts for every record whose commit returned."""
        marks = stored.marks(database, self.name)
        gone = {one.log for one in stored.declared(database, self.name) if one.last is None}
        own, kiosk = (one.committed for one in self.produced())
        committed = own | kiosk
        return bool(own) and all(
            marks.get(log, 0) >= seq or log in gone for log, seq in committed.items()
        )

    def judge(self, database: Path, told: list[Key], excused: Sequence[str]) -> verdict.Verdict:
        return verdict.judge(self.produced(), stored.read(database, self.name, told), excused)

    def _listen(self) -> socket.socket:
        if self._namespace is None:
            return socket.create_server(("127.0.0.1", 0))
        return self.stack.enter_context(self._namespace).listen()

    def _kiosk_command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "tests.chaos.kiosk", "--ledger", str(self._kiosk_ledger)),
            *("--journal", str(self.folder / "kiosk.journal")),
            *("--snapshot", str(self.folder / "run" / "snapshot.json")),
        ]

    def _config(self) -> str:
        return _CONFIG.format(
            unit=self.name,
            port=self.port,
            folder=self.folder,
            card=self.journal.parent,
            commit_s=self.commit_s,
            mqtt=self.relay.port,
            identity=self._identity,
        )


class Hurried(Unit):
    """Some hundred records a second, up to twenty commits a second."""

    commit_s = 0.05

    def __init__(
        self,
        name: str,
        place: Place,
        *,
        on_card: bool = False,
        loss_pct: int = 0,
        rate: float = 300,
        synchronous: str = "FULL",
        resend_after_s: float = 60,
    ) -> None:
        super().__init__(name, place, on_card=on_card, loss_pct=loss_pct)
        self._options = [
            *("--rate", str(rate), "--synchronous", synchronous),
            *("--resend-after-s", str(resend_after_s)),
        ]

    def reboot(self) -> None:
        """The next start is in another boot, with a clock that begins at 0."""
        self.boot, self.booted_ms = self.boot + 1, boottime_ms()

    def options(self) -> list[str]:
        return self._options

    def hush(self) -> None:
        super().hush()
        self._options.append("--hushed")
        self.part.tell(signal.SIGUSR1)


class Riding(Unit):
    """A simulated trike on a pseudo-terminal."""

    def __init__(
        self, name: str, place: Place, *, on_card: bool = False, loss_pct: int = 0
    ) -> None:
        super().__init__(name, place, on_card=on_card, loss_pct=loss_pct)
        simulate = [*triporteur("device", "simulate"), "--trike", "on-site"]
        log = place.folder / f"{name}-simulator.log"
        self.simulator = Part(f"{name}-simulator", [*simulate, f"vedirect={self.port}"], log)

    def __enter__(self) -> Self:
        self.stack.enter_context(self.simulator)
        self.simulator.start()
        wait_for(self.port.exists, "the simulator's port appears")
        return super().__enter__()

    def hush(self) -> None:
        super().hush()
        # By name first, as `tests.rig.Road.silence`.
        self.port.unlink(missing_ok=True)
        self.simulator.stop(signal.SIGKILL)
