"""What rides, stays and charges teach: consumption, standing load, charger; and how well."""

from triporteur_device.readiness.calibrating import Told
from triporteur_device.readiness.counting import flow
from triporteur_device.readiness.energy import SITE_SIGMA, slope
from triporteur_device.readiness.moments import LONGEST_STEP_S
from triporteur_device.readiness.pack import Pack
from triporteur_device.readiness.rides import STOP_S, Ride, Road, Stay, Step, km_between, stood
from triporteur_device.readiness.sample import Sample
from triporteur_device.readiness.state import DONE_SHARE, State
from triporteur_wire.readiness import Outing

#: A shorter way is all starting and parking.
LEAST_KM = 1.0
_STAY_PACE = 0.3
#: A wheel's girth is known so well, and a way entered by hand no better.
_ALL_OF_IT = 0.95
#: Without power for so long, it was put away for the night.
_NIGHT_S = 4 * 3600.0
#: An outing without a departure is over when it stood for so much longer than its stay.
_OVERSTAYED_H = 2.0


class Learning:
    """Follows the samples; what was learnt stands in the state."""

    def __init__(self, pack: Pack, state: State) -> None:
        self._pack = pack
        self._state = state
        self._before: Sample | None = None

    def observe(
        self, seen: Sample, elapsed_s: float | None, charge: float | None, outing: Outing
    ) -> None:
        """`outing` is the one that a ride now belongs to: its climb is shared out by distance."""
        state, before = self._state, self._before
        stood_s = self._stood_s(seen, elapsed_s)
        state.charger.watch(seen, charge, self._pack.nominal_ah, stood_s)
        if before is not None and elapsed_s is not None and elapsed_s <= LONGEST_STEP_S:
            step = self._step(before, seen, elapsed_s)
            self._take(state.underway.take(step), outing)
            if step.charges or self._is_home() or self._is_another(outing) or self._is_overstayed():
                self._learn_road()
        elif before is None or elapsed_s is None or elapsed_s > STOP_S:
            self._take(state.underway.interrupt(), outing)
            if elapsed_s is None or elapsed_s > _NIGHT_S:
                self._learn_road()
        if state.road.km or state.underway.km:
            state.road_outing = state.road_outing or outing
        self._before = seen

    def _stood_s(self, seen: Sample, elapsed_s: float | None) -> float | None:
        """None when it moved. Off, it stood; for how long, nobody may know."""
        seconds = STOP_S if elapsed_s is None else elapsed_s
        return seconds if stood(self._before, seen, seconds) else None

    def _is_another(self, outing: Outing) -> bool:
        """Whether the next outing is due, and the rides of the last one are over."""
        mine = self._state.road_outing
        return mine is not None and mine != outing and not self._state.underway.km

    def _is_home(self) -> bool:
        """As far as the outing was to go, its stay behind it, and standing again.

        Without the stay it stands at the place: the way out was entered for the whole.
        """
        mine, road = self._state.road_outing, self._state.road
        if mine is None or mine.departs_utc_ms is None or not self._state.underway.stays:
            return False
        return 0 < _ALL_OF_IT * mine.km <= road.km and road.stay_h >= mine.site_h / 2

    def _is_overstayed(self) -> bool:
        """A night on its wheels, with nothing to tell the next morning's outing from this one."""
        mine, underway = self._state.road_outing, self._state.underway
        if mine is None or mine.departs_utc_ms is not None:
            return False
        return underway.stays and underway.stay_h > mine.site_h + _OVERSTAYED_H

    def _take(self, ended: Ride | Stay | None, outing: Outing) -> None:
        match ended:
            case Ride(watched=True):
                self._state.road.add(ended)
            case Stay():
                self._state.road.stay_h += ended.hours
                self._learn_stay(ended, outing)
            case _:
                pass

    def _step(self, before: Sample, seen: Sample, elapsed_s: float) -> Step:
        km = km_between(before, seen, elapsed_s)
        fills = self._state.charger.fills(seen.current_a, seen.charger_plugged)
        charges = bool(seen.charger_plugged) or fills
        return Step(elapsed_s, km, self._power_w(before, seen), _coldest(seen), charges)

    def _power_w(self, before: Sample, seen: Sample) -> float | None:
        """Out of the battery, on average since the sample before."""
        if None in (before.current_a, seen.current_a) or seen.voltage_v is None:
            return None
        told_a = ((before.current_a or 0.0) + (seen.current_a or 0.0)) / 2
        leaks = self._state.charge.leaks
        flows = flow(leaks, told_a, has_dead_band=seen.has_dead_band, at_work=True)
        return -flows.a * seen.voltage_v

    def _learn_road(self) -> None:
        """The outing is over: what its way took, beside what was foreseen for it."""
        state = self._state
        road, outing = state.road, state.road_outing
        state.road, state.road_outing = Road(), None
        if outing is None:
            return
        is_done = road.km > DONE_SHARE * outing.km
        if is_done:
            state.done = outing
        if road.km < LEAST_KM:
            return
        if is_done:  # the rest of one that was cut short may be the steep part
            state.sag.end_outing(slope(outing))
        climb_m = outing.climb_m * min(road.km / outing.km, 1.0) if outing.km else 0.0
        foreseen = state.consumption.foresee(road.km, climb_m, road.temp_c)
        state.calibrating.note(Told(road.km, foreseen.wh, road.wh))
        state.consumption.learn(road.km, climb_m, road.temp_c, road.wh)

    def _learn_stay(self, stay: Stay, outing: Outing) -> None:
        """What a plan foresaw to be fed is no load of the unit's own; what was far more may be."""
        state, watts = self._state, max(0.0, stay.wh / stay.hours)
        planned_w = max(one.load_w for one in (outing, state.road_outing or outing))
        beyond_w = max(0.0, watts - (1 + SITE_SIGMA) * planned_w)
        own_w = min(watts, state.standing_w + beyond_w)
        state.standing_w += _STAY_PACE * (own_w - state.standing_w)


def _coldest(seen: Sample) -> float | None:
    return min(seen.temps_c, default=None)
