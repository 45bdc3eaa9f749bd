"""What is worth a record: a verdict that changed and stayed so, and a way that was foretold."""

from triporteur_wire.readiness import Readiness, Verdict

#: While devices wake up, or a figure trembles around its limit, nothing has changed yet.
_HOLDS_MS = 10_000


class Changes:
    """Remembers the verdict last recorded in this life of the agent."""

    def __init__(self) -> None:
        self._recorded: Verdict | None = None
        self._found: Verdict | None = None
        self._since_ms = 0

    def look(self, readiness: Readiness, now_ms: int) -> Readiness | None:
        """The readiness to record now, if its verdict has held."""
        if readiness.verdict is not self._found:
            self._found, self._since_ms = readiness.verdict, now_ms
        if self._found is self._recorded or now_ms - self._since_ms < _HOLDS_MS:
            return None
        self._recorded = self._found
        return readiness
