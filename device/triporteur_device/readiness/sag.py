"""A battery too weak for its motor: how far its voltage falls when the motor pulls, and what of its
charge cannot be used for that.

A board cuts off by voltage, whatever is left. A pack of high resistance falls there on a hill with
half its charge: that half is as good as none. The hardest hill of all may come at the end of any
outing, and seldom does: it forbids PARTEZ. An outing is refused for a hill as its others had, and
harder where it is steeper. Hills are in watts: a motor gets its power, and the lower the voltage,
the more current it draws for that.
"""

from dataclasses import dataclass
from math import inf

import msgspec

from triporteur_device.readiness.pack import Pack
from triporteur_device.readiness.sample import Sample

#: Voltage and current of one frame, and of the one after it; slower, and the charge moved too.
_LONGEST_S = 6.0
#: A smaller step of the current drowns in the last digit of a voltage.
_LEAST_STEP_C = 0.1
#: A larger one weighs no more than this: one false frame would outweigh all the true ones.
_MOST_STEP_C = 0.5
#: Fewer steps tell nothing yet; and those before the last some hundreds are forgotten.
_ENOUGH_STEPS = 30.0
_KEPT = 0.998
#: A hill is half a minute of pulling.
_HILL_S = 30.0
#: The hardest hill is forgotten within some ten hours of riding.
_FORGETS_S = 36_000.0
#: A trike that rides draws more, on the flat too; one that stands and feeds a stand less.
_RIDES_W = 100.0
#: What a pull of half a minute adds to the fall within a second (cells' sheets, 10 s pulses).
_LINGERS = 1.3
#: The hardest hills of two outings differ by as much: wind, what is carried, a start on the slope.
_HILL_SIGMA = 0.2
#: The last four outings or so tell what is usual.
_PACE = 0.25
#: The other half of a pull uphill is rolling, air and the start: an outing twice as steep asks half
#: as much again. A flatter one, or one of which nobody told the climb, is as hard as usual.
_BY_SLOPE = 0.5
#: Most boards are set so much below the careful setting (JBD: 2.5 V for LFP, 2.8 V for NMC).
_SET_LOWER_V = 0.1


@dataclass(frozen=True, slots=True)
class Cuts:
    """The charges, as shares, at which the board cuts off: on the hill that an outing usually has,
    on one by a sigma harder; on the hardest so far, or a harder one where the way is steeper."""

    usual: float
    harder: float
    hardest: float


class Sag(msgspec.Struct):
    """`iv` and `ii` are sums over steps of the current, `mean_w` what is drawn now, `hill_w` the
    most so far and `outing_w` the most of this outing, all over half a minute. `usual_w` is what
    the most of an outing usually is, and `usual_slope` the metres that it climbs in a kilometre;
    0 before the first one's end. What charges does not count."""

    iv: float = 0.0
    ii: float = 0.0
    steps: float = 0.0
    mean_w: float = 0.0
    hill_w: float = 0.0
    outing_w: float = 0.0
    usual_w: float = 0.0
    usual_slope: float = 0.0

    def watch(self, before: Sample | None, seen: Sample, pack: Pack, seconds: float | None) -> None:
        """Takes in what was seen `seconds` after the sample before."""
        if before is None or seconds is None or not 0 < seconds <= _LONGEST_S:
            self.mean_w = 0.0
            return
        if None in (seen.current_a, before.current_a, seen.voltage_v, before.voltage_v):
            return
        step_a = (seen.current_a or 0.0) - (before.current_a or 0.0)
        if abs(step_a) >= _LEAST_STEP_C * pack.nominal_ah:
            weight = min(1.0, _MOST_STEP_C * pack.nominal_ah / abs(step_a))
            step_v = (seen.voltage_v or 0.0) - (before.voltage_v or 0.0)
            self._step(weight * step_a, weight * step_v)
        self._pull(max(0.0, -(seen.current_a or 0.0) * (seen.voltage_v or 0.0)), seconds)

    def end_outing(self, slope: float) -> None:
        """Its hills are over; it climbed `slope` metres in a kilometre."""
        if self.outing_w:
            pace = _PACE if self.usual_w else 1.0
            self.usual_w += pace * (self.outing_w - self.usual_w)
            self.usual_slope += pace * (slope - self.usual_slope)
        self.outing_w = 0.0

    def cuts(self, pack: Pack, slope: float = 0.0) -> Cuts | None:
        """For an outing that climbs `slope` metres in a kilometre. None until it was learnt; before
        the first outing's end, any hill may be the hardest."""
        if self.steps < _ENOUGH_STEPS or not self.hill_w or self.ii <= 0:
            return None
        ridden_w, told_w = max(self.hill_w, self.usual_w), self._usual_w(slope)
        usual_w = min(told_w, ridden_w)
        harder_w = min((1 + _HILL_SIGMA) * usual_w, ridden_w)
        hardest_w = ridden_w if told_w == inf else max(ridden_w, told_w)
        usual_v, careful_v = pack.kind.cut_v - _SET_LOWER_V, pack.kind.cut_v
        return Cuts(
            self._cuts_at(pack, usual_w, usual_v),
            self._cuts_at(pack, harder_w, usual_v),
            self._cuts_at(pack, hardest_w, careful_v),
        )

    def _usual_w(self, slope: float) -> float:
        """Infinite where nothing tells."""
        if not self.usual_w or (slope and not self.usual_slope):
            return inf
        if slope <= self.usual_slope:
            return self.usual_w
        return self.usual_w * (1 + _BY_SLOPE * (slope / self.usual_slope - 1))

    def _cuts_at(self, pack: Pack, hill_w: float, cut_v: float) -> float:
        """By its board, set to `cut_v`: with so little left of its voltage, and so much current."""
        hill_a = hill_w / (pack.cells * cut_v)
        falls_v = _LINGERS * max(self.iv / self.ii, 0.0) * hill_a
        return pack.kind.charge_at(cut_v + pack.cell_v(falls_v))

    def _step(self, step_a: float, step_v: float) -> None:
        self.iv = self.iv * _KEPT + step_a * step_v
        self.ii = self.ii * _KEPT + step_a**2
        self.steps = self.steps * _KEPT + 1

    def _pull(self, drawn_w: float, seconds: float) -> None:
        self.mean_w += min(1.0, seconds / _HILL_S) * (drawn_w - self.mean_w)
        if drawn_w >= _RIDES_W:
            self.hill_w -= self.hill_w * seconds / _FORGETS_S
        self.hill_w = max(self.hill_w, self.mean_w)
        self.outing_w = max(self.outing_w, self.mean_w)
