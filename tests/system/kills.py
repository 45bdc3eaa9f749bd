"""An update that is killed wherever chance has it: the updater itself, or all of the unit."""

import random
import threading

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.system.cuts import ALL, Fleet
from tests.system.ends import Ends
from tests.system.later import NOW, WELL, trusted
from tests.system.measures import settles

_RELEASES = "/var/lib/triporteur-releases"
#: From the wish to the end of the trial, about.
_LONGEST_S = 40.0


class Updates:
    """Updates of a unit that runs, to a release that lies in the shared folder."""

    def __init__(self, fleet: Fleet, key: Ed25519PrivateKey, chance: random.Random) -> None:
        self._fleet = fleet
        self._chance = chance
        fleet.ends.unit.write("/etc/triporteur/updates.pub", trusted(key))

    def killed(self) -> str:
        """What runs after one that was killed, and another boot: the old release, or the new."""
        ends, unit = self._fleet.ends, self._fleet.ends.unit
        self._wish(ends)
        threading.Event().wait(self._chance.uniform(0, _LONGEST_S))
        if self._chance.random() < 0.5:
            unit.run("systemctl", "kill", "--signal=KILL", "triporteur-update.service")
            settles(unit, NOW, WELL)
        self._fleet.cut()
        self._fleet.boot()
        assert unit.is_active(*ALL)
        return settles(unit, NOW, WELL)

    def _wish(self, ends: Ends) -> None:
        """Where the last one came to its end the package's own release runs first."""
        unit = ends.unit
        if unit.asked("test", "-e", f"{_RELEASES}/incoming/wanted.json").returncode:
            unit.run("systemctl", "stop", "triporteur-update.service")
            unit.run("rm", "-f", f"{_RELEASES}/state.json")
            unit.run("triporteur-device", "release", "--choose")
            unit.run("systemctl", "restart", "triporteur.target")
            settles(unit, NOW)
            unit.run("rm", "-rf", f"{_RELEASES}/{WELL}")
            unit.run("triporteur-device", "update", "--no-wait", f"/mnt/{WELL}.release")
        unit.run("systemctl", "start", "--no-block", "triporteur-update.service")
