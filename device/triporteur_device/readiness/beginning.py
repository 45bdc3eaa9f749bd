"""The first moments of an agent: not all that it reads has spoken yet.

The first sample that is taken in ends a time that nobody watched, and it alone tells what a charger
did meanwhile: it must hold all that the battery says.
"""

from triporteur_device.readiness.sample import Sample

#: From the battery's first word on: others may be switched off.
_PATIENCE_MS = 10_000


class Beginning:
    """Fed each sample until it is over."""

    def __init__(self) -> None:
        self._spoke_ms: int | None = None
        self._is_over = False

    def lasts(self, seen: Sample) -> bool:
        """Whether this sample is not to be taken in: the battery, or another source, is awaited."""
        if self._is_over:
            return False
        if seen.voltage_v is None or seen.current_a is None:
            return True
        if self._spoke_ms is None:
            self._spoke_ms = seen.mono_ms
        waited_ms = seen.mono_ms - self._spoke_ms
        is_whole = seen.soc_pct is not None and not seen.silent
        self._is_over = is_whole or waited_ms >= _PATIENCE_MS
        return not self._is_over
