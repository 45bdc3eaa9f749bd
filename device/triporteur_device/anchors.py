"""What UTC it is, and when to note it: once it is known, when it jumped, and now and then.

The machine's own clock counts where something vouches for it; else what the depot last said,
carried on by the time since boot.
"""

from dataclasses import replace

from triporteur_device.clock import Clock, WallTime

_EVERY_MS = 3_600_000
#: NTP slews the boot clock along with UTC; a larger step than this is a correction.
_JUMP_MS = 1_000
#: A Pi's crystal is good for 50 ppm; when it is cold or hot, for twice that.
_DRIFT = 1e-4


class AnchorKeeper:
    """Knows the time as well as anybody aboard, and says when it is worth a record."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: WallTime | None = None
        self._noted: WallTime | None = None

    def hear(self, told: WallTime) -> None:
        """Takes the depot's word."""
        self._told = told

    def wall(self) -> WallTime | None:
        """The time now, or None while nothing vouches for any."""
        own = self._clock.wall()
        if own or self._told is None:
            return own
        mono_ms = self._clock.mono_ms()
        passed_ms = mono_ms - self._told.mono_ms
        error_ms = self._told.error_ms + round(passed_ms * _DRIFT)
        return replace(
            self._told, mono_ms=mono_ms, utc_ms=self._told.utc_ms + passed_ms, error_ms=error_ms
        )

    def utc_ms(self) -> int | None:
        """What UTC it is, or None while nothing vouches for it."""
        wall = self.wall()
        return wall.utc_ms if wall else None

    def due(self) -> WallTime | None:
        """The time to anchor now, or None."""
        wall = self.wall()
        if wall is None or (self._noted and not _is_news(self._noted, wall)):
            return None
        self._noted = wall
        return wall


def _is_news(noted: WallTime, wall: WallTime) -> bool:
    passed_ms = wall.mono_ms - noted.mono_ms
    if wall.origin != noted.origin or passed_ms >= _EVERY_MS:
        return True
    return abs(wall.utc_ms - noted.utc_ms - passed_ms) >= _JUMP_MS
