"""What a kilometre costs this unit: a line learnt from its own rides, with its uncertainty.

    Wh = a · km + b · km · cold + c · climb          cold: tens of °C below 20

A Bayesian line of three slopes: it starts where the trade stands and moves with each ride. Wind,
riders and stops make rides differ; how much they do is learnt too.
"""

from collections.abc import Iterable

import msgspec

Slopes = tuple[float, float, float]

#: 18 Wh/km for 350 kg at 15 km/h with four stops a kilometre, 23 measured at the wall for a loaded
#: four-wheeler: 20 ± 6 at 10 °C. Climbing: 0.9 to 1.3 Wh a metre for 250 to 350 kg at 75 %.
_PRIOR: Slopes = (19.0, 1.0, 1.1)
_PRIOR_SIGMA: Slopes = (6.0, 0.7, 0.25)
_WARM_C = 20.0
#: Where nobody tells the temperature.
_SUPPOSED_C = 5.0
#: Tyres, loads and riders change over some dozens of rides.
_DRIFT: Slopes = (0.25, 0.04, 0.01)
_NOISE = 0.17
_NOISE_BOUNDS = (0.08, 0.40)
_NOISE_PACE = 0.12
#: A wait with the motor on, a start uphill, a shunting at the gate: as much on a short way as on a
#: long one, so that a short one teaches less.
_ANY_WAY_WH = 20.0


class Consumption(msgspec.Struct):
    """`mean` are the slopes, `spread` their covariance, `noise` what one ride differs by."""

    mean: Slopes = _PRIOR
    spread: tuple[Slopes, Slopes, Slopes] = (
        (_PRIOR_SIGMA[0] ** 2, 0.0, 0.0),
        (0.0, _PRIOR_SIGMA[1] ** 2, 0.0),
        (0.0, 0.0, _PRIOR_SIGMA[2] ** 2),
    )
    noise: float = _NOISE
    rides: int = 0

    def foresee(self, km: float, climb_m: float, temp_c: float | None) -> "Foreseen":
        """What a way will take, with what is not known of the slopes and of the day."""
        way = _way(km, climb_m, temp_c)
        wh = max(_dot(self.mean, way), 0.0)
        doubt = _dot(way, _times(self.spread, way))
        return Foreseen(wh, (doubt + (self.noise * wh) ** 2) ** 0.5)

    def learn(self, km: float, climb_m: float, temp_c: float | None, used_wh: float) -> None:
        """Takes in a ride that is over."""
        way = _way(km, climb_m, temp_c)
        foreseen_wh = max(_dot(self.mean, way), 1.0)
        self._spread_out()
        pulled = _times(self.spread, way)
        noise = (self.noise * foreseen_wh) ** 2 + _ANY_WAY_WH**2
        whole = _dot(way, pulled) + noise
        gap = used_wh - foreseen_wh
        if gap**2 > 4 * whole:  # a ride pushed by hand, or a sensor that slipped: half believed
            gap = 2 * whole**0.5 * (1 if gap > 0 else -1)
        self.mean = _triple(m + p / whole * gap for m, p in zip(self.mean, pulled, strict=True))
        self.spread = (
            self._narrowed(0, pulled, whole),
            self._narrowed(1, pulled, whole),
            self._narrowed(2, pulled, whole),
        )
        own = max(0.0, gap**2 * noise / whole - _ANY_WAY_WH**2)
        self._learn_noise(own / foreseen_wh**2)
        self.rides += 1

    def _spread_out(self) -> None:
        """What was learnt ages, never beyond what was known at first."""
        rows = [list(row) for row in self.spread]
        for at in range(3):
            rows[at][at] = min(rows[at][at] + _DRIFT[at] ** 2, _PRIOR_SIGMA[at] ** 2)
        self.spread = (_triple(rows[0]), _triple(rows[1]), _triple(rows[2]))

    def _narrowed(self, row: int, pulled: Slopes, whole: float) -> Slopes:
        pairs = zip(self.spread[row], pulled, strict=True)
        return _triple(held - pulled[row] * pull / whole for held, pull in pairs)

    def _learn_noise(self, own: float) -> None:
        """`own` is the square of what was the ride's, not of what was not known of the slopes."""
        seen = self.noise**2 + _NOISE_PACE * (own - self.noise**2)
        low, high = _NOISE_BOUNDS
        self.noise = float(min(max(seen**0.5, low), high))


class Foreseen(msgspec.Struct, frozen=True):
    wh: float
    sigma_wh: float


def _way(km: float, climb_m: float, temp_c: float | None) -> Slopes:
    cold = max(0.0, _WARM_C - (_SUPPOSED_C if temp_c is None else temp_c)) / 10
    return km, km * cold, climb_m


def _dot(one: Slopes, other: Slopes) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def _times(rows: tuple[Slopes, Slopes, Slopes], way: Slopes) -> Slopes:
    return _dot(rows[0], way), _dot(rows[1], way), _dot(rows[2], way)


def _triple(numbers: Iterable[float]) -> Slopes:
    first, second, third = numbers
    return first, second, third
