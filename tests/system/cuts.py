"""A unit whose power is cut: what lay on its card then, and whether the depot has it at last."""

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Self

from tests.chaos import stored
from tests.chaos.ledger import Key
from tests.rig import Road, wait_for
from tests.system.machine import Machine
from tests.system.measures import hears, seconds_to_portal, seconds_to_reading
from tests.system.parts import SERVICES, TRIKE, UNIT, image, package
from triporteur_device.journal import JournalReader

_PORTS = """
[portal]
listen = "127.0.0.1:{portal}"
[console]
listen = "127.0.0.1:{console}"
"""
_STATE = Path("var/lib/triporteur")
_NAME = "ben"


class Fleet:
    """One unit on the host's network, beside a depot there; use as a context."""

    def __init__(self, folder: Path, suite: str, road: Road, portal_port: int) -> None:
        self._road = road
        self._shared = folder / "shared"
        self._copy = folder / "copy"
        self._portal_port = portal_port
        self._shared.mkdir()
        self.unit = Machine(image(suite), folder / "unit", self._shared, on_the_host=True)
        self.committed: set[Key] = set()
        self.portal_s: list[float] = []
        self.reading_s: list[float] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.unit.cut()

    def install(self) -> None:
        """Then it is off."""
        unit, road = self.unit, self._road
        file = package("unit", self._shared)
        unit.boot()
        listening = _PORTS.format(portal=self._portal_port, console=self._portal_port + 1)
        unit.write("/etc/triporteur/unit.toml", UNIT.format(broker=road.broker_port) + listening)
        unit.write("/etc/systemd/system/trike.service", TRIKE)
        unit.install(file)
        unit.run("systemctl", "enable", "trike.service")
        unit.run("sync")
        unit.cut()

    def boot(self) -> None:
        """Until all is well, which it must be."""
        self.unit.boot()
        wait_for(lambda: self.unit.is_active(*SERVICES), "every service is active")
        wait_for(lambda: hears(self.unit), "the battery is read")
        assert self.unit.run("systemctl", "--failed", "--plain", "--no-legend") == ""
        assert {self.unit.shown(one, "NRestarts") for one in SERVICES} == {"0"}
        self.portal_s.append(seconds_to_portal(self.unit))
        self.reading_s.append(seconds_to_reading(self.unit))

    def cut(self) -> None:
        """Takes note of what lies on the card."""
        self.unit.cut()
        shutil.rmtree(self._copy, ignore_errors=True)
        shutil.copytree(self.unit.disk / _STATE, self._copy)
        with closing(JournalReader(self._copy / "device.journal")) as journal:
            self.committed |= {(record.log, record.seq) for record in journal.records()}

    def is_delivered(self) -> bool:
        said = json.loads(self.unit.run("triporteur-device", "status", "--json"))
        return bool(said["delivery"]["connected"]) and said["delivery"]["waiting"] < 10

    def lost(self) -> set[Key]:
        """What was on the card, and is neither stored nor declared; nothing is stored twice."""
        at_the_depot = stored.read(self._road.database, _NAME, [])
        assert at_the_depot.twice == []
        assert at_the_depot.conflicts == []
        return {
            key
            for key in self.committed - at_the_depot.records.keys()
            if not any(range_.holds(key) for range_ in at_the_depot.declared)
        }
