"""The agent's threads: they start together, stop together, and none dies unnoticed."""

import logging
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)
_JOIN_S = 5.0


class CrewFailed(RuntimeError):
    """A part of the agent failed; the agent must be started again."""


class Crew:
    """Runs parts until `stop` is set. A part that fails sets it."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._failed: dict[str, Exception] = {}

    def start(self, name: str, part: Callable[[threading.Event], None]) -> None:
        thread = threading.Thread(target=self._guard, args=(name, part), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def join(self) -> None:
        """Stops every part and waits. Raises CrewFailed, from the first fault, when one failed."""
        self.stop.set()
        for thread in self._threads:
            thread.join(_JOIN_S)
        if self._failed:
            first = next(iter(self._failed.values()))
            raise CrewFailed(f"{', '.join(self._failed)} failed; see the log") from first

    def _guard(self, name: str, part: Callable[[threading.Event], None]) -> None:
        try:
            part(self.stop)
        except Exception as error:  # noqa: BLE001 - the top of every thread: none may die unseen
            _log.exception("%s failed; the agent stops", name)
            self._failed[name] = error
            self.stop.set()
