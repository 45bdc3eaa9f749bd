"""Four worlds, by their laws of physics; none shares an equation with the estimator.

All push a mass along a road: F = m·a + m·g·(slope + rolling) + air. They differ in the cell, in
the motor, in the air and in how a battery loses what it holds; the last one brakes into its
battery, rides through streets where the wind blows, and reads a current that is off by its sign.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from triporteur_device.readiness.chemistry import ChemistryName

Curve = Callable[[float], float]
GRAVITY = 9.81


def _steady_wear(fade: float, cycles: float, seconds: float, health: float) -> float:
    """By use and by time."""
    return fade * cycles + 1.2e-9 * seconds


@dataclass(frozen=True, slots=True)
class Law:
    """`rest_v`: volts of a cell at rest by charge. `draws_w`: what the motor takes from the
    battery for a mechanical power at a speed in m/s. `peukert`, `hysteresis_v`: of the cell.
    `cut_v`: where its board cuts off under load. `full_v`: where its charger holds, against
    `taper` times its resistance. `weak` multiplies that resistance, by wear. `regains` is the share
    of a braking, up to `brakes_w`, that comes back. `gusts`: of the wind, by metres from home.
    `wears`: health lost, by fade, full cycles, seconds and health. `cold` is the share of a charge
    that a degree below 20 hides. `reads_a`: what the sensor makes of a current, by °C.
    """

    name: str
    chemistry: ChemistryName
    cells: int
    rest_v: Curve
    draws_w: Callable[[float, float], float]
    air_n: Callable[[float, float, float], float]
    peukert: float
    hysteresis_v: float
    cut_v: float
    full_v: float
    taper: float
    weak: float = 1.0
    extra_kg: float = 0.0
    regains: float = 0.0
    brakes_w: float = 0.0
    gusts: Curve = lambda _: 1.0
    wears: Callable[[float, float, float, float], float] = _steady_wear
    cold: float = 0.004
    reads_a: Callable[[float, float], float] = lambda true_a, _: true_a


def _first_rest_v(share: float) -> Curve:
    """Between two makes of NMC, by `share`."""

    def rest_v(s: float) -> float:
        steep = 3.30 + 0.85 * s - 0.45 * math.exp(-14 * s) + 0.05 * s**8
        flat = 3.48 + 0.42 * s - 0.50 * math.exp(-20 * s) + 0.30 * s**3
        return (1 - share) * steep + share * flat

    return rest_v


def _second_rest_v(s: float) -> float:
    """LFP."""
    foot, top = 0.55 * math.exp(-22 * s), 0.06 * math.exp(-60 * (1 - s))
    return 3.26 + 0.075 * s - foot + top


def _third_rest_v(bend: float) -> Curve:
    """NCA with silicon in its anode: a long slope, a knee low down that `bend` shifts."""

    def rest_v(s: float) -> float:
        knee = 0.60 / (1 + math.exp(26 * (s - bend)))
        return 3.36 + 0.80 * math.pow(s, 1.15) - knee

    return rest_v


def _fourth_rest_v(share: float) -> Curve:
    """NMC blended with LMO, by `share`: two shelves and a step between them."""

    def rest_v(s: float) -> float:
        step = (0.10 + 0.05 * share) * math.tanh(5 * (s - 0.5))
        return 3.50 + 0.54 * s + step - 0.45 * math.exp(-16 * s)

    return rest_v


def _first_draws_w(push_w: float, speed_ms: float) -> float:
    """A hub motor: poor when slow, poor at little load, losses that grow with the square."""
    efficiency = 0.82 - 0.15 * math.exp(-push_w / 80) - 0.10 * (push_w / 900) ** 2
    return push_w / (efficiency * speed_ms / (speed_ms + 0.7))


def _second_draws_w(push_w: float, speed_ms: float) -> float:
    """A mid motor with its gears: a constant loss, a proportional one, copper."""
    return 25 + 1.28 * push_w + 4.0e-4 * push_w**2


def _third_draws_w(push_w: float, speed_ms: float) -> float:
    """A hub motor of many poles: copper by torque, iron by speed."""
    torque_n = push_w / max(speed_ms, 1.0)
    return push_w / 0.93 + 0.0032 * torque_n**2 + 3.5 * speed_ms + 8


def _fourth_draws_w(push_w: float, speed_ms: float) -> float:
    """A hub motor with a gear in it: better under load, and oil to stir."""
    return push_w / (0.74 + 0.09 * math.tanh(push_w / 220)) + 12 + 0.9 * speed_ms**2


def _first_air_n(speed_ms: float, wind_ms: float, density: float) -> float:
    against = speed_ms + wind_ms
    return 0.5 * density * 0.8 * against * abs(against)


def _second_air_n(speed_ms: float, wind_ms: float, density: float) -> float:
    """A box that drags by more than its front: a linear part too."""
    against = speed_ms + wind_ms
    return density * (0.9 * against + 0.40 * against * abs(against))


def _third_air_n(speed_ms: float, wind_ms: float, density: float) -> float:
    """Open sides: wind from ahead counts for more than wind from behind."""
    against = speed_ms + wind_ms
    return density * against * abs(against) * (0.62 if against > 0 else 0.35)


def _fourth_air_n(speed_ms: float, wind_ms: float, density: float) -> float:
    against = speed_ms + wind_ms
    return math.copysign(0.52 * density * abs(against) ** 1.9, against)


def _fourth_gusts(from_home_m: float) -> float:
    """Streets along the wind, and streets across it."""
    return 1.0 + 0.9 * math.sin(from_home_m / 270)


def _fourth_wear(fade: float, cycles: float, seconds: float, health: float) -> float:
    """Sooner the more is lost: nothing is left of a straight line below 80 %."""
    return (1.5 * fade * cycles + 2.0e-9 * seconds) * (1 + max(0.0, 0.8 - health) * 8)


def _fourth_reads_a(true_a: float, temp_c: float) -> float:
    """A sensor that makes less of what comes in, and whose zero moves with the cold."""
    return true_a * (1.0 if true_a < 0 else 0.985) + 0.004 * (20 - temp_c)


def draw_law(name: str, rng: random.Random) -> Law:
    """The world of a season; raises KeyError for a name that is not in LAWS."""
    return LAWS[name](rng)


def _first(rng: random.Random) -> Law:
    rest_v = _first_rest_v(rng.uniform(0.0, 0.8))
    return Law(
        "nmc-hub", "nmc", 13, rest_v, _first_draws_w, _first_air_n, 1.03, 0.008, 2.9, 4.2, 1.5
    )


def _second(rng: random.Random) -> Law:
    peukert = rng.uniform(1.02, 1.06)
    return Law(
        "lfp-mid", "lfp", 16, _second_rest_v, _second_draws_w, _second_air_n, peukert, 0.012,
        2.6, 3.6, 5.0,
    )  # fmt: skip


def _third(rng: random.Random) -> Law:
    """36 V, and packs of which some are too weak for their motor."""
    rest_v = _third_rest_v(rng.uniform(0.02, 0.07))
    peukert, weak = rng.uniform(1.00, 1.05), rng.choice((1.0, 1.0, 1.4, 2.2))
    return Law(
        "nca-36v", "nmc", 10, rest_v, _third_draws_w, _third_air_n, peukert, 0.005,
        2.8, 4.18, 2.0, weak,
    )  # fmt: skip


def _fourth(rng: random.Random) -> Law:
    """52 V, a heavy box, and a motor that brakes."""
    rest_v, peukert = _fourth_rest_v(rng.random()), rng.uniform(1.0, 1.07)
    return Law(
        "lmo-regen", "nmc", 14, rest_v, _fourth_draws_w, _fourth_air_n, peukert, 0.010,
        2.95, 4.2, 2.5, rng.uniform(0.8, 1.3), 60.0, rng.uniform(0.35, 0.65), 400.0,
        _fourth_gusts, _fourth_wear, 0.006, _fourth_reads_a,
    )  # fmt: skip


LAWS: dict[str, Callable[[random.Random], Law]] = {
    "nmc-hub": _first,
    "lfp-mid": _second,
    "nca-36v": _third,
    "lmo-regen": _fourth,
}
