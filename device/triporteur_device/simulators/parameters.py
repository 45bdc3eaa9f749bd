"""What makes one trike differ from another: its pack, its charger, its week."""

import math
from dataclasses import dataclass
from enum import StrEnum

DAY_S = 86_400
MONDAY_S = 4 * DAY_S
"""The first Monday 00:00 of the model's clock, which counts local seconds from 1970-01-01."""


class Phase(StrEnum):
    """Where the trike stands in its day. `charging` means plugged in, even once full."""

    CHARGING = "charging"
    RIDING = "riding"
    ON_SITE = "on_site"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class TrikeParameters:
    """One trike and its habits; times are local seconds since 1970-01-01 (see MONDAY_S).

    `health` is the true capacity over the nominal one. `resistance_ohm` is the whole pack's at
    25 °C. `start_soc` is the true charge, 0 to 1, when the model starts. Weekdays count from
    Monday = 0. `unplugged_since_s`: from then on nobody plugs the charger in. `extra_departure_s`:
    one outing leaves at that instant, in place of the planned outings too near to it; None: none.
    `weak_cell` (0-based; None: no such cell) reads `weak_cell_mv` under the others when the model
    starts, and `weak_cell_mv_per_day` more each day.
    """

    nominal_ah: float = 30.0
    cells: int = 13
    resistance_ohm: float = 0.14
    health: float = 0.95
    start_soc: float = 0.62
    start_cycles: int = 120
    charger_a: float = 4.2
    plugged_at_night: bool = True
    unplugged_since_s: float = math.inf
    outing_weekdays: frozenset[int] = frozenset(range(5))
    departure_hour: float = 9.0
    ride_minutes: float = 35.0
    site_hours: float = 6.0
    extra_departure_s: float | None = None
    hotel_load_w: float = 28.0
    standby_w: float = 4.0
    ambient_mean_c: float = 12.0
    ambient_swing_c: float = 4.0
    weak_cell: int | None = None
    weak_cell_mv: float = 0.0
    weak_cell_mv_per_day: float = 0.0

    @property
    def capacity_ah(self) -> float:
        """What the pack truly holds when full."""
        return self.nominal_ah * self.health
