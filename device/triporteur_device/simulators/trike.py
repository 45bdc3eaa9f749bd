"""One trike's life: a plan, a load, a battery, and no clock but the one it is given."""

import math
from collections.abc import Iterator

from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.loads import Stretch, stretches
from triporteur_device.simulators.motor import Motor
from triporteur_device.simulators.pack import Pack
from triporteur_device.simulators.parameters import DAY_S, MONDAY_S, Phase, TrikeParameters
from triporteur_device.simulators.plan import Leg, Plan
from triporteur_device.simulators.state import TrikeState

__all__ = ["Phase", "TrikeModel", "TrikeParameters", "TrikeState"]

_LONGEST_STEP_S = {
    Phase.CHARGING: 60.0,
    Phase.RIDING: 30.0,
    Phase.ON_SITE: 60.0,
    Phase.PARKED: 300.0,
}
_HELD_LEG_S = 3600.0
_HOTTEST_HOUR = 15.0
_DRIFTING_CELL = 6


class TrikeModel:
    """A trike that lives as long as it is told to, the same for the same parameters and seed.

    `start_s` is a local time in seconds since 1970-01-01; by default a Monday at midnight.
    """

    def __init__(self, parameters: TrikeParameters, seed: int, start_s: float = MONDAY_S) -> None:
        self._parameters = parameters
        self._seed = seed
        self._plan = Plan(parameters, seed)
        self._start_s = self._now_s = start_s
        self._weather_day, self._weather_c = -1, (0.0, 0.0)
        self._held_ambient_c: float | None = None
        self._pack = Pack(parameters, seed, self._ambient_c())
        self._motor = Motor(self._ambient_c())
        self._held_phase: Phase | None = None
        self._held_load_w: float | None = None
        self._held_drift_mv: float | None = None
        self._leg: Leg
        self._stretches: Iterator[Stretch]
        self._stretch: Stretch
        self._enter_leg()

    @property
    def state(self) -> TrikeState:
        """The trike now."""
        pack, speed_kmh = self._pack, self._speed_kmh()
        cells_v = pack.cells_v()
        pack_voltage_v = math.fsum(cells_v)
        ambient_c = self._ambient_c()
        case_c = 0.7 * pack.temperature_c + 0.3 * ambient_c
        return TrikeState(
            local_s=self._now_s,
            phase=self._leg.phase,
            pack_voltage_v=pack_voltage_v,
            current_a=pack.current_a,
            soc=min(max(pack.soc, 0.0), 1.0),
            cells_v=cells_v,
            battery_temps_c=(pack.temperature_c, case_c),
            ambient_c=ambient_c,
            remaining_ah=pack.counters.remaining_ah,
            nominal_ah=self._parameters.nominal_ah,
            cycles=pack.counters.bms_cycles(),
            charge_fet=pack.charge_fet,
            discharge_fet=pack.discharge_fet,
            alarms=pack.alarms,
            consumed_ah=pack.counters.consumed_ah,
            mean_a=pack.counters.mean_a,
            speed_kmh=speed_kmh,
            load_w=self._load_w() if pack.discharge_fet else 0.0,
            shunt=pack.counters.history(),
            motor=self._motor.state(self._motor_w(), speed_kmh, pack_voltage_v),
        )

    def advance(self, dt_s: float) -> None:
        """Live `dt_s` seconds, in as many steps as it takes; ValueError when negative."""
        if dt_s < 0.0:
            raise ValueError(f"a trike cannot live backwards: advance({dt_s})")
        end_s = self._now_s + dt_s
        while self._now_s < end_s:
            self._follow_plan()
            longest_s = self._now_s + _LONGEST_STEP_S[self._leg.phase]
            self._step_to(min(end_s, self._stretch.end_s, longest_s))

    def set_load_w(self, load_w: float | None) -> None:
        """Draw this many watts in place of the plan's load; None gives the plan back."""
        self._held_load_w = load_w

    def set_phase(self, phase: Phase | None) -> None:
        """Stay in this phase whatever the hour; None gives the plan back."""
        self._held_phase = phase
        self._enter_leg()

    def set_ambient_c(self, ambient_c: float | None) -> None:
        """Stand since long in air of this temperature, °C; None gives the weather back."""
        self._held_ambient_c = ambient_c
        self._pack.temperature_c = self._ambient_c()

    def set_drift_mv(self, drift_mv: float | None) -> None:
        """Let one cell read this much under the others; None gives its own state back."""
        self._held_drift_mv = drift_mv
        self._weaken(self._now_s)

    def _weaken(self, at_s: float) -> None:
        parameters = self._parameters
        weak_mv = self._held_drift_mv
        self._pack.weak_cell = parameters.weak_cell
        if weak_mv is None:
            days = (at_s - self._start_s) / DAY_S
            weak_mv = parameters.weak_cell_mv + parameters.weak_cell_mv_per_day * days
        elif parameters.weak_cell is None:
            self._pack.weak_cell = _DRIFTING_CELL
        self._pack.weak_v = 0.0 if self._pack.weak_cell is None else weak_mv / 1000.0

    def _step_to(self, until_s: float) -> None:
        dt_s = until_s - self._now_s
        self._weaken(until_s)
        plugged = self._leg.phase is Phase.CHARGING
        self._pack.step(dt_s, self._load_w(), plugged, self._ambient_c())
        self._drive(dt_s)
        self._now_s = until_s

    def _drive(self, dt_s: float) -> None:
        power_w = self._motor_w()
        input_a = -self._pack.current_a * power_w / self._load_w() if power_w else 0.0
        self._motor.step(dt_s, power_w, input_a, self._speed_kmh(), self._ambient_c())

    def _motor_w(self) -> float:
        """What drives the trike: all that is drawn on the road, but for what is always drawn."""
        if self._leg.phase is not Phase.RIDING or not self._pack.discharge_fet:
            return 0.0
        return max(self._load_w() - self._parameters.standby_w, 0.0)

    def _speed_kmh(self) -> float:
        return self._stretch.speed_kmh if self._pack.discharge_fet else 0.0

    def _load_w(self) -> float:
        return self._stretch.load_w if self._held_load_w is None else self._held_load_w

    def _follow_plan(self) -> None:
        while self._now_s >= self._stretch.end_s:
            following = next(self._stretches, None)
            if following is None:
                self._enter_leg()
            else:
                self._stretch = following

    def _enter_leg(self) -> None:
        if self._held_phase is None:
            self._leg = self._plan.leg_at(self._now_s)
        else:
            self._leg = Leg(self._held_phase, self._now_s, self._now_s + _HELD_LEG_S)
        self._stretches = iter(stretches(self._leg, self._parameters, self._seed))
        self._stretch = next(self._stretches)

    def _ambient_c(self) -> float:
        if self._held_ambient_c is not None:
            return self._held_ambient_c
        day, within_s = divmod(self._now_s, DAY_S)
        if day != self._weather_day:
            self._weather_day = int(day)
            self._weather_c = (self._weather_of(int(day)), self._weather_of(int(day) + 1))
        today_c, tomorrow_c = self._weather_c
        drift_c = today_c + (tomorrow_c - today_c) * within_s / DAY_S
        turn = (within_s / 3600.0 - _HOTTEST_HOUR) / 24.0
        swing_c = self._parameters.ambient_swing_c * math.cos(2.0 * math.pi * turn)
        return self._parameters.ambient_mean_c + drift_c + swing_c

    def _weather_of(self, day: int) -> float:
        return dice(self._seed, "weather", day).gauss(0.0, 1.5)
