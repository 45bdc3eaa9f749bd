"""How full the battery is, and how surely: counted, and set anew where it can be known.

The charge is a share of what the battery holds when full today. It is counted from the current;
set at a full charge, at an empty cell and by a voltage at rest; the battery's own percentage is a
witness, asked at the start and across a time without power only. Never is it set under load, and
never is a battery taken for full because it has just been switched on.
"""

from math import hypot

import msgspec

from triporteur_device.readiness.capacity import Capacity
from triporteur_device.readiness.counting import Tally, Unread, flow, learn, sigma_ah
from triporteur_device.readiness.moments import LONGEST_STEP_S, Moments, Telling
from triporteur_device.readiness.pack import Pack
from triporteur_device.readiness.sample import Sample
from triporteur_wire.readiness import SocSource

_FULL_SIGMA = 0.01
_EMPTY_SIGMA = 0.03
#: Boards that count for themselves drift by some points between two full charges.
_WITNESS_SIGMA = 0.12
#: Of what a board says that a charger brought while the unit was off.
_STEP_SIGMA = 0.03
_STEP_SHARE = 0.10
#: A charger fills at most a fifth of the battery in an hour.
_UNSEEN_PER_H = 0.2
#: A share drawn from nowhere.
UNKNOWN_SIGMA = 0.30
#: A time without power of unknown length may have been a night.
_UNKNOWN_GAP_H = 12.0
#: A voltage just after a time without power: when the last current ended is not known.
_AFTER_GAP_DOUBT = 1.5


class ChargeState(msgspec.Struct):
    """`charge` is None until anything tells it, `since_full` until a full charge was watched to
    the end and every hour since; `full_age_h` until one was seen at all."""

    leaks: Unread
    capacity: Capacity
    charge: float | None = None
    sigma: float = UNKNOWN_SIGMA
    source: SocSource = SocSource.UNKNOWN
    since_set: Tally = msgspec.field(default_factory=Tally)
    since_full: Tally | None = None
    full_age_h: float | None = None
    moments: Moments = msgspec.field(default_factory=Moments)
    witness_pct: float | None = None
    witness_by: str | None = None


