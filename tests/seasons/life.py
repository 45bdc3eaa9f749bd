"""One trike and its year: days, nights, chargers forgotten; and what the estimator gets to see."""

import math
import random
from dataclasses import dataclass

from tests.seasons.board import Board
from tests.seasons.cells import Battery
from tests.seasons.laws import draw_law
from tests.seasons.road import STEP_S, Day, Trike, ride, slopes
from triporteur_device.readiness import Pack, ReadinessKeeper, Sample, decode_state, encode_state
from triporteur_wire.readiness import Outing

#: 2 March 2026, a Monday, midnight UTC.
_START_S = 1_772_409_600.0
_DAY_S = 86_400.0
_PARKED_STEP_S = 145.0
_SITE_STEP_S = 60.0
_TAIL_STEP_S = 30.0
_NAMES = frozenset(
    {
        "pack_voltage_v", "current_a", "soc_pct", "cells_v", "battery_temps_c", "alarms",
        "discharge_fet", "distance_m",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trip:
    """What an outing really was: energy drawn and the charge left at its end."""

    used_wh: float
    left: float
    ran_empty: bool


class Life:
    """A world and, in it, one unit with its keeper. Everything is drawn from one seed."""

    def __init__(self, law_name: str, seed: int) -> None:
        self.rng = random.Random(f"{law_name}/{seed}")
        rng = self.rng
        self.law = draw_law(law_name, rng)
        self.battery = Battery(self.law, rng, rng.choice((14.0, 17.5, 20.0, 26.0)))
        self.board = Board(self.battery, rng)
        mass_kg, rolling = rng.uniform(190, 290), rng.uniform(0.008, 0.013)
        self.trike = Trike(mass_kg, rolling, rng.uniform(3.4, 4.6), rng.uniform(6, 14))
        self.by_key = rng.random() < 0.35
        self.watches_plug = rng.random() < 0.7
        self.parked_w = rng.uniform(3.0, 6.0)
        self.site_w = rng.uniform(14.0, 38.0)
        self.wh_full = self.battery.capacity_ah * self.law.cells * self.law.rest_v(0.6)
        label = Pack(self.battery.nominal_ah, self.law.cells, self.law.chemistry)
        self.pack = label
        self.keeper = ReadinessKeeper(label)
        self.plan: tuple[Outing, ...] = ()
        self.now_s = _START_S + 18 * 3600
        self.boot_no = 1
        self.on = True
        self.meters = 0.0
        self.outside_c = 12.0

    @property
    def utc_ms(self) -> int:
        return round(self.now_s * 1000)

    @property
    def mono_ms(self) -> int:
        return round((self.now_s - _START_S) * 1000)

    def switch(self, *, on: bool) -> None:
        """By its key: what is remembered goes through storage, as aboard."""
        if on and not self.on:
            state = decode_state(encode_state(self.keeper.state), self.pack)
            self.keeper = ReadinessKeeper(self.pack, state=state)
            self.keeper.plan(self.plan)
            self.boot_no += 1
        self.on = on

    def stand(self, until_s: float, step_s: float, load_w: float, *, plugged: bool = False) -> None:
        """At rest, at the depot or on site; the end of a charge is looked at more closely."""
        battery = self.battery
        while self.now_s < until_s - 1:
            tails = plugged and not battery.done and battery.current_a < 0.1 * battery.nominal_ah
            seconds = min(_TAIL_STEP_S if tails else step_s, until_s - self.now_s)
            self._step(seconds, load_w, plugged=plugged)

    def park(self, until_s: float, *, plugged: bool) -> None:
        load_w = 0.4 if not self.on else self.parked_w
        self.stand(until_s, _PARKED_STEP_S, load_w, plugged=plugged)

    def draw_day(self, season_day: float) -> Day:
        rng = self.rng
        mean_c = 13 - 10 * math.cos(2 * math.pi * (season_day + 40) / 365)
        self.outside_c = mean_c + rng.gauss(0, 3)
        wind_ms = rng.weibullvariate(1.5, 1.8) * math.cos(rng.uniform(0, 2 * math.pi))
        detour = 1 + abs(rng.gauss(0, 0.05)) + (0.2 if rng.random() < 0.03 else 0.0)
        return Day(
            self.outside_c, wind_ms, rng.uniform(60, 110), rng.uniform(2.0, 4.0),
            rng.uniform(50, 120), detour,
        )  # fmt: skip

    def go(self, outing: Outing, day: Day) -> Trip:
        """Out, the stay, and back; the way home is pushed when the battery is empty."""
        rng = self.rng
        profile = slopes(outing.km, outing.climb_m, rng)
        before = self.battery.charge
        drawn = self._ride(profile, day, back=False)
        stay_s = outing.site_h * 3600 * rng.uniform(0.85, 1.15)
        drawn += self._stay(self.now_s + stay_s)
        drawn += self._ride(profile, day, back=True)
        empty = self.battery.dead
        left = self.battery.usable if before > self.battery.charge else 0.0
        return Trip(drawn, 0.0 if empty else left, empty)

    def _ride(self, profile: list[float], day: Day, *, back: bool) -> float:
        drawn = 0.0
        for pull in ride(self.trike, day, self.law, profile, self.rng, back=back):
            if self.battery.dead:
                break
            self.meters += pull.meters
            drawn += self._step(STEP_S, pull.load_w, plugged=False)
        return drawn

    def _stay(self, until_s: float) -> float:
        drawn = 0.0
        while self.now_s < until_s and not self.battery.dead:
            load_w = self.site_w * self.rng.uniform(0.7, 1.3) + (
                100 if self.rng.random() < 0.02 else 0
            )
            drawn += self._step(_SITE_STEP_S, load_w, plugged=False)
        self.now_s = max(self.now_s, until_s)
        return drawn

    def _step(self, seconds: float, load_w: float, *, plugged: bool) -> float:
        self.battery.step(seconds, load_w, self._around_c(plugged), plugged=plugged)
        self.board.step(seconds)
        self.now_s += seconds
        if self.on:
            self.keeper.look(self.sample(plugged=plugged))
        return -self.battery.current_a * self.battery.volts * seconds / 3600

    def _around_c(self, indoors: bool) -> float:
        return max(self.outside_c * 0.6 + 6, self.outside_c) if indoors else self.outside_c

    def sample(self, *, plugged: bool) -> Sample:
        told = self.board.tell()
        return Sample(
            self.mono_ms,
            self.boot_no,
            self.utc_ms,
            voltage_v=told.voltage_v,
            current_a=told.current_a,
            soc_pct=told.soc_pct,
            cells_v=told.cells_v,
            temps_c=(told.temp_c,),
            alarms=("cell_undervoltage",) if self.battery.dead else (),
            warnings=(),
            discharge_on=not self.battery.dead,
            charger_plugged=plugged if self.watches_plug else None,
            distance_m=round(self.meters),
            given=_NAMES,
        )
