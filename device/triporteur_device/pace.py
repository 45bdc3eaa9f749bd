"""How fast a unit lives: what a power cut may cost, and how often the depot hears of it.

A parked trike changes little: its few records may wait longer, and its status is rarer. What it
does not know of its battery, it takes for movement.
"""

from dataclasses import dataclass

from triporteur_device.config import DeviceConfig
from triporteur_wire.battery import Flow, flow

#: Beyond the month's budget of the link a status still says that the unit lives: well within the
#: quarter of an hour after which the depot takes a unit for silent.
FRUGAL_PERIOD_S = 300.0


@dataclass(frozen=True, slots=True)
class Pace:
    """`commit_s` is how long telemetry may wait in memory, `period_s` what separates statuses."""

    commit_s: float
    period_s: float


def pace(config: DeviceConfig, current_a: float | None, *, link_spent: bool) -> Pace:
    """The pace at this current (positive into the battery; None while no source gives it)."""
    journal, mqtt = config.journal, config.mqtt
    rests = current_a is not None and flow(current_a) is Flow.RESTING
    period_s = mqtt.rest_period_s if rests else mqtt.status_period_s
    return Pace(
        journal.rest_interval_s if rests else journal.commit_interval_s,
        max(period_s, FRUGAL_PERIOD_S) if link_spent else period_s,
    )