class Charge:
    """Keeps the charge; fed every sample in order."""

    def __init__(self, pack: Pack, state: ChargeState) -> None:
        self._pack = pack
        self._state = state
        self._last_a: float | None = None

    @property
    def value(self) -> float | None:
        """Between 0 and 1; below 1 until a full charge is seen, for counting proves no fullness."""
        charge = self._state.charge
        if charge is None:
            return None
        top = 1.0 if self._state.source is SocSource.FULL else 0.99
        return min(max(charge, 0.0), top)

    @property
    def sigma(self) -> float:
        """One standard deviation of `value`, as a share of the battery."""
        state = self._state
        counted = sigma_ah(state.leaks, state.since_set) / state.capacity.ah
        held = state.since_set.net_ah / state.capacity.ah * state.capacity.sigma
        return min(hypot(state.sigma, counted, held), UNKNOWN_SIGMA)

    def observe(self, seen: Sample, elapsed_s: float | None, *, at_work: bool) -> None:
        """`elapsed_s` since the sample before; None when nobody knows how long. `at_work`: out,
        with kiosk and lights on, rather than parked."""
        told = None
        if elapsed_s is not None and elapsed_s <= LONGEST_STEP_S:
            self._count(seen, elapsed_s / 3600, at_work=at_work)
            told = self._state.moments.watch(seen, self._pack, elapsed_s)
        elif self._state.charge is not None:
            self._resume(seen, _UNKNOWN_GAP_H if elapsed_s is None else elapsed_s / 3600)
            told = self._state.moments.after_gap(seen, self._pack, elapsed_s)
        if seen.soc_pct is not None and self.sigma > _WITNESS_SIGMA:
            self._ask_witness(seen.soc_pct / 100)
        self._take(told, seen)
        self._state.witness_pct, self._state.witness_by = seen.soc_pct, seen.soc_by
        self._last_a = seen.current_a

    def _count(self, seen: Sample, hours: float, *, at_work: bool) -> None:
        state = self._state
        if state.full_age_h is not None:
            state.full_age_h += hours
        if seen.current_a is None or self._last_a is None:
            state.sigma = min(UNKNOWN_SIGMA, state.sigma + _UNSEEN_PER_H * hours)
            state.since_full = None
            return
        mean_a = (seen.current_a + self._last_a) / 2
        flows = flow(state.leaks, mean_a, has_dead_band=seen.has_dead_band, at_work=at_work)
        kept_ah = flows.into(state.since_set, hours)
        if state.since_full is not None:
            flows.into(state.since_full, hours)
        if state.charge is not None:
            state.charge = min(max(state.charge + kept_ah / state.capacity.ah, -0.1), 1.2)

    def _resume(self, seen: Sample, hours: float) -> None:
        """After a time unseen, the battery's own step says what a charger did; else nobody."""
        state, step = self._state, self._witnessed(seen, hours)
        state.since_full = None
        if state.full_age_h is not None:
            state.full_age_h += hours
        unseen = min(UNKNOWN_SIGMA, _UNSEEN_PER_H * hours)
        if step is not None:
            unseen = min(unseen, _STEP_SIGMA + _STEP_SHARE * abs(step))
        charge = min((state.charge or 0.0) + (step or 0.0), 1.0)
        self._set(charge, hypot(self.sigma, unseen), SocSource.RESUMED)

    def _witnessed(self, seen: Sample, hours: float) -> float | None:
        """How far the charge moved meanwhile, by the one who told it before; None where nobody did.

        More than a charger brings is another battery, or a board that began anew.
        """
        before_pct = self._state.witness_pct
        if before_pct is None or seen.soc_pct is None or self._state.witness_by != seen.soc_by:
            return None
        return min((seen.soc_pct - before_pct) / 100, _STEP_SIGMA + _UNSEEN_PER_H * hours)

    def _ask_witness(self, witness: float) -> None:
        """Where we know less than the board may, its word; but never to find more than we had."""
        held = self._state.charge
        charge = witness if held is None else min(held, witness)
        self._set(charge, _WITNESS_SIGMA, SocSource.BMS)

    def _take(self, told: Telling | None, seen: Sample) -> None:
        """What this moment tells of the charge, if it is one that does."""
        match told:
            case Telling.FULL:
                self._take_full()
            case Telling.EMPTY:
                self._measure(0.0, _EMPTY_SIGMA)
                self._set(0.0, _EMPTY_SIGMA, SocSource.EMPTY)
                self._state.since_full = None
            case Telling.REST if seen.voltage_v is not None:
                self._weigh(self._pack.cell_v(seen.voltage_v), 1.0, SocSource.REST)
            case Telling.REST_AFTER_GAP if seen.voltage_v is not None:
                cell_v = self._pack.cell_v(seen.voltage_v)
                self._weigh(cell_v, _AFTER_GAP_DOUBT, SocSource.RESUMED)
            case _:
                pass

    def _take_full(self) -> None:
        state = self._state
        if state.since_full is not None:
            learn(state.leaks, state.since_full, state.capacity.ah)
        self._set(1.0, _FULL_SIGMA, SocSource.FULL)
        state.since_full, state.full_age_h = Tally(), 0.0

    def _weigh(self, cell_v: float, doubt: float, source: SocSource) -> None:
        """A voltage at rest, weighed against what was counted."""
        told = self._pack.kind.told_by_rest(cell_v)
        if told is None:
            return
        charge, sigma = told[0], told[1] * doubt
        self._measure(charge, sigma)
        if self._state.charge is None:
            self._set(charge, sigma, source)
            return
        own, gap = self.sigma**2, charge - self._state.charge
        if gap**2 > 9 * (own + sigma**2):
            own += gap**2  # one of the two is wrong: the doubt must show it
        weight = own / (own + sigma**2)
        self._set(self._state.charge + weight * gap, float((weight * sigma**2) ** 0.5), source)

    def _measure(self, charge: float, sigma: float) -> None:
        """The way down from full to here measures what the battery holds."""
        state = self._state
        if state.since_full is None or state.charge is None:
            return
        held_ah, out_ah = state.capacity.ah, -state.since_full.net_ah
        if not state.capacity.learn(out_ah, 1 - charge, sigma, self._pack.nominal_ah):
            state.since_full = None
            return
        state.charge = 1 - (1 - state.charge) * held_ah / state.capacity.ah

    def _set(self, charge: float, sigma: float, source: SocSource) -> None:
        state = self._state
        state.charge, state.sigma, state.source = charge, sigma, source
        state.since_set = Tally()
