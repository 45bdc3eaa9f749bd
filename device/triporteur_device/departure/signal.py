"""The team's button and lamp: a press shows the verdict for ten seconds, in the dark of a shed."""

from collections.abc import Callable
from dataclasses import dataclass

from triporteur_device.gpio.lamp import ATTENTION, GO, STAY, Pattern
from triporteur_wire.readiness import Verdict

_PATTERNS = {Verdict.GO: GO, Verdict.CAUTION: ATTENTION, Verdict.NO_GO: STAY}
_DARK: Pattern = ()
_SHOWN_MS = 10_000


@dataclass(frozen=True, slots=True)
class Pressed:
    """Somebody pressed the team's button."""

    mono_ms: int


class Signal:
    """Says the verdict to the lamp, which forgets it unless it is said again every second."""

    def __init__(self, light: Callable[[Pattern], None]) -> None:
        self._light = light
        self._until_ms: int | None = None

    def press(self, now_ms: int) -> None:
        """From now on the lamp shows what `renew` is told."""
        self._until_ms = now_ms + _SHOWN_MS

    def renew(self, verdict: Verdict, now_ms: int) -> None:
        """The verdict of this moment: shown while its time lasts, and dark once it is over."""
        if self._until_ms is None:
            return
        if now_ms < self._until_ms:
            self._light(_PATTERNS[verdict])
            return
        self._until_ms = None
        self._light(_DARK)
