"""The energy side of the verdict: what is there, what it takes, how long a charge would be."""

from dataclasses import dataclass, replace

from triporteur_device.readiness.charging import Charger
from triporteur_device.readiness.consumption import Consumption, Foreseen
from triporteur_device.readiness.energy import Holding, Need, need, spare_wh, sure_km
from triporteur_device.readiness.rules import COMFORT_PCT
from triporteur_wire.readiness import Outing

#: A full charge is known this well.
_FULL_SIGMA = 0.01
_STEP = 0.01
#: Nobody plugs in for less, and no forecast is finer.
_ROUND_MIN = 10


@dataclass(frozen=True, slots=True)
class Outlook:
    """`holding` is None while the charge is not known."""

    outing: Outing
    holding: Holding | None
    consumption: Consumption
    charger: Charger
    standing_w: float
    temp_c: float | None

    @property
    def need(self) -> Need:
        return need(self.outing, self.consumption, self.standing_w, self.temp_c)

    @property
    def margin_pct(self) -> float | None:
        """What may be left over, in % of what may be needed; below 0 when it hardly suffices."""
        if self.holding is None:
            return None
        needed = self.need
        return 100 * spare_wh(self.holding, needed) / max(needed.wh, 1.0)

    @property
    def comfort_pct(self) -> float | None:
        """How much more is surely there than may be needed, should the battery hold less than it is
        taken for: what PARTEZ asks."""
        if self.holding is None:
            return None
        return 100 * (self.holding.worn_wh / max(self.need.wh, 1.0) - 1)

    @property
    def needed_points(self) -> float | None:
        """What the outing is likely to take, in points of charge."""
        if self.holding is None:
            return None
        return 100 * self.need.likely_wh / self.holding.whole_wh

    @property
    def per_km(self) -> Foreseen:
        """A kilometre on the flat, at this temperature."""
        return self.consumption.foresee(1.0, 0.0, self.temp_c)

    @property
    def sure_km(self) -> float | None:
        if self.holding is None:
            return None
        return sure_km(
            self.holding.sure_wh, self.outing, self.consumption, self.standing_w, self.temp_c
        )

    @property
    def ready_in_min(self) -> float | None:
        """On the charger until the outing is comfortable; None when no charge brings it."""
        if self.holding is None:
            return None
        if (self.comfort_pct or 0.0) >= COMFORT_PCT:
            return 0.0
        target = self._target(self.holding)
        return None if target is None else self._minutes(self.holding, target)

    @property
    def full_in_min(self) -> float | None:
        return None if self.holding is None else self._minutes(self.holding, 1.0)

    def _minutes(self, holding: Holding, to: float) -> float:
        exact = self.charger.minutes(holding.charge, to, holding.capacity_ah)
        return float(-(-exact // _ROUND_MIN) * _ROUND_MIN)

    def _target(self, holding: Holding) -> float | None:
        """The charge from which on it is comfortable; the doubt stays until it is full."""
        wanted_wh = self.need.wh * (1 + COMFORT_PCT / 100)
        charge = holding.charge
        while charge < 1.0:
            if replace(holding, charge=charge).worn_wh >= wanted_wh:
                return charge
            charge += _STEP
        full = replace(holding, charge=1.0, charge_sigma=_FULL_SIGMA)
        return 1.0 if full.worn_wh >= wanted_wh else None
