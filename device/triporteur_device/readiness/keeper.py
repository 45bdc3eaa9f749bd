"""The readiness room's door: samples in, the verdict out.

sample ─▶ charge ─▶ what is there ─┐
       └▶ rides  ─▶ what it takes ─┴▶ facts ─▶ rules ─▶ verdict, reasons, action
"""

from collections.abc import Sequence
from datetime import UTC, tzinfo

from triporteur_device.readiness.beginning import Beginning
from triporteur_device.readiness.charge import Charge
from triporteur_device.readiness.energy import Holding, slope
from triporteur_device.readiness.facts import facts, watch_spread
from triporteur_device.readiness.learning import Learning
from triporteur_device.readiness.outlook import Outlook
from triporteur_device.readiness.pack import Pack
from triporteur_device.readiness.rules import Facts
from triporteur_device.readiness.sample import FRESH_S, Sample
from triporteur_device.readiness.state import Seen, State, new_state
from triporteur_device.readiness.verdict import Remedy, action, reasons, shown, still_bad, verdict
from triporteur_wire.plan import OVERRUN_H, foreseen_h
from triporteur_wire.readiness import USUAL_OUTING, Evening, Outing, Readiness, Reason, Verdict, Why

#: Nobody leaves earlier: what is ridden before is another way, though no charger ends it.
_EARLY_MS = 3_600_000


