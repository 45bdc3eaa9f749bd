"""The agent's threads: they start together, stop together, and none dies unnoticed."""

import logging
import threading
import time
from collections.abc import Callable

from triporteur_device.pulse import Pulse

_log = logging.getLogger(__name__)

#: For a farewell to the depot.
_END_S = 5.0
#: A name is looked for, and a card that stands still waited for, for a minute at most.
_STILL_S = 120.0


class CrewFailed(RuntimeError):
    """A part of the agent failed; the agent must be started again."""


class Crew:
    """Runs parts until `stop` is set. A part that fails sets it."""

    def __init__(self, mono_s: Callable[[], float] = time.monotonic) -> None:
        self.stop = threading.Event()
        self._mono_s = mono_s
        self._threads: list[threading.Thread] = []
        self._pulses: dict[str, Pulse] = {}
        self._failed: dict[str, Exception] = {}

    def start(self, name: str, part: Callable[[threading.Event], None]) -> None:
        self._pulses[name] = Pulse(self.stop, self._mono_s)
        thread = threading.Thread(target=self._guard, args=(name, part), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def still(self) -> list[str]:
        """The parts that run and do not turn: something they called does not come back."""
        return [
            thread.name
            for thread in self._threads
            if thread.is_alive() and self._pulses[thread.name].still_s > _STILL_S
        ]

    def join(self, within_s: float = _END_S) -> list[str]:
        """Stops every part and waits; names those that did not end within their time.

        Raises CrewFailed, from the first fault, when one failed.
        """
        self.stop.set()
        ends_s = time.monotonic() + within_s
        for thread in self._threads:
            thread.join(max(0.0, ends_s - time.monotonic()))
        late = [thread.name for thread in self._threads if thread.is_alive()]
        if late:
            _log.warning("%s did not end within %g s", ", ".join(late), within_s)
        if self._failed:
            first = next(iter(self._failed.values()))
            raise CrewFailed(f"{', '.join(self._failed)} failed; see the log") from first
        return late

    def _guard(self, name: str, part: Callable[[threading.Event], None]) -> None:
        try:
            part(self._pulses[name])
        except Exception as error:  # noqa: BLE001 - the top of every thread: none may die unseen
            _log.exception("%s failed; the agent stops", name)
            self._failed[name] = error
            self.stop.set()
