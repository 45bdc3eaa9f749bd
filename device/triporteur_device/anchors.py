"""When to note what UTC it is: once it is known, when it jumped, and now and then."""

from collections.abc import Callable

from triporteur_device.clock import WallTime

_EVERY_MS = 3_600_000
#: NTP slews the boot clock along with UTC; a larger step than this is a correction.
_JUMP_MS = 1_000


class AnchorKeeper:
    """Watches the wall clock and says when it is worth a record."""

    def __init__(self, wall: Callable[[], WallTime | None]) -> None:
        self._wall = wall
        self._noted: WallTime | None = None

    def utc_ms(self) -> int | None:
        """What UTC it is, or None while nothing vouches for it."""
        wall = self._wall()
        return wall.utc_ms if wall else None

    def due(self) -> WallTime | None:
        """The time to anchor now, or None."""
        wall = self._wall()
        if wall is None or (self._noted and not _is_news(self._noted, wall)):
            return None
        self._noted = wall
        return wall


def _is_news(noted: WallTime, wall: WallTime) -> bool:
    passed_ms = wall.mono_ms - noted.mono_ms
    return passed_ms >= _EVERY_MS or abs(wall.utc_ms - noted.utc_ms - passed_ms) >= _JUMP_MS
