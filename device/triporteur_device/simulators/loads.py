"""What a leg draws from the pack, as stretches of constant power."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from triporteur_device.simulators.dice import dice
from triporteur_device.simulators.parameters import Phase, TrikeParameters
from triporteur_device.simulators.plan import Leg

SITE_MIN_W, SITE_MAX_W = 15.0, 40.0
PRINTER_W = 110.0
PRINTER_SHARE = 0.15
HILL_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Stretch:
    """Constant power up to `end_s` (excluded)."""

    end_s: float
    load_w: float
    speed_kmh: float


def stretches(leg: Leg, parameters: TrikeParameters, seed: int) -> list[Stretch]:
    """The leg cut into stretches, the last ending with it; the same for the same leg and seed."""
    rng = dice(seed, "load", leg.start_s)
    if leg.phase is Phase.RIDING:
        pieces = _ride(rng, parameters)
    elif leg.phase is Phase.ON_SITE:
        pieces = _stay(rng, parameters)
    else:
        pieces = iter([(leg.end_s - leg.start_s, parameters.standby_w, 0.0)])
    cut = []
    end_s = leg.start_s
    for lasts_s, load_w, speed_kmh in pieces:
        end_s = min(end_s + lasts_s, leg.end_s)
        cut.append(Stretch(end_s, load_w, speed_kmh))
        if end_s >= leg.end_s:
            break
    return cut


def _ride(rng: random.Random, parameters: TrikeParameters) -> Iterator[tuple[float, float, float]]:
    """From stop to stop without end: about 250 W and 12 km/h on average, 20 Wh/km."""
    base_w = parameters.standby_w
    while True:
        yield rng.uniform(6, 10), base_w + rng.uniform(750, 1150), 8.0
        yield rng.uniform(30, 90), base_w + rng.uniform(120, 320), rng.uniform(14, 18)
        if rng.random() < HILL_SHARE:
            yield rng.uniform(20, 60), base_w + rng.uniform(500, 800), 9.0
        yield rng.uniform(8, 25), base_w, 16.0
        yield rng.uniform(5, 35), base_w, 0.0


def _stay(rng: random.Random, parameters: TrikeParameters) -> Iterator[tuple[float, float, float]]:
    """Kiosk, router and lights, and now and then the printer."""
    while True:
        load_w = parameters.hotel_load_w * rng.uniform(0.7, 1.3)
        load_w = min(max(load_w, SITE_MIN_W), SITE_MAX_W)
        yield rng.uniform(60, 300), load_w, 0.0
        if rng.random() < PRINTER_SHARE:
            yield rng.uniform(10, 25), load_w + PRINTER_W, 0.0
