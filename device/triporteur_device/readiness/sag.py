"""A battery too weak for its motor: how far its voltage falls when the motor pulls, and what of its
charge cannot be used for that.

A board cuts off by voltage, whatever is left. A pack of high resistance falls there on a hill with
half its charge: that half is as good as none.
"""

import msgspec

from triporteur_device.readiness.pack import Pack
from triporteur_device.readiness.sample import Sample

#: Voltage and current of one frame, and of the one after it; slower, and the charge moved too.
_LONGEST_S = 6.0
#: A smaller step of the current drowns in the last digit of a voltage.
_LEAST_STEP_C = 0.1
#: Fewer steps tell nothing yet; and those before the last some hundreds are forgotten.
_ENOUGH_STEPS = 30.0
_KEPT = 0.998
#: A hill is half a minute of pulling.
_HILL_S = 30.0
#: The hardest hill is forgotten within some ten hours of riding.
_FORGETS_S = 36_000.0
#: What a pull of half a minute adds to the fall within a second (cells' sheets, 10 s pulses).
_LINGERS = 1.3


class Sag(msgspec.Struct):
    """`iv` and `ii` are sums over steps of the current, `mean_a` what is drawn now and `hill_a` the
    most so far, both over half a minute. What charges does not count."""

    iv: float = 0.0
    ii: float = 0.0
    steps: float = 0.0
    mean_a: float = 0.0
    hill_a: float = 0.0

    def watch(self, before: Sample | None, seen: Sample, pack: Pack, seconds: float | None) -> None:
        """Takes in what was seen `seconds` after the sample before."""
        if before is None or seconds is None or not 0 < seconds <= _LONGEST_S:
            self.mean_a = 0.0
            return
        if None in (seen.current_a, before.current_a, seen.voltage_v, before.voltage_v):
            return
        step_a = (seen.current_a or 0.0) - (before.current_a or 0.0)
        if abs(step_a) >= _LEAST_STEP_C * pack.nominal_ah:
            self._step(step_a, (seen.voltage_v or 0.0) - (before.voltage_v or 0.0))
        self._pull(max(0.0, -(seen.current_a or 0.0)), seconds)

    def cuts_at(self, pack: Pack) -> float | None:
        """The charge at which such a hill makes the board cut off; None until it was learnt."""
        if self.steps < _ENOUGH_STEPS or not self.hill_a:
            return None
        falls_v = _LINGERS * max(self.iv / self.ii, 0.0) * self.hill_a
        return pack.kind.charge_at(pack.kind.cut_v + pack.cell_v(falls_v))

    def _step(self, step_a: float, step_v: float) -> None:
        self.iv = self.iv * _KEPT + step_a * step_v
        self.ii = self.ii * _KEPT + step_a**2
        self.steps = self.steps * _KEPT + 1

    def _pull(self, drawn_a: float, seconds: float) -> None:
        self.mean_a += min(1.0, seconds / _HILL_S) * (drawn_a - self.mean_a)
        if drawn_a:
            self.hill_a -= self.hill_a * seconds / _FORGETS_S
        self.hill_a = max(self.hill_a, self.mean_a)
