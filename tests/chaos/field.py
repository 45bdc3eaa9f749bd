"""The field on which faults are let loose: one broker, one depot, units behind their links.

All of it is real and a process of its own, on loopback, over TLS; all of it ends with the context.
"""

import json
import signal
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

from tests.chaos.ledger import Key
from tests.chaos.mounts import Mount
from tests.chaos.processes import Part
from tests.chaos.units import Place, Unit
from tests.chaos.verdict import Verdict
from tests.chaos.witness import Witness
from tests.rig import free_port, listens, ran, wait_for
from tests.tls import SecuredBroker
from triporteur_depot.__main__ import main as depot

_MOSQUITTO = Path(__file__).parents[2] / "bin" / "mosquitto"
_RAM = Path("/dev/shm")
_QUEUE = "max_queued_messages 5000\n"
AnyUnit = TypeVar("AnyUnit", bound=Unit)


class Interrupted(RuntimeError):
    """Somebody asked for an early end."""


class Field:
    """Use as a context. `stop` ends what is waited for here, with Interrupted.

    `queue` is how many messages the broker queues for a depot that hangs, `patience_s` how long
    the last record may take to arrive once every fault is over. Where `cards_lie`, what a unit
    committed counts only as far as a status told of it.
    """

    def __init__(
        self,
        folder: Path,
        stop: threading.Event,
        *,
        queue: int = 5000,
        on_card: bool = False,
        cards_lie: bool = False,
        patience_s: float = 150.0,
    ) -> None:
        self.folder = folder
        self._stop = stop
        self._patience_s = patience_s
        self.units: dict[str, Unit] = {}
        self.database = folder / "depot" / "depot.db"
        self.database.parent.mkdir()
        self._settings = folder / "depot.toml"
        self._stack = ExitStack()
        self._queue = queue
        self._cards_lie = cards_lie
        self._witness: Witness | None = None
        self._card = Mount(self.database.parent) if on_card else None
        self._secured = SecuredBroker(folder, self.database)
        self.retained = self._secured.broker_folder / "mosquitto.db"
        self.acl = self._secured.broker_folder / "acl"
        settings = self._secured.broker_folder / "mosquitto.conf"
        self.broker = Part("broker", [str(_MOSQUITTO), "-c", str(settings)], folder / "broker.log")
        self.depot = Part("depot", self.depot_command(), folder / "depot.log")

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            ram = stack.enter_context(
                tempfile.TemporaryDirectory(dir=_RAM if _RAM.is_dir() else None)
            )
            if self._card:
                stack.enter_context(self._card)
            self._configure(stack.enter_context(self._secured))
            self.access = self.acl.read_text()
            self.place = Place(self.folder, Path(ram), self._secured)
            for part in (self.broker, self.depot):
                stack.enter_context(part).start()
            wait_for(lambda: listens(self._secured.units_port), "the broker listens")
            wait_for(self.database.exists, "the depot makes its database")
            if self._cards_lie:
                port, password = self._secured.local_port, self._secured.depot_password()
                wait_for(lambda: listens(port), "the broker listens for the depot too")
                self._witness = stack.enter_context(Witness(port, password))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def card(self) -> Mount:
        assert self._card, "the depot has no disk that can fail"
        return self._card

    def depot_command(self, *options: str) -> list[str]:
        return [
            *(sys.executable, "-m", "tests.chaos.depot", "--config", str(self._settings)),
            *options,
        ]

    def add_unit(self, unit: AnyUnit) -> AnyUnit:
        """Starts it; it ends with the field."""
        unit.told = self._witness.told if self._witness else None
        self.units[unit.name] = self._stack.enter_context(unit)
        unit.start()
        return unit

    def add(self, part: Part) -> Part:
        """A further process that ends with the field."""
        return self._stack.enter_context(part)

    def mend(self) -> None:
        """Starts again what ended unasked. Raises Interrupted."""
        if self._stop.is_set():
            raise Interrupted
        for part in (self.broker, self.depot):
            part.mend()
        for unit in self.units.values():
            unit.mend()

    def settle(self) -> None:
        """Everything runs, nothing more is recorded: waits until all of it is delivered.

        Units are then killed; one that had committed something meanwhile is given another turn.
        """
        for part in (self.broker, self.depot):
            part.start()
        for unit in self.units.values():
            unit.relay.heal()
            unit.start()
            unit.hush()
        for unit in self.units.values():
            self._settle(unit)
        self.depot.stop()

    def judge(self, excused: Sequence[str] = ()) -> dict[str, Verdict]:
        """Of every unit; `excused` are reasons that may stand on declared ranges."""
        return {
            name: unit.judge(self.database, self._told(name), excused)
            for name, unit in self.units.items()
        }

    def _told(self, unit: str) -> list[Key]:
        """What the depot's own command prints, in its order."""
        command = ("records", "--config", str(self._settings), "--unit", unit, "--json")
        said = map(json.loads, ran(depot, *command).stdout.splitlines())
        return [(one["log"], one["seq"]) for one in said]

    def _settle(self, unit: Unit) -> None:
        drained = partial(self._is_drained, unit)
        while True:
            wait_for(drained, f"all of {unit.name} is at the depot", self._patience_s)
            unit.part.stop(signal.SIGKILL)
            if drained():
                return
            unit.start()

    def _is_drained(self, unit: Unit) -> bool:
        self.mend()
        try:
            return unit.is_drained(self.database)
        except sqlite3.Error:
            return False  # it is being replaced

    def _configure(self, secured: SecuredBroker) -> None:
        settings = secured.broker_folder / "mosquitto.conf"
        made = settings.read_text()
        assert _QUEUE in made
        settings.write_text(made.replace(_QUEUE, f"max_queued_messages {self._queue}\n"))
        self._settings.write_text(
            f'[database]\npath = "{self.database}"\n{secured.depot_tables}\n'
            f"[pages]\nport = {free_port()}\n"
        )
