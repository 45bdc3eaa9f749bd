"""The moments in which a battery tells its charge: full, empty, or long at rest; never loaded."""

from enum import Enum, auto

import msgspec

from triporteur_device.readiness.pack import Pack
from triporteur_device.readiness.sample import Sample
from triporteur_wire.concerns import CELLS_GAP_PCT

#: Longer without a sample, and what happened meanwhile was not seen.
LONGEST_STEP_S = 150.0
#: A charger's end: full voltage and the tail of the current. Victron asks for three minutes of it;
#: a steep cell's charger gives up within two, and a minute keeps out what flickers.
_TAIL_C = 0.04
#: Twice the widest dead-band, or a board would hide the tail of a small battery.
_TAIL_LEAST_A = 1.0
_FULL_S = 60.0
#: Empty: a low cell while nothing to speak of pulls it down.
_EMPTY_C = 0.05
_EMPTY_S = 60.0
#: At rest: an hour, for the voltage to settle.
_REST_C = 0.05
_REST_S = 3600.0
#: A printer's page or a charger's minute takes so many times its length to settle again.
_UNREST = 10.0


class Telling(Enum):
    FULL = auto()
    EMPTY = auto()
    REST = auto()
    #: still now, after a time without power: it may have rested, or have just been charged
    REST_AFTER_GAP = auto()


class Moments(msgspec.Struct):
    """For how long each condition has held, in seconds."""

    full_s: float = 0.0
    empty_s: float = 0.0
    rest_s: float = 0.0
    rest_told: bool = False

    def watch(self, seen: Sample, pack: Pack, step_s: float) -> Telling | None:
        """What this sample tells, `step_s` after the one before."""
        self.full_s = self.full_s + step_s if _is_full(seen, pack) else 0.0
        self.empty_s = self.empty_s + step_s if _is_empty(seen, pack) else 0.0
        before_s = self.rest_s
        if _is_still(seen, pack):
            self.rest_s += step_s
        else:
            self.rest_s = max(0.0, self.rest_s - _UNREST * step_s)
        if self.full_s >= _FULL_S:
            return Telling.FULL
        if self.empty_s >= _EMPTY_S:
            return Telling.EMPTY
        if before_s < _REST_S <= self.rest_s and not self.rest_told:
            self.rest_told = True
            return Telling.REST
        self.rest_told = self.rest_told and self.rest_s > 0
        return None

    def after_gap(self, seen: Sample, pack: Pack, elapsed_s: float | None) -> Telling | None:
        """The same for the first sample after a time unseen, of whatever length when None."""
        self.full_s = self.empty_s = self.rest_s = 0.0
        long_enough = elapsed_s is None or elapsed_s >= _REST_S
        return Telling.REST_AFTER_GAP if long_enough and _is_still(seen, pack) else None


def _is_full(seen: Sample, pack: Pack) -> bool:
    if seen.voltage_v is None or seen.current_a is None:
        return False
    top_v = max(_cells_v(seen), default=pack.cell_v(seen.voltage_v))
    unread = seen.current_a == 0 and top_v >= pack.kind.held_v
    tail_a = max(_TAIL_C * pack.nominal_ah, _TAIL_LEAST_A)
    tails = unread or 0 < seen.current_a < tail_a
    return tails and top_v >= pack.kind.full_v


def _is_empty(seen: Sample, pack: Pack) -> bool:
    if seen.voltage_v is None or seen.current_a is None:
        return False
    low_v = min(_cells_v(seen), default=pack.cell_v(seen.voltage_v))
    return low_v <= pack.kind.empty_v and abs(seen.current_a) < _EMPTY_C * pack.nominal_ah


def _cells_v(seen: Sample) -> tuple[float, ...]:
    """None where they do not add up to the pack: a sense wire is off, its cell reads nothing."""
    agree = seen.cells_gap_pct is None or abs(seen.cells_gap_pct) <= CELLS_GAP_PCT
    return seen.cells_v if agree else ()


def _is_still(seen: Sample, pack: Pack) -> bool:
    if seen.voltage_v is None or seen.current_a is None or seen.charger_plugged:
        return False
    return abs(seen.current_a) < _REST_C * pack.nominal_ah
