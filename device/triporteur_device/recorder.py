"""Recording by exception: a value is kept when it leaves the dead-band around the kept one.

The curve rebuilt from the journal, each value held until the next, then stays within the
dead-band at every accepted sample; a parked day costs a heartbeat.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from triporteur_wire.quantities import QUANTITIES, Value, moved, rounded
from triporteur_wire.records import Telemetry

#: A source that is heard but does not move says so this often: shorter than the quarter of an
#: hour of the depot's rollups, so that a bucket without a record means a unit without data.
HEARTBEAT_MS = 600_000


@dataclass(frozen=True, slots=True)
class _Kept:
    recorded_ms: int
    value: Value


class Recorder:
    """Decides what of each observation is worth a record."""

    def __init__(self, heartbeat_ms: int = HEARTBEAT_MS) -> None:
        self._heartbeat_ms = heartbeat_ms
        self._kept: dict[tuple[str, str], _Kept] = {}

    def observe(self, source: str, mono_ms: int, values: Mapping[str, Value]) -> Telemetry | None:
        """The record that this observation calls for, or None."""
        values = {name: value for name, value in values.items() if QUANTITIES[name].recorded}
        news: dict[str, Value | None] = {
            name: rounded(name, value)
            for name, value in values.items()
            if self._is_news(source, name, mono_ms, value)
        }
        if not news:
            return None
        # Heartbeats due soon ride along: one record for a parked source, not one a quantity.
        news |= {
            name: rounded(name, value)
            for name, value in values.items()
            if self._age_ms(source, name, mono_ms) * 2 >= self._heartbeat_ms
        }
        for name, value in news.items():
            if value is not None:
                self._kept[source, name] = _Kept(mono_ms, value)
        return Telemetry(source, news)

    def ended(self, source: str, names: Iterable[str]) -> Telemetry | None:
        """The record saying that these quantities no longer hold; None when none was recorded."""
        gone: dict[str, Value | None] = {
            name: None for name in names if self._kept.pop((source, name), None)
        }
        return Telemetry(source, gone) if gone else None

    def _is_news(self, source: str, name: str, mono_ms: int, value: Value) -> bool:
        kept = self._kept.get((source, name))
        if kept is None or mono_ms - kept.recorded_ms >= self._heartbeat_ms:
            return True
        return moved(name, kept.value, value)

    def _age_ms(self, source: str, name: str, mono_ms: int) -> int:
        kept = self._kept.get((source, name))
        return mono_ms - kept.recorded_ms if kept else 0
