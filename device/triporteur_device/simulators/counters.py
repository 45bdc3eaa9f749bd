"""What the two instruments add up by themselves, whoever listens."""

import math
from dataclasses import dataclass

from triporteur_device.simulators.parameters import TrikeParameters

BMS_DEAD_BAND_A = 0.3
"""Below it a JBD board reads 0 A and counts nothing."""
_MEAN_TIME_S = 180.0
_MEAN_PACK_V = 48.1
_SHUNT_CYCLE_DEPTH = 0.35
"""A discharge to 65 % or lower, then a full charge, is one cycle to the shunt."""


@dataclass(frozen=True, slots=True)
class ShuntHistory:
    """The shunt's own history; discharges are negative ampere-hours, as it shows them."""

    deepest_ah: float
    last_ah: float
    average_ah: float
    cycles: int
    total_drawn_ah: float
    min_v: float
    max_v: float
    since_full_s: float
    full_charges: int
    energy_out_wh: float
    energy_in_wh: float


class Counters:
    """The BMS's remaining charge, which misses small currents, and the shunt's counters.

    `consumed_ah` is 0 at full and negative below; `mean_a` is the current over about 3 minutes.
    """

    __slots__ = (
        "_average_ah",
        "_cycles",
        "_deepest_ah",
        "_discharges",
        "_drawn_ah",
        "_full_charges",
        "_in_wh",
        "_last_ah",
        "_low_ah",
        "_max_v",
        "_min_v",
        "_nominal_ah",
        "_out_wh",
        "_since_full_s",
        "consumed_ah",
        "mean_a",
        "remaining_ah",
    )

    def __init__(self, parameters: TrikeParameters, voltage_v: float) -> None:
        self._nominal_ah = parameters.nominal_ah
        missing_ah = (1.0 - parameters.start_soc) * parameters.capacity_ah
        self.remaining_ah = self._nominal_ah - missing_ah
        self.consumed_ah = self._low_ah = self._last_ah = self._deepest_ah = -missing_ah
        self.mean_a = 0.0
        self._cycles = self._discharges = self._full_charges = parameters.start_cycles
        self._average_ah = -0.3 * self._nominal_ah
        self._drawn_ah = parameters.start_cycles * self._nominal_ah
        self._out_wh = self._drawn_ah * _MEAN_PACK_V
        self._in_wh = self._out_wh * 1.03
        self._min_v = self._max_v = voltage_v
        self._since_full_s = 0.0

    def add(self, dt_s: float, current_a: float, voltage_v: float) -> None:
        """Count `dt_s` seconds at this current and voltage."""
        moved_ah = current_a * dt_s / 3600.0
        if not -BMS_DEAD_BAND_A < current_a < BMS_DEAD_BAND_A:
            remaining_ah = self.remaining_ah + moved_ah
            self.remaining_ah = min(max(remaining_ah, 0.0), self._nominal_ah)
        self.consumed_ah = min(self.consumed_ah + moved_ah, 0.0)
        self.mean_a += (current_a - self.mean_a) * (1.0 - math.exp(-dt_s / _MEAN_TIME_S))
        self._since_full_s += dt_s
        self._count_energy(moved_ah, voltage_v)

    def _count_energy(self, moved_ah: float, voltage_v: float) -> None:
        if moved_ah > 0.0:
            self._in_wh += moved_ah * voltage_v
            self._max_v = max(self._max_v, voltage_v)
            return
        self._drawn_ah -= moved_ah
        self._out_wh -= moved_ah * voltage_v
        self._min_v = min(self._min_v, voltage_v)
        if self.consumed_ah < self._low_ah:
            self._low_ah = self._last_ah = self.consumed_ah

    def full(self) -> None:
        """The charger has finished: both instruments take the pack for full."""
        self.remaining_ah = self._nominal_ah
        self._deepest_ah = min(self._deepest_ah, self._low_ah)
        self._cycles += self._low_ah < -_SHUNT_CYCLE_DEPTH * self._nominal_ah
        self._discharges += 1
        self._average_ah += (self._low_ah - self._average_ah) / self._discharges
        self.consumed_ah = self._low_ah = self._since_full_s = 0.0
        self._full_charges += 1

    def bms_cycles(self) -> int:
        """Whole nominal capacities drawn so far."""
        return int(self._drawn_ah / self._nominal_ah)

    def history(self) -> ShuntHistory:
        """The shunt's history as of now."""
        return ShuntHistory(
            deepest_ah=min(self._deepest_ah, self._low_ah),
            last_ah=self._last_ah,
            average_ah=self._average_ah,
            cycles=self._cycles,
            total_drawn_ah=-self._drawn_ah,
            min_v=self._min_v,
            max_v=self._max_v,
            since_full_s=self._since_full_s,
            full_charges=self._full_charges,
            energy_out_wh=self._out_wh,
            energy_in_wh=self._in_wh,
        )
