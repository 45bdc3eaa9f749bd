"""The true battery of a season: charge, sag, hysteresis, cold, age; and its charger."""

import math
import random

from tests.seasons.laws import Law

_RC_S = 150.0
_AIR_H = 3.0


class Battery:
    """Steps in seconds; current positive into it, as everywhere."""

    def __init__(self, law: Law, rng: random.Random, nominal_ah: float) -> None:
        self.law = law
        self.nominal_ah = nominal_ah
        self.health = rng.uniform(0.72, 1.02)
        self._fade = rng.uniform(0.0001, 0.0004)  # a full cycle
        self._ohm = rng.uniform(0.05, 0.10) * 20 / nominal_ah * law.weak
        self._charger_a = rng.uniform(2.0, 4.0)
        self._ends_a = self._charger_a * rng.uniform(0.06, 0.15)
        self._apart_v = rng.uniform(0.006, 0.028)
        self.charge = rng.uniform(0.4, 0.9)
        self.temp_c = 12.0
        self.current_a = 0.0
        self.done = False
        self.dead = False
        self._lag_v = 0.0
        self._lean = 0.0
        self._sags_s = 0.0

    @property
    def capacity_ah(self) -> float:
        return self.nominal_ah * self.health

    @property
    def usable(self) -> float:
        """The charge above the one at which the cold or the empty cell ends the ride."""
        return self.charge - max(0.0, self.law.cold * (20 - self.temp_c))

    @property
    def volts(self) -> float:
        crowd_v = self._crowd_v() if self.current_a > 0 else 0.0
        return self._emf_v() + self.current_a * self._ohms() + self._lag_v + crowd_v

    def cells_v(self) -> tuple[float, float]:
        """Lowest and highest."""
        mean_v = self.volts / self.law.cells
        apart_v = self._apart_v + abs(self.current_a) * 0.0005
        return mean_v - apart_v / 2, mean_v + apart_v / 2

    def step(self, seconds: float, load_w: float, outside_c: float, *, plugged: bool) -> None:
        """A load out of it; a charger, when plugged, feeds the load and fills the rest."""
        load_a = 0.0 if self.dead and not plugged else self._loaded_a(load_w)
        self.current_a = self._charger(load_a) if plugged else -load_a
        if not plugged:
            self.done = False
        self._move(seconds)
        self.temp_c += (outside_c - self.temp_c) * (1 - math.exp(-seconds / 3600 / _AIR_H))
        self.temp_c += self.current_a**2 * self._ohms() * seconds / 9000
        self._cut(seconds)

    def _move(self, seconds: float) -> None:
        ah = self.current_a * seconds / 3600
        if ah < 0:
            strain = abs(self.current_a) / (0.2 * self.nominal_ah)
            ah *= max(1.0, strain) ** (self.law.peukert - 1)
        self.charge = min(1.0, max(0.0, self.charge + ah / self.capacity_ah))
        cycles = abs(ah) / 2 / self.capacity_ah
        self.health -= self.law.wears(self._fade, cycles, seconds, self.health)
        self._lean = min(1.0, max(-1.0, self._lean + ah / self.capacity_ah * 12))
        settled_v = self.current_a * self._ohms() * 0.6
        self._lag_v = settled_v + (self._lag_v - settled_v) * math.exp(-seconds / _RC_S)

    def _charger(self, load_a: float) -> float:
        if self.temp_c < 0 or self.done:
            return -load_a if self.done else 0.0
        held_v = self.law.cells * self.law.full_v
        room_a = (held_v - self._emf_v() - self._lag_v - self._crowd_v()) / (
            self._ohms() * self.law.taper
        )
        into_a = min(self._charger_a, room_a)
        self.done = into_a < self._ends_a
        return max(into_a, 0.0)

    def _loaded_a(self, load_w: float) -> float:
        emf_v = self._emf_v() + self._lag_v
        root = max(emf_v**2 - 4 * self._ohms() * load_w, 0.0)
        return (emf_v - math.sqrt(root)) / (2 * self._ohms())

    def _emf_v(self) -> float:
        cell_v = self.law.rest_v(self.charge) + self._lean * self.law.hysteresis_v
        return self.law.cells * cell_v

    def _crowd_v(self) -> float:
        """What the last percents of a charge cost besides."""
        rise_v = 0.25 if self.law.chemistry == "lfp" else 0.03
        return self.law.cells * rise_v * math.exp(40 * (self.charge - 1))

    def _ohms(self) -> float:
        cold = math.exp(0.022 * (25 - self.temp_c))
        low = 1 + 0.8 * math.exp(-self.charge / 0.08)
        return self._ohm * cold * low * self.law.cells / 13

    def _cut(self, seconds: float) -> None:
        sags = self.cells_v()[0] < self.law.cut_v and self.current_a < 0
        self._sags_s = self._sags_s + seconds if sags else 0.0
        if self._sags_s >= 8 or self.usable <= 0:
            self.dead = True
        elif self.current_a > 0 and self.usable > 0.03:
            self.dead = False
