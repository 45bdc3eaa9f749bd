"""What the gate tells of visitors, counted: sessions, data, the most phones at once.

Of the gate's own counters, which grow from the start of its run, only what came since the last look
is added. What the first gate that is seen counted before that is nobody's: another portal took it,
or none ran, or it is of a minute at most.
"""

from collections.abc import Callable

from triporteur_kiosk.usage.counts import Counts
from triporteur_wire.gate import GateState
from triporteur_wire.usage import MEGABYTES, SESSIONS

_MEGABYTE = 1_000_000


class GateTally:
    """Adds to `counts`, at each `look`, what `state` has more. `state` gives None without a gate.

    Use it from one thread.
    """

    def __init__(self, state: Callable[[], GateState | None], counts: Counts) -> None:
        self._state = state
        self._counts = counts
        self._run: str | None = None
        self._sessions = 0
        self._megabytes = 0

    def look(self) -> None:
        state = self._state()
        if state:
            self._add(state)

    def _add(self, state: GateState) -> None:
        sessions, megabytes = state.sessions, state.bytes // _MEGABYTE
        if state.run != self._run:
            # That none was heard before does not say that none was there: it may have been late.
            began_here = self._run is not None
            self._sessions = 0 if began_here else sessions
            self._megabytes = 0 if began_here else megabytes
            self._run = state.run
        self._counts.add(SESSIONS, max(0, sessions - self._sessions))
        self._counts.add(MEGABYTES, max(0, megabytes - self._megabytes))
        self._sessions, self._megabytes = sessions, megabytes
        self._counts.stations(state.stations or 0)
