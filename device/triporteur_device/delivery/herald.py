"""When the unit's status is worth a message: at its period, and soon after something changed."""

from triporteur_device.pace import FRUGAL_PERIOD_S
from triporteur_wire.battery import Flow, flow
from triporteur_wire.messages import Status

#: What changed is told at once, but no oftener than this: on a ride the current crosses zero
#: every few seconds, and 4G is counted.
_SOONEST_S = 5.0


class Herald:
    """Remembers what was last said. Times are those of the statuses themselves."""

    def __init__(self) -> None:
        self._said_ms: int | None = None
        self._said: object = None

    def is_due(self, status: Status) -> bool:
        """Whether this status should be sent now."""
        if self._said_ms is None:
            return True
        return status.mono_ms - self._said_ms >= self._wait_s(status) * 1000

    def said(self, status: Status) -> None:
        """It was sent."""
        self._said_ms = status.mono_ms
        self._said = _gist(status)

    def _wait_s(self, status: Status) -> float:
        """At the frugal period nothing but the period counts: a change costs as much as any."""
        at_once = status.period_s < FRUGAL_PERIOD_S and _gist(status) != self._said
        return min(status.period_s, _SOONEST_S) if at_once else status.period_s


def _gist(status: Status) -> tuple[frozenset[str], Flow | None]:
    """Which sources give anything, and whether the battery charges."""
    current_a = status.number("current_a")
    sources = frozenset(name for name, values in status.readings.items() if values)
    return sources, None if current_a is None else flow(current_a)
