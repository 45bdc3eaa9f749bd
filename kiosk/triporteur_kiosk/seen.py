"""What the agent aboard tells, looked up at each visit: all of it at its age of now, or nothing."""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from triporteur_device.snapshot import Snapshot, read_snapshot
from triporteur_kiosk.loss import Loss
from triporteur_wire.messages import Status

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stopped:
    """The agent tells nothing; `age_s` is since when, None when not known."""

    age_s: float | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What the agent tells cannot be read by this process."""


Told = Status | Stopped | Unreadable


class Watch:
    """Looks at one snapshot file; says in the log when it cannot be read, and when it can again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loss = Loss(
            _log, f"the snapshot {path} cannot be read", f"the snapshot {path} can be read again"
        )

    def look(self) -> Told:
        try:
            snapshot = read_snapshot(self._path)
        except OSError as error:
            self._loss.note(error.strerror)
            return Unreadable()
        self._loss.end()
        return _told(snapshot)


def _told(snapshot: Snapshot | None) -> Told:
    if snapshot is None:
        return Stopped(None)
    return aged(snapshot.status, snapshot.age_s) if snapshot.fresh else Stopped(snapshot.age_s)


def aged(status: Status, by_s: float) -> Status:
    """The status `by_s` seconds after it was made: every age grown, the time moved on."""
    return replace(
        status,
        utc_ms=None if status.utc_ms is None else status.utc_ms + round(by_s * 1000),
        readings={
            source: {name: replace(told, age_s=told.age_s + by_s) for name, told in values.items()}
            for source, values in status.readings.items()
        },
        sources={
            name: replace(health, heard_age_s=health.heard_age_s + by_s)
            if health.heard_age_s is not None
            else health
            for name, health in status.sources.items()
        },
    )


def boot_number(told: Told) -> int | None:
    """The number the agent gave to this boot, or None while it tells none."""
    return told.boot_no if isinstance(told, Status) else None


def local_time(told: Told) -> datetime | None:
    """The time in Paris as the agent vouches for it, or None while it does not."""
    if not isinstance(told, Status) or told.utc_ms is None:
        return None
    return datetime.fromtimestamp(told.utc_ms / 1000, ZoneInfo("Europe/Paris"))
