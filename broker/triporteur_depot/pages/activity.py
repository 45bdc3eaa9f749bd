"""What a unit does, told from what flows through its battery."""

from enum import StrEnum

from triporteur_wire.battery import Flow, flow
from triporteur_wire.messages import Status

#: A kiosk with screen and link draws 10 to 40 W, a full set of charging phones about 100 W more;
#: a loaded trike that rides draws 150 to 400 W (20-25 Wh/km at 10-15 km/h). Between the two:
RIDE_POWER_W = 120.0
#: Assumed for a battery that tells no voltage: the usual pack of a cargo trike.
USUAL_VOLTAGE_V = 48.0
#: Slower is a person pushing the unit, or the sensor's idle noise.
_RIDE_SPEED_KMH = 3.0


class Activity(StrEnum):
    CHARGING = "charging"
    RIDING = "riding"
    ON_SITE = "on-site"
    RESTING = "resting"


#: What a unit does now.
NOW = {
    Activity.CHARGING: "En charge",
    Activity.RIDING: "Roule",
    Activity.ON_SITE: "Sur place",
    Activity.RESTING: "Au repos",
}
#: What a stretch of the day was.
PHASE = {
    Activity.CHARGING: "en charge",
    Activity.RIDING: "trajet",
    Activity.ON_SITE: "sur place",
    Activity.RESTING: "au repos",
}


def activity(current_a: float, voltage_v: float | None) -> Activity:
    """The activity behind a current (positive into the battery)."""
    match flow(current_a):
        case Flow.CHARGING:
            return Activity.CHARGING
        case Flow.RESTING:
            return Activity.RESTING
        case Flow.DISCHARGING:
            power_w = -current_a * (voltage_v or USUAL_VOLTAGE_V)
            return Activity.RIDING if power_w >= RIDE_POWER_W else Activity.ON_SITE


def activity_now(status: Status) -> Activity | None:
    """What the unit does by its own words, or None when neither speed nor current is known.

    A speed outweighs the current: a trike that coasts rests its battery, one that brakes may
    charge it.
    """
    speed_kmh, current_a = status.number("speed_kmh"), status.number("current_a")
    if speed_kmh is not None and abs(speed_kmh) >= _RIDE_SPEED_KMH:
        return Activity.RIDING
    if current_a is None:
        return None
    return activity(current_a, status.number("pack_voltage_v"))
