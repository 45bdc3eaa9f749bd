"""How well the unit foretells: each ride's foreseen energy against what it used."""

import statistics

import msgspec

from triporteur_wire.readiness import Calibration

_KEPT = 20


class Told(msgspec.Struct, frozen=True):
    km: float
    foreseen_wh: float
    used_wh: float

    @property
    def error_pct(self) -> float:
        return 100 * abs(self.foreseen_wh - self.used_wh) / max(self.used_wh, 1.0)


class Calibrating(msgspec.Struct):
    """The last twenty rides, oldest first."""

    told: tuple[Told, ...] = ()

    def note(self, ride: Told) -> None:
        self.told = (*self.told, ride)[-_KEPT:]

    @property
    def shown(self) -> Calibration | None:
        """None before the first ride."""
        if not self.told:
            return None
        last = self.told[-1]
        error_pct = statistics.median(ride.error_pct for ride in self.told)
        return Calibration(len(self.told), error_pct, last.km, last.foreseen_wh, last.used_wh)
