"""Tells the service manager how the agent fares: from what it did, and in a sentence."""

import logging

from triporteur_device.crew import Crew
from triporteur_wire.manager import Manager
from triporteur_wire.messages import Doubt, Status

_log = logging.getLogger(__name__)


class Vitals:
    """Of one life of the agent; `look` is called with each status, once a second."""

    def __init__(self, manager: Manager, crew: Crew) -> None:
        self._manager = manager
        self._crew = crew
        self._ready = False
        self._told: list[str] = []

    def look(self, status: Status) -> None:
        """The agent took all it was told, kept what was due and showed this status."""
        if not self._ready:
            self._ready = True
            self._manager.ready()
        self._manager.status(_sentence(status))
        still = self._crew.still()
        if not still:
            self._manager.progress()
        elif still != self._told:
            _log.error("%s hangs; the service manager starts the agent anew", ", ".join(still))
        self._told = still


def _sentence(status: Status) -> str:
    silent = status.doubted(Doubt.OFFLINE)
    depot = "connected" if status.delivery.connected else "away"
    heard = f"{len(status.sources) - len(silent)} of {len(status.sources)} sources heard"
    return f"{heard}; depot {depot}"
