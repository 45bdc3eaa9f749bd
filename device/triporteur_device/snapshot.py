"""The unit's state in RAM, for the other processes aboard: one small file, renewed each second.

It holds the same `Status` that goes to the depot. A reader adds the time since it was made, and
takes an old one for what it is: the agent is not running.
"""

from dataclasses import dataclass
from pathlib import Path

from triporteur_device.clock import boottime_ms
from triporteur_device.files import read_guest, write_whole
from triporteur_wire.messages import MAX_STATUS_BYTES, Status, decode_status, encode

#: Ten missed renewals: not a busy moment any more.
STALE_AFTER_S = 10.0
#: What is longer is no status of ours.
MOST_BYTES = 4 * MAX_STATUS_BYTES
#: A file beside it: why the depot does not let the unit in, for `status`.
TROUBLE_NAME = "enrolment.txt"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A status, and how long ago it was made, in seconds."""

    status: Status
    age_s: float

    @property
    def fresh(self) -> bool:
        return self.age_s <= STALE_AFTER_S


def write_snapshot(path: Path, status: Status) -> None:
    """Replaces the snapshot in one step. Raises OSError."""
    write_whole(path, encode(status), durable=False)


def read_snapshot(path: Path, now_ms: int | None = None) -> Snapshot | None:
    """The last snapshot, or None when there is none of this boot. Raises OSError when not ours.

    `now_ms` is CLOCK_BOOTTIME, now if not given.
    """
    try:
        status = decode_status(read_guest(path, MOST_BYTES))
    except (FileNotFoundError, ValueError):
        return None
    if not isinstance(status, Status):
        return None
    age_ms = (boottime_ms() if now_ms is None else now_ms) - status.mono_ms
    return Snapshot(status, age_ms / 1000) if age_ms >= 0 else None
