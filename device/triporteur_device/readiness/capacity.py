"""What the battery holds today, measured from a full charge down to a known low one."""

from typing import Self

import msgspec

#: A pack in use holds 80 % after some 500 cycles: one never measured is taken for worn a little.
_PRIOR_SHARE = 0.88
_PRIOR_SIGMA = 0.10
#: Less emptied, and an error of the voltage at rest would weigh too much.
_DEEP_ENOUGH = 0.45
#: One make's curve is off the same way each time: many readings prove little more than the best.
_NO_BETTER = 0.8
_LEAST_SIGMA = 0.03
#: Wear from one measurement to the next.
_WEAR_SIGMA = 0.004
#: So many full charges in a row that each had far more, and it is another battery.
_TIMES_MORE = 3
#: What was counted, by a sensor whose gain is off.
_GAIN_SIGMA = 0.015


class Capacity(msgspec.Struct):
    """`sigma` is relative, and `best` that of the best measurement. `measured` counts them:
    without any, health is not known. `larger_ah` are those of late that found far more."""

    ah: float
    sigma: float = _PRIOR_SIGMA
    best: float = 1.0
    measured: int = 0
    larger_ah: tuple[float, ...] = ()

    @classmethod
    def of_label(cls, nominal_ah: float) -> Self:
        return cls(nominal_ah * _PRIOR_SHARE)

    def learn(self, out_ah: float, emptied: float, sigma: float, label_ah: float) -> bool:
        """`out_ah` were taken from full, and that was `emptied`, a share give or take `sigma`.

        False where that is far more than is believed: nothing more can be learnt since that full
        charge, which may have been none. Another battery holds no more than the label says.
        """
        if emptied < _DEEP_ENOUGH or out_ah <= 0:
            return True
        gap = (out_ah / emptied - self.ah) / self.ah
        told = (sigma / emptied) ** 2 + _GAIN_SIGMA**2
        own = self.sigma**2 + _WEAR_SIGMA**2
        if gap**2 > 9 * (own + told):
            if gap > 0:
                # No battery grows: the one full charge, or this voltage, was none.
                self.larger_ah = (*self.larger_ah, min(out_ah / emptied, label_ah))
                if len(self.larger_ah) < _TIMES_MORE:
                    return False
                gap = (min(self.larger_ah) - self.ah) / self.ah
            own += gap**2
        self.larger_ah = ()
        weight = own / (own + told)
        self.ah *= 1 + weight * gap
        self.best = min(self.best * (1 + _WEAR_SIGMA), told**0.5)
        self.sigma = max(_LEAST_SIGMA, _NO_BETTER * self.best, (weight * told) ** 0.5)
        self.measured += 1
        return True
