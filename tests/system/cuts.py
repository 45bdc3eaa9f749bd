"""A unit whose power is cut: what lay on its card then, and whether the depot has it at last."""

import shutil
from contextlib import closing
from pathlib import Path

from tests.chaos import stored
from tests.chaos.ledger import Key
from tests.rig import wait_for
from tests.system.ends import BOOT_PARTITION, Ends
from tests.system.measures import hears, seconds_to_portal, seconds_to_reading
from tests.system.parts import GATE, PHONES, SERVICES, TRIKE, UNIT
from triporteur_device.journal import JournalReader

ALL = (*SERVICES, "triporteur-gate")
_REACHED = 'host = "depot.example"'
_STATE = Path("var/lib/triporteur")
_DATABASE = Path("var/lib/triporteur-depot/depot.db")


class Fleet:
    """One unit with a gate for phones, its depot, and what is known of the unit's card."""

    def __init__(self, ends: Ends, folder: Path) -> None:
        self.ends = ends
        self._copy = folder / "copy"
        self.committed: set[Key] = set()
        self.portal_s: list[float] = []
        self.reading_s: list[float] = []
        unit = ends.unit
        unit.write(f"{BOOT_PARTITION}/unit.toml", UNIT.format(reached=_REACHED) + GATE)
        unit.serve("trike", TRIKE)
        unit.serve("phones", PHONES)

    def boot(self) -> None:
        """Until all is well, which it must be."""
        unit = self.ends.unit
        self.ends.boot_unit()
        wait_for(lambda: unit.is_active(*ALL), "every service is active")
        wait_for(lambda: hears(unit), "the battery is read")
        assert unit.run("systemctl", "--failed", "--plain", "--no-legend") == ""
        assert unit.each_shown(ALL, "NRestarts") == dict.fromkeys(ALL, "0")
        self.portal_s.append(seconds_to_portal(unit))
        self.reading_s.append(seconds_to_reading(unit))

    def cut(self) -> None:
        """Takes note of what lies on the card."""
        self.ends.unit.cut()
        shutil.rmtree(self._copy, ignore_errors=True)
        shutil.copytree(self.ends.unit.disk / _STATE, self._copy)
        with closing(JournalReader(self._copy / "device.journal")) as journal:
            self.committed |= {(record.log, record.seq) for record in journal.records()}

    def lost(self) -> set[Key]:
        """What was on the card, and is neither stored nor declared; nothing is stored twice.

        The depot is off then.
        """
        depot = self.ends.depot
        depot.run("systemctl", "stop", "triporteur*")
        depot.cut()
        at_the_depot = stored.read(depot.disk / _DATABASE, "ben", [])
        assert at_the_depot.twice == []
        assert at_the_depot.conflicts == []
        return {
            key
            for key in self.committed - at_the_depot.records.keys()
            if not any(range_.holds(key) for range_ in at_the_depot.declared)
        }