class ReadinessKeeper:
    """Judges whether a unit may leave. Fed every second; it opens nothing and reads no clock.

    `zone` is the local time, for the evening before. `state` is None for a unit of which nothing
    was stored; `self.state` is to be stored now and then, and when the agent ends.
    """

    def __init__(self, pack: Pack, zone: tzinfo = UTC, state: State | None = None) -> None:
        self.state = new_state(pack) if state is None else state
        self._pack = pack
        self._zone = zone
        self._charge = Charge(pack, self.state.charge)
        self._learning = Learning(pack, self.state)
        self._beginning = Beginning()
        self._outings: tuple[Outing, ...] = ()
        self._last: Sample | None = None
        self._heard_ms: int | None = None
        self._given: frozenset[str] = frozenset()

    def plan(self, outings: Sequence[Outing]) -> None:
        """The outings of today and tomorrow, in any order; one without departure is for now.

        Of several without departure, each may be meant.
        """
        self._outings = tuple(sorted(outings, key=lambda one: one.departs_utc_ms or 0))

    def look(self, seen: Sample) -> None:
        """Takes in what is true now. Samples come in the order of their time."""
        self._given |= seen.given
        if self._beginning.lasts(seen):
            self._last = seen if seen.voltage_v is None else self._last  # its plug counts
            return
        elapsed_s = _elapsed_s(self.state.seen, seen)
        self._charge.observe(seen, elapsed_s, at_work=self._is_at_work(seen))
        self._learning.observe(seen, elapsed_s, self._charge.value, self._ridden(seen.utc_ms))
        watch_spread(self.state.spread, seen, self._pack, elapsed_s)
        self.state.sag.watch(self._last, seen, self._pack, elapsed_s)
        self._last = seen
        if seen.voltage_v is not None and seen.current_a is not None:
            self._heard_ms = seen.mono_ms - round(seen.battery_age_s * 1000)
        self.state.seen = Seen(seen.boot_no, seen.mono_ms, seen.utc_ms)
        self.state.held = still_bad(self._facts(seen.mono_ms), self.state.held)

    def readiness(self, mono_ms: int, utc_ms: int | None) -> Readiness:
        """The verdict at this moment, and what it stands on; `utc_ms` is None while not known.

        The worst, where several outings may be meant.
        """
        meant = self._meant(utc_ms)
        judged = (self._judged(one, meant, mono_ms, utc_ms) for one in meant)
        return max(judged, key=lambda one: (one.verdict.rank, one.needed_wh))

    def _judged(
        self, outing: Outing, meant: Sequence[Outing], mono_ms: int, utc_ms: int | None
    ) -> Readiness:
        left = self.state.still_ahead(outing, meant)
        outlook = self._outlook(mono_ms, left)
        known = self._facts(mono_ms, (outlook.margin_pct, outlook.comfort_pct))
        found = reasons(known, self.state.held)
        plugged = self._plugged(mono_ms)
        ready_in_min, needed_pct = outlook.ready_in_min, outlook.needed_points
        remedy = Remedy(ready_in_min, outlook.sure_km, plugged, known.coldest_c)
        # An old charge is never shown as if it were fresh; what was counted is kept for its return.
        soc = self._soc() if known.heard else None
        holding, per_km = outlook.holding, outlook.per_km
        return Readiness(
            verdict=verdict(found),
            reasons=shown(found, _good(known, supposed=outing is USUAL_OUTING)),
            action=action(found, remedy),
            outing=left,
            soc_pct=soc[0] if soc else None,
            soc_sigma_pct=soc[1] if soc else None,
            soc_source=self.state.charge.source,
            needed_pct=needed_pct,
            return_pct=soc[0] - needed_pct if soc and needed_pct is not None else None,
            range_km=outlook.sure_km if soc else None,
            available_wh=holding.sure_wh if soc and holding else None,
            needed_wh=outlook.need.wh,
            needed_likely_wh=outlook.need.likely_wh,
            wh_per_km=per_km.wh,
            wh_per_km_sigma=per_km.sigma_wh,
            standing_w=self.state.standing_w,
            health_pct=known.health_pct,
            ready_in_min=ready_in_min,
            full_utc_ms=self._full_utc_ms(outlook, mono_ms, utc_ms),
            evening=self._evening(outing, utc_ms, plugged, ready_in_min),
            calibration=self.state.calibrating.shown,
        )

    def _is_at_work(self, seen: Sample) -> bool:
        """By its key where that is watched; else out from the first ride to the outing's end."""
        if seen.key_on is not None:
            return seen.key_on
        underway, outing = self.state.underway, self._outing(seen.utc_ms)
        return underway.km > 0 or (underway.stays and not _is_ahead(outing, seen.utc_ms))

    def _meant(self, utc_ms: int | None) -> list[Outing]:
        """The next that is not over, and all that may be; the usual one when nobody entered any."""
        ahead = [one for one in self._outings if not self._is_over(one, utc_ms)] or [USUAL_OUTING]
        return [one for one in ahead if one.departs_utc_ms is None] or ahead[:1]

    def _outing(self, utc_ms: int | None) -> Outing:
        """The one that what happens now is told of."""
        return self._meant(utc_ms)[0]

    def _ridden(self, utc_ms: int | None) -> Outing:
        """The outing that a ride of now belongs to."""
        outing = self._outing(utc_ms)
        if utc_ms is None or (outing.departs_utc_ms or 0) - utc_ms <= _EARLY_MS:
            return outing
        return USUAL_OUTING

    def _is_over(self, outing: Outing, utc_ms: int | None) -> bool:
        if utc_ms is None or outing.departs_utc_ms is None:
            return False
        if outing == self.state.done:
            return True
        hours = foreseen_h(outing.km, outing.site_h) + OVERRUN_H
        return utc_ms > outing.departs_utc_ms + hours * 3_600_000

    def _fresh(self, mono_ms: int) -> Sample | None:
        last = self._last
        return last if last is not None and mono_ms - last.mono_ms <= FRESH_S * 1000 else None

    def _soc(self) -> tuple[float, float] | None:
        """Charge and its sigma, in points."""
        charge = self._charge.value
        return None if charge is None else (100 * charge, 100 * self._charge.sigma)

    def _facts(
        self, mono_ms: int, margins: tuple[float | None, float | None] = (None, None)
    ) -> Facts:
        heard_s = None if self._heard_ms is None else (mono_ms - self._heard_ms) / 1000
        return facts(
            self._fresh(mono_ms),
            heard_s,
            self.state,
            self._pack,
            self._given,
            self._soc(),
            margins,
        )

    def _outlook(self, mono_ms: int, outing: Outing) -> Outlook:
        seen, state, charge = self._fresh(mono_ms), self.state, self._charge.value
        coldest_c = min(seen.temps_c, default=None) if seen else None
        held = state.charge.capacity
        holding = None
        if charge is not None:
            sigma = self._charge.sigma
            cuts = state.sag.cuts(self._pack, slope(outing))
            holding = Holding(self._pack, charge, sigma, held.ah, held.sigma, coldest_c, cuts)
        return Outlook(
            outing, holding, state.consumption, state.charger, state.standing_w, coldest_c
        )

    def _plugged(self, mono_ms: int) -> bool | None:
        """Whether a charger is there: its plug is watched, or its current is seen for a minute."""
        seen = self._fresh(mono_ms)
        if seen is None:
            return None
        if seen.charger_plugged is not None or seen.current_a is None:
            return seen.charger_plugged
        return self.state.charger.fills(seen.current_a, None)

    def _full_utc_ms(self, outlook: Outlook, mono_ms: int, utc_ms: int | None) -> int | None:
        seen, minutes = self._fresh(mono_ms), outlook.full_in_min
        if utc_ms is None or minutes is None or seen is None:
            return None
        if not self.state.charger.fills(seen.current_a, seen.charger_plugged):
            return None
        return utc_ms + round(minutes * 60_000)

    def _evening(
        self,
        outing: Outing,
        utc_ms: int | None,
        plugged: bool | None,
        ready_in_min: float | None,
    ) -> Evening | None:
        # Before anything was heard, a charger may be there: what is told is told once.
        is_heard = plugged is not None or self._heard_ms is not None
        if utc_ms is None or not is_heard:
            return None
        return self.state.evening.look(
            utc_ms, self._zone, outing, charges=plugged, ready_in_min=ready_in_min
        )


def _elapsed_s(before: Seen | None, seen: Sample) -> float | None:
    """None when nothing tells: the first sample ever, or another boot and no clock, or one that
    went back."""
    if before is None:
        return None
    if before.boot_no == seen.boot_no and seen.mono_ms >= before.mono_ms:
        return (seen.mono_ms - before.mono_ms) / 1000
    if before.utc_ms is None or seen.utc_ms is None:
        return None
    passed_ms = seen.utc_ms - before.utc_ms
    return passed_ms / 1000 if passed_ms >= 0 else None


def _is_ahead(outing: Outing, utc_ms: int | None) -> bool:
    return (
        outing.departs_utc_ms is not None and utc_ms is not None and utc_ms < outing.departs_utc_ms
    )


def _good(known: Facts, *, supposed: bool) -> list[Reason]:
    """What to say when nothing speaks against leaving."""
    fits = Reason(Why.ENOUGH, Verdict.GO)
    sound = Reason(Why.SOUND, Verdict.GO, known.coldest_c)
    return [fits, sound, *([Reason(Why.USUAL_OUTING, Verdict.GO)] if supposed else [])]
