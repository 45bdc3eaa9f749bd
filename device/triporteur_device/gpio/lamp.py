"""The verdict's lamp: what it says holds only for as long as somebody goes on saying it.

A pattern is seconds lit, seconds dark, lit, dark, and again from the start. "Go" blinks, and it
takes a living loop to make a lamp blink: no timer of a library or of the hardware does it here. A
lamp that stays lit or dark never means go, whatever broke.
"""

from collections.abc import Callable
from itertools import accumulate

Pattern = tuple[float, ...]

GO: Pattern = (0.5, 0.5)
ATTENTION: Pattern = (0.1, 0.2, 0.1, 1.6)
STAY: Pattern = (1.0,)

#: The agent says it once a second; three missed are a loop that hangs.
_HOLDS_MS = 3_000


class Lamp:
    """Plays a pattern on `switch` (True is lit). All times are monotonic ms."""

    def __init__(self, switch: Callable[[bool], None]) -> None:
        self._switch = switch
        self._pattern: Pattern = ()
        self._since_ms = 0
        self._renewed_ms = 0

    def show(self, pattern: Pattern, now_ms: int) -> None:
        """Shows the pattern, or goes on showing it: dark again unless it is said anew in time."""
        if pattern != self._pattern or now_ms - self._renewed_ms > _HOLDS_MS:
            self._since_ms = now_ms
        self._pattern, self._renewed_ms = pattern, now_ms

    def play(self, now_ms: int) -> None:
        """Lit or dark, as the pattern has it now; call it several times a second."""
        self._switch(self._is_lit(now_ms))

    def _is_lit(self, now_ms: int) -> bool:
        if not self._pattern or now_ms - self._renewed_ms > _HOLDS_MS:
            return False
        lengths_ms = [round(length_s * 1000) for length_s in self._pattern]
        into_ms = (now_ms - self._since_ms) % sum(lengths_ms)
        ends_ms = accumulate(lengths_ms)
        return next(part for part, end_ms in enumerate(ends_ms) if into_ms < end_ms) % 2 == 0
