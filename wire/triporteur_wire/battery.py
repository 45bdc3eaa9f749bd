"""What unit, console and depot must judge in the same way from the same figures."""

from enum import StrEnum

#: Common boards read 0 below 0.3-0.5 A (JBD; telemetry notes of xiaoxiang and batmon users), and a
#: parked unit draws about 0.2 A: between the two, a battery is at rest.
REST_CURRENT_A = 0.3

#: Cells of a healthy pack differ by 10-30 mV at rest; common boards protect themselves at 300 mV.
SPREAD_WATCH_MV = 80
SPREAD_WEAK_MV = 200
#: Below, charging harms the cells (cell makers' sheets: charge from 0 °C); above, they age fast.
COLD_C = 0
HOT_C = 45


class Flow(StrEnum):
    CHARGING = "charging"
    RESTING = "resting"
    DISCHARGING = "discharging"


def flow(current_a: float) -> Flow:
    """What the battery does, from its current (positive into the battery)."""
    if current_a > REST_CURRENT_A:
        return Flow.CHARGING
    if current_a < -REST_CURRENT_A:
        return Flow.DISCHARGING
    return Flow.RESTING
