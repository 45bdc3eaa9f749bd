"""When the unit's status is worth a message, and what that says; and how it takes its leave."""

from collections.abc import Mapping

import msgspec

from triporteur_device.pace import FRUGAL_PERIOD_S
from triporteur_wire.battery import flow
from triporteur_wire.messages import KEY, STOPPED, Offline, Status, encode, pack_status

#: What changed is told at once, but no oftener than this: on a ride the current crosses zero
#: every few seconds, and 4G is counted.
_SOONEST_S = 5.0


class Herald:
    """Remembers what was last said. Times are those of the statuses themselves.

    `has_left` is whether a unit whose power goes `off_by_key` has its key off: it will have no
    power in a moment, and has nothing more to say until the key is back.
    """

    def __init__(self, *, off_by_key: bool = False) -> None:
        self._off_by_key = off_by_key
        self.has_left = False
        self._said_ms: int | None = None
        self._said: object = None

    def look(self, status: Status) -> None:
        """The newest status, whether it is said or not."""
        key = status.reading("key_on") if self._off_by_key else None
        self.has_left = key is not None and key.value is False

    def is_due(self, status: Status) -> bool:
        """Whether this status should be sent now."""
        if self._said_ms is None:
            return True
        return status.mono_ms - self._said_ms >= self._wait_s(status) * 1000

    def said(self, status: Status) -> None:
        """It was sent."""
        self._said_ms = status.mono_ms
        self._said = _gist(status)

    def farewell(self) -> bytes:
        """The unit's last words."""
        return encode(Offline(KEY if self.has_left else STOPPED))

    def _wait_s(self, status: Status) -> float:
        """At the frugal period nothing but the period counts: a change costs as much as any."""
        at_once = status.period_s < FRUGAL_PERIOD_S and _gist(status) != self._said
        return min(status.period_s, _SOONEST_S) if at_once else status.period_s


def words(status: Status, logs: Mapping[str, int]) -> bytes:
    """The message: true once it is said, and without what the console alone has a use for."""
    delivery = msgspec.structs.replace(status.delivery, connected=True, logs=dict(logs))
    plan = status.plan and msgspec.structs.replace(status.plan, places=())
    return pack_status(msgspec.structs.replace(status, delivery=delivery, plan=plan))


def _gist(status: Status) -> object:
    """Which sources give anything, whether the battery charges, what is plugged in or on, what
    the team is told, and what became of a release."""
    current_a = status.number("current_a")
    sources = frozenset(name for name, values in status.readings.items() if values)
    told = (status.reading(quantity) for quantity in ("key_on", "charger_plugged"))
    switches = tuple(None if reading is None else reading.value for reading in told)
    flows = None if current_a is None else flow(current_a)
    return sources, flows, switches, _told(status), status.plan, _of_release(status)


def _told(status: Status) -> object:
    readiness = status.readiness
    return readiness and (readiness.verdict, readiness.evening)


def _of_release(status: Status) -> object:
    """How much of it is there is told in its own time."""
    release = status.release
    return release and (release.revision, release.outcome)
