"""What the gate tells of visitors, counted: sessions, data, the most phones at once.

Of the gate's own counters, which grow from the start of its run, only what came since the last look
is added. What a gate that began before this portal had counted was another portal's.
"""

from collections.abc import Callable

from triporteur_kiosk.usage.counts import Counts
from triporteur_wire.gate import GateState
from triporteur_wire.usage import MEGABYTES, SESSIONS

_MEGABYTE = 1_000_000
#: Both begin with the machine, and a gate tells nothing before it is up.
_TOGETHER_MS = 10_000


class GateTally:
    """Adds to `counts`, at each `look`, what `state` has more. `state` gives None without a gate.

    `since_ms` is when this portal began, in ms since boot. Use it from one thread.
    """

    def __init__(
        self, state: Callable[[], GateState | None], counts: Counts, since_ms: int
    ) -> None:
        self._state = state
        self._counts = counts
        self._since_ms = since_ms
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
            is_ours = state.began_ms >= self._since_ms - _TOGETHER_MS
            self._sessions = 0 if is_ours else sessions
            self._megabytes = 0 if is_ours else megabytes
            self._run = state.run
        self._counts.add(SESSIONS, max(0, sessions - self._sessions))
        self._counts.add(MEGABYTES, max(0, megabytes - self._megabytes))
        self._sessions, self._megabytes = sessions, megabytes
        self._counts.stations(state.stations or 0)
