"""What the agent aboard tells, looked up at each visit: all of it at its age of now, or nothing."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from triporteur_device.snapshot import Snapshot, read_snapshot
from triporteur_wire.messages import Reading, Status
from triporteur_wire.quantities import plausible

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """A status of a moment ago: `age_s` seconds, which every age below includes."""

    status: Status
    age_s: float

    def readings(self, quantity: str) -> Iterator[Reading]:
        """What every source says of this quantity, in the order of the configuration."""
        for values in self.status.readings.values():
            told = values.get(quantity)
            if told is not None and plausible(quantity, told.value):
                yield Reading(told.value, told.age_s + self.age_s)

    def reading(self, quantity: str) -> Reading | None:
        """What the first source that knows says, or None when none does."""
        return next(self.readings(quantity), None)

    def number(self, quantity: str) -> float | None:
        told = self.reading(quantity)
        if told is None or isinstance(told.value, str | tuple):
            return None
        return float(told.value)

    def numbers(self, quantity: str) -> tuple[float, ...]:
        """The numbers of the first source that has some; none when no source does."""
        told = self.reading(quantity)
        if told is None or not isinstance(told.value, tuple):
            return ()
        return tuple(float(item) for item in told.value)

    def heard_age_s(self, source: str) -> float | None:
        """How long ago this source was heard, or None when it never was."""
        age_s = self.status.sources[source].heard_age_s
        return None if age_s is None else age_s + self.age_s

    def silent_sources(self) -> list[str]:
        """The sources that give nothing now."""
        return [name for name in self.status.sources if not self.status.readings.get(name)]


@dataclass(frozen=True, slots=True)
class Stopped:
    """The agent does not run; `age_s` is since when it tells nothing, None when not known."""

    age_s: float | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What the agent tells cannot be read by this process."""


Told = Seen | Stopped | Unreadable


class Watch:
    """Looks at one snapshot file; says in the log when it cannot be read, and when it can again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unreadable = False

    def look(self) -> Told:
        try:
            snapshot = read_snapshot(self._path)
        except OSError as error:
            self._note(unreadable=True, why=error.strerror)
            return Unreadable()
        self._note(unreadable=False)
        return _told(snapshot)

    def _note(self, *, unreadable: bool, why: str | None = None) -> None:
        if unreadable and not self._unreadable:
            _log.error("the snapshot %s cannot be read: %s", self._path, why)
        if self._unreadable and not unreadable:
            _log.info("the snapshot %s can be read again", self._path)
        self._unreadable = unreadable


def _told(snapshot: Snapshot | None) -> Told:
    if snapshot is None:
        return Stopped(None)
    if not snapshot.fresh:
        return Stopped(snapshot.age_s)
    return Seen(snapshot.status, snapshot.age_s)
