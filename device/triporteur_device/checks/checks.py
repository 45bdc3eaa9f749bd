"""All cross-checks, as one more source of measures."""

from triporteur_device.checks.cells import CellsGap
from triporteur_device.checks.charges import charges_gap
from triporteur_device.checks.energy import EnergyGap
from triporteur_device.checks.readings import Readings
from triporteur_device.live import Observation
from triporteur_wire.origins import CHECKS

#: A check is made anew each second, from what is fresh: without it, it soon holds no longer.
STALE_AFTER_MS = 5_000
_DECIMALS = 2


class Checks:
    """Compares what the sources say, and remembers only what a comparison over time needs."""

    def __init__(self) -> None:
        self._cells = CellsGap()
        self._energy = EnergyGap()

    def look(self, readings: Readings, now_ms: int) -> Observation | None:
        """What can be compared now; None when nothing can. `now_ms` is when `readings` were made.

        Percentages are clamped to 100 either way, which is the range of these quantities.
        """
        gaps = {
            "cells_gap_pct": self._cells.look(readings, now_ms),
            "energy_gap_pct": self._energy.look(readings, now_ms),
            "soc_gap_pct": charges_gap(readings),
        }
        found = {name: round(gap, _DECIMALS) for name, gap in gaps.items() if gap is not None}
        return Observation(CHECKS, now_ms, found) if found else None
