"""Time zones in which it is now what hour a test wants: the fleet's own, for one process."""

import struct
from datetime import UTC, datetime
from pathlib import Path

_DAY_S = 86_400


def zone_where(folder: Path, hour: int) -> str:
    """What `PYTHONTZPATH` must be for it to be that hour of the day in Europe/Paris."""
    now = datetime.now(UTC)
    past_s = (now.hour * 60 + now.minute) * 60
    offset_s = (hour * 3600 - past_s + _DAY_S // 2) % _DAY_S - _DAY_S // 2
    path = folder / str(hour) / "Europe" / "Paris"
    path.parent.mkdir(parents=True)
    path.write_bytes(_tzif(offset_s))
    return str(folder / str(hour))


def _tzif(offset_s: int) -> bytes:
    """A file of RFC 9636, version 1: one type, from the beginning of time."""
    counts = struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    return b"TZif" + bytes(16) + counts + struct.pack(">lBB", offset_s, 0, 0) + b"ICI\0"
