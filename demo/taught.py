"""What a unit of the demo would have learnt of its battery in the days before."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from triporteur_device.readiness import Pack, ReadinessKeeper, encode_state, sampled
from triporteur_wire.messages import Reading
from triporteur_wire.quantities import Value


class Taught:
    """Shows a keeper of readiness each instant since `since`, once all that was said is known."""

    def __init__(self, nominal_ah: float, since: datetime) -> None:
        self._since_ms = since.timestamp() * 1000
        self._keeper = ReadinessKeeper(Pack(nominal_ah=nominal_ah))
        self._readings: dict[str, dict[str, Reading]] = {}
        self._utc_ms: int | None = None

    def take(self, utc_ms: int, source: str, values: Mapping[str, Value]) -> None:
        """What a source said at that instant; they come in order."""
        if utc_ms < self._since_ms:
            return
        if self._utc_ms is not None and utc_ms != self._utc_ms:
            self._keeper.look(sampled(self._readings, self._utc_ms, 0, self._utc_ms))
        self._utc_ms = utc_ms
        told = {name: Reading(value, 0.0) for name, value in values.items()}
        self._readings.setdefault(source, {}).update(told)

    def write(self, path: Path) -> None:
        """Where the agent looks for it."""
        path.write_bytes(encode_state(self._keeper.state))
