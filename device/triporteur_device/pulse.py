"""Whether a part of the agent still turns: to ask whether it should stop is a sign of life."""

import threading
from collections.abc import Callable


class Pulse(threading.Event):
    """The crew's `stop`, as one part sees it. Whoever waits for it is awake."""

    def __init__(self, stop: threading.Event, mono_s: Callable[[], float]) -> None:
        super().__init__()
        self._stop = stop
        self._mono_s = mono_s
        self._turned_s = mono_s()
        self._waits = False

    @property
    def still_s(self) -> float:
        """Since when the part did not turn; 0 while it waits to be stopped."""
        return 0.0 if self._waits else self._mono_s() - self._turned_s

    def is_set(self) -> bool:
        """As of the crew's own."""
        self._turned_s = self._mono_s()
        return self._stop.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """As of the crew's own."""
        self._waits = True
        try:
            return self._stop.wait(timeout)
        finally:
            self._turned_s = self._mono_s()
            self._waits = False

    def set(self) -> None:
        """Stops the whole crew."""
        self._stop.set()
