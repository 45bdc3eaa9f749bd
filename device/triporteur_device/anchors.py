"""When to note what UTC it is: once it is known, when it jumped, and now and then."""

from collections.abc import Callable

from triporteur_device.clock import WallTime
from triporteur_wire.records import Anchor

_EVERY_MS = 3_600_000
#: NTP slews the boot clock along with UTC; a larger step than this is a correction.
_JUMP_MS = 1_000


class AnchorKeeper:
    """Watches the wall clock and says when an anchor is worth a record."""

    def __init__(self, wall: Callable[[], WallTime | None]) -> None:
        self._wall = wall
        self._offset_ms: int | None = None
        self._noted_ms = 0

    def utc_ms(self) -> int | None:
        """What UTC it is, or None while nothing vouches for it."""
        wall = self._wall()
        return wall.utc_ms if wall else None

    def due(self, now_ms: int) -> Anchor | None:
        """The anchor to record now, or None."""
        wall = self._wall()
        if wall is None:
            return None
        offset_ms = wall.utc_ms - now_ms
        jumped = self._offset_ms is None or abs(offset_ms - self._offset_ms) >= _JUMP_MS
        if not jumped and now_ms - self._noted_ms < _EVERY_MS:
            return None
        self._offset_ms = offset_ms
        self._noted_ms = now_ms
        return Anchor(wall.utc_ms, wall.error_ms, wall.origin)
