"""A ride by force: a profile of slopes, stops, wind, a rider; in steps of four seconds."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.seasons.laws import GRAVITY, Law

STEP_S = 4.0
_MOTOR_W = 650.0
_AIR_AT_15_C = 1.225


@dataclass(frozen=True, slots=True)
class Trike:
    mass_kg: float
    rolling: float
    cruise_ms: float
    electronics_w: float


@dataclass(frozen=True, slots=True)
class Day:
    """What is not the same on two days. `wind_ms` is against the way out."""

    outside_c: float
    wind_ms: float
    rider_w: float
    stops_per_km: float
    load_kg: float
    detour: float


@dataclass(frozen=True, slots=True)
class Pull:
    """One step of a ride."""

    load_w: float
    meters: float


def slopes(km: float, climb_m: float, rng: random.Random) -> list[float]:
    """By 200 m: there and back again, they climb `climb_m` in all."""
    count = max(2, round(km / 2 * 1000 / 200))
    raw = [rng.gauss(rng.choice((-0.6, 0.6)), 1.0) for _ in range(count)]
    ups = sum(abs(one) for one in raw)
    return [one * climb_m / ups / 200 for one in raw]


def ride(
    trike: Trike, day: Day, law: Law, profile: list[float], rng: random.Random, *, back: bool
) -> Iterator[Pull]:
    """The way out, or back over the same slopes."""
    way = [-one for one in reversed(profile)] if back else profile
    wind_ms = -day.wind_ms if back else day.wind_ms
    length_m = len(way) * 200 * day.detour
    at_m, speed, waits = 0.0, 0.0, 0.0
    next_stop_m = rng.expovariate(day.stops_per_km / 1000)
    while at_m < length_m:
        if waits > 0:
            waits -= STEP_S
            yield Pull(trike.electronics_w, 0.0)
            continue
        slope = way[min(int(at_m / day.detour / 200), len(way) - 1)]
        wanted = trike.cruise_ms * (0.75 if slope > 0.03 else 1.0)
        from_home_m = length_m - at_m if back else at_m
        blows_ms = wind_ms * law.gusts(from_home_m)
        speed, push_w = _push(trike, day, law, speed, wanted, slope, blows_ms)
        drawn_w = law.draws_w(push_w, speed) if push_w > 5 else min(push_w, 0.0) * law.regains
        meters = speed * STEP_S
        at_m += meters
        yield Pull(trike.electronics_w + drawn_w, meters)
        if at_m >= next_stop_m:
            speed, waits = 0.0, rng.uniform(4, 40)
            next_stop_m = at_m + rng.expovariate(day.stops_per_km / 1000)


def _push(
    trike: Trike, day: Day, law: Law, speed: float, wanted: float, slope: float, wind_ms: float
) -> tuple[float, float]:
    """The next speed, and what the motor gives for it, in watts at the wheel; below 0 it brakes."""
    mass = trike.mass_kg + day.load_kg + law.extra_kg
    reached = min(wanted, speed + 0.5 * STEP_S)
    mean = max((speed + reached) / 2, 0.8)
    density = _AIR_AT_15_C * 288 / (273 + day.outside_c)
    rolling = trike.rolling * (1 + 0.008 * max(0.0, 20 - day.outside_c))
    force = mass * GRAVITY * (slope + rolling) + law.air_n(mean, wind_ms, density)
    force += mass * (reached - speed) / STEP_S
    needed_w = force * mean - day.rider_w
    if needed_w > _MOTOR_W:
        reached = max(0.8, min(reached, mean * _MOTOR_W / needed_w))
    return reached, min(max(needed_w, -law.brakes_w), _MOTOR_W)
