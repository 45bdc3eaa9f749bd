"""What a board makes of a true battery: offset, gain, dead-band, and a percentage of its own."""

import random
from dataclasses import dataclass

from tests.seasons.cells import Battery


@dataclass(frozen=True, slots=True)
class Told:
    voltage_v: float
    current_a: float
    soc_pct: float
    cells_v: tuple[float, float]
    temp_c: float


class Board:
    """Counts what it reads, takes its label for its capacity, and resets when a charge ends."""

    def __init__(self, battery: Battery, rng: random.Random) -> None:
        self._battery = battery
        self._offset_a = rng.gauss(0.0, 0.06)
        self._gain = rng.gauss(1.0, 0.01)
        self._dead_band_a = rng.choice((0.0, 0.3, 0.4, 0.5))
        self._temp_off_c = rng.gauss(0.0, 0.8)
        self._label_ah = battery.nominal_ah
        self._soc = min(1.0, max(0.05, battery.charge + rng.gauss(0.0, 0.05)))

    def step(self, seconds: float) -> None:
        self._soc += self._reads_a() * seconds / 3600 / self._label_ah
        self._soc = min(1.0, max(0.0, self._soc))
        if self._battery.done:
            self._soc = 1.0
        if self._battery.dead:
            self._soc = 0.0

    def tell(self) -> Told:
        battery = self._battery
        low_v, high_v = battery.cells_v()
        return Told(
            round(battery.volts, 2),
            self._reads_a(),
            float(round(100 * self._soc)),
            (round(low_v, 3), round(high_v, 3)),
            round(battery.temp_c + self._temp_off_c, 1),
        )

    def _reads_a(self) -> float:
        battery = self._battery
        flows_a = battery.law.reads_a(battery.current_a, battery.temp_c)
        read = flows_a * self._gain + self._offset_a
        return 0.0 if abs(read) < self._dead_band_a else round(read, 2)
