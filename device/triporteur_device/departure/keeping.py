"""When what was learnt is worth a page of the card.

A power cut costs what was counted since: a point of charge, which is as fine as a board tells it,
or ten quiet minutes, of which the next start knows by the clock how long they were. What took a day
to be known is kept at once.
"""

from collections.abc import Hashable

from triporteur_device.readiness import State

_A_POINT = 0.01
_QUIET_MS = 600_000
#: Something always changes while devices wake up.
_PAUSE_MS = 60_000


class Keeping:
    """Remembers what was kept last."""

    def __init__(self) -> None:
        self._charge: float | None = None
        self._facts: Hashable = None
        self._kept_ms: int | None = None

    def is_due(self, state: State, now_ms: int) -> bool:
        """Whether to keep it now."""
        if self._kept_ms is None:
            return True
        passed_ms = now_ms - self._kept_ms
        if passed_ms < _PAUSE_MS or passed_ms >= _QUIET_MS:
            return passed_ms >= _QUIET_MS
        return self._moved(state.charge.charge) or _facts(state) != self._facts

    def kept(self, state: State, now_ms: int) -> None:
        """It is on the card."""
        self._charge, self._facts, self._kept_ms = state.charge.charge, _facts(state), now_ms

    def _moved(self, charge: float | None) -> bool:
        if charge is None or self._charge is None:
            return charge is not self._charge
        return abs(charge - self._charge) >= _A_POINT


def _facts(state: State) -> Hashable:
    """What no counting brings back."""
    return (
        state.charge.source,
        state.charge.capacity.measured,
        state.consumption.rides,
        state.done,
        state.evening.told,
        state.held,
    )
