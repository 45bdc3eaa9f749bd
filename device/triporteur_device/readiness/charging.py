"""How long the charger still takes, from what it has done so far.

A charger gives a steady current up to a knee, then less and less. Current and knee are learnt
from charge to charge; a charge under way corrects both.
"""

import msgspec

from triporteur_device.readiness.sample import Sample

#: A board may read as much without any charger.
_FLOWS_A = 0.3
#: A motor brakes into the battery for seconds, and between two steps of a coarse wheel counter.
_SURELY_S = 60.0
#: A usual e-bike charger: 3 to 5 A on a pack of 30 Ah.
_USUAL_C = 0.12
_USUAL_KNEE = 0.88
_TAPERS_BELOW = 0.90
_SURELY_C = 0.03
_TAIL = 0.12
_PACE = 0.4
_STEP = 0.01


class Charger(msgspec.Struct):
    """`steady_a` and `knee` of the charges so far; None until one was seen. `flows_s` is for how
    long, up to a minute, current has flowed into the battery of a unit that stood."""

    steady_a: float | None = None
    knee: float = _USUAL_KNEE
    session_a: float = 0.0
    tapers_from: float | None = None
    flows_s: float = 0.0

    def fills(self, current_a: float | None, plugged: bool | None) -> bool:
        """Whether this current, the last that was watched, is a charger's: neither a braking
        motor's nor, where the plug is watched, a panel's.

        False where nobody tells the current, `plugged` None where nobody watches the plug.
        """
        is_one = self.flows_s >= _SURELY_S if plugged is None else plugged
        return is_one and _flows(current_a)

    def watch(
        self,
        seen: Sample,
        charge: float | None,
        nominal_ah: float,
        stood_s: float | None,
    ) -> None:
        """Follows a charge; anything else ends it. `stood_s` is for how long the unit has stood
        since it was watched before, None when it moved."""
        self._time(seen.current_a, stood_s)
        current_a = seen.current_a or 0.0
        fills = self.fills(current_a, seen.charger_plugged)
        if not fills or current_a < _SURELY_C * nominal_ah:
            self._end()
            return
        self.session_a = max(self.session_a, current_a)
        tapers = current_a < _TAPERS_BELOW * self.session_a
        if not tapers:
            self.tapers_from = None
        elif self.tapers_from is None:
            self.tapers_from = charge

    def minutes(self, charge: float, to: float, capacity_ah: float) -> float:
        """From one charge to a higher one; 0 when there already."""
        steady_a = self.session_a or self.steady_a or _USUAL_C * capacity_ah
        knee = self.knee if self.tapers_from is None else self.tapers_from
        hours, at = 0.0, charge
        while at < to - 1e-9:
            step = min(_STEP, to - at)
            share = max((1 - at) / (1 - knee), _TAIL) if at > knee else 1.0
            hours += step * capacity_ah / (steady_a * min(share, 1.0))
            at += step
        return hours * 60

    def _time(self, current_a: float | None, stood_s: float | None) -> None:
        if stood_s is None:
            self.flows_s = 0.0
        elif current_a is not None:
            flows_s = self.flows_s + stood_s if _flows(current_a) else 0.0
            self.flows_s = min(flows_s, _SURELY_S)

    def _end(self) -> None:
        if self.session_a and self.tapers_from is not None:
            self.knee += _PACE * (min(max(self.tapers_from, 0.5), 0.98) - self.knee)
        if self.session_a:
            before = self.session_a if self.steady_a is None else self.steady_a
            self.steady_a = before + _PACE * (self.session_a - before)
        self.session_a, self.tapers_from = 0.0, None


def _flows(current_a: float | None) -> bool:
    return current_a is not None and current_a > _FLOWS_A
