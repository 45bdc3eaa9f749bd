"""The plan of a trike's days: which phase when, by parameters and seed, never by steps."""

from collections.abc import Iterator
from dataclasses import dataclass

from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.parameters import DAY_S, Phase, TrikeParameters

PLUG_DELAY_S = 900.0
"""From the return to the plug in the socket, and from the plug pulled out to the departure."""
REST_BEFORE_S = 6 * 3600.0
REST_AFTER_S = 8 * 3600.0
"""A planned outing nearer than this to the extra one does not take place."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One phase from `start_s` (included) to `end_s` (excluded), local seconds."""

    phase: Phase
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Outing:
    """Out of the depot at `departs_s`, back at `home_s`."""

    departs_s: float
    arrives_s: float
    leaves_s: float
    home_s: float

    def legs(self) -> Iterator[Leg]:
        """The ride out, the stay, the ride back."""
        yield Leg(Phase.RIDING, self.departs_s, self.arrives_s)
        yield Leg(Phase.ON_SITE, self.arrives_s, self.leaves_s)
        yield Leg(Phase.RIDING, self.leaves_s, self.home_s)


class Plan:
    """Answers which leg covers an instant."""

    def __init__(self, parameters: TrikeParameters, seed: int) -> None:
        self._parameters = parameters
        self._seed = seed

    def leg_at(self, local_s: float) -> Leg:
        """The leg that covers this instant; a leg at the depot may be cut at midnight."""
        outings = self._outings_near(local_s)
        for outing in outings:
            for leg in outing.legs():
                if leg.start_s <= local_s < leg.end_s:
                    return leg
        return self._leg_at_depot(local_s, outings)

    def _leg_at_depot(self, local_s: float, outings: list[Outing]) -> Leg:
        tomorrow_s = (local_s // DAY_S + 1) * DAY_S
        start_s = max((o.home_s for o in outings if o.home_s <= local_s), default=-PLUG_DELAY_S)
        end_s = min((o.departs_s for o in outings if o.departs_s > local_s), default=tomorrow_s)
        plugged_s, unplugged_s = start_s + PLUG_DELAY_S, end_s - PLUG_DELAY_S
        if end_s >= tomorrow_s:
            unplugged_s = end_s = tomorrow_s
        if not self._plugs_in(plugged_s) or local_s >= unplugged_s:
            return Leg(Phase.PARKED, local_s, end_s)
        if local_s < plugged_s:
            return Leg(Phase.PARKED, start_s, min(plugged_s, end_s))
        return Leg(Phase.CHARGING, plugged_s, unplugged_s)

    def _plugs_in(self, plugged_s: float) -> bool:
        return self._parameters.plugged_at_night and plugged_s < self._parameters.unplugged_since_s

    def _outings_near(self, local_s: float) -> list[Outing]:
        today = int(local_s // DAY_S)
        planned = (self._planned(day) for day in range(today - 7, today + 2))
        extra_s = self._parameters.extra_departure_s
        if extra_s is None:
            return [o for o in planned if o is not None]
        extra = self._outing(extra_s)
        kept = [o for o in planned if o is not None and not _too_near(o, extra)]
        return [*kept, extra]

    def _planned(self, day: int) -> Outing | None:
        if (day + 3) % 7 not in self._parameters.outing_weekdays:  # 1970-01-01 was a Thursday
            return None
        late_s = dice(self._seed, "departure", day).uniform(-300.0, 300.0)
        return self._outing(day * DAY_S + self._parameters.departure_hour * 3600 + late_s)

    def _outing(self, departs_s: float) -> Outing:
        ride_s = self._parameters.ride_minutes * 60
        leaves_s = departs_s + ride_s + self._parameters.site_hours * 3600
        return Outing(departs_s, departs_s + ride_s, leaves_s, leaves_s + ride_s)


def _too_near(planned: Outing, extra: Outing) -> bool:
    return (
        planned.home_s + REST_BEFORE_S > extra.departs_s
        and planned.departs_s < extra.home_s + REST_AFTER_S
    )
