"""The facts of the rules, out of what is seen now and what is remembered."""

from triporteur_device.readiness.charge import ChargeState
from triporteur_device.readiness.pack import Pack
from triporteur_device.readiness.rules import Facts
from triporteur_device.readiness.sample import Sample
from triporteur_device.readiness.state import SpreadAtRest, State

#: At rest: a load parts sound cells too (367 mV in a transient, 13 at rest, on one 13S ride).
_STILL_C = 0.05
_STILL_S = 300.0
#: Cells part by some mV a week.
_SPREAD_HOLDS_H = 7 * 24.0
#: At the top a flat chemistry parts widely while it balances.
_LFP_TOP_V = 3.40


def watch_spread(spread: SpreadAtRest, seen: Sample, pack: Pack, elapsed_s: float | None) -> None:
    """Notes what parts the cells while the battery rests."""
    if elapsed_s is None:
        spread.still_s = 0.0
        return
    spread.age_h += elapsed_s / 3600
    still = seen.current_a is not None and abs(seen.current_a) < _STILL_C * pack.nominal_ah
    balances = pack.chemistry == "lfp" and max(seen.cells_v, default=0.0) > _LFP_TOP_V
    if not still or not seen.cells_v or balances:
        spread.still_s = 0.0
        return
    spread.still_s += elapsed_s
    if spread.still_s >= _STILL_S:
        spread.mv, spread.age_h = (max(seen.cells_v) - min(seen.cells_v)) * 1000, 0.0


def facts(
    seen: Sample | None,
    heard_s: float | None,
    state: State,
    pack: Pack,
    given: frozenset[str],
    soc: tuple[float, float] | None,
    margins: tuple[float | None, float | None],
) -> Facts:
    """`seen` is None when nothing is fresh; `soc` is charge and sigma, in
    points; `margins` the plain one and the one for comfort, in %."""
    if seen is None or seen.voltage_v is None or seen.current_a is None:
        return Facts(heard=False, heard_s=heard_s, given=given)
    spread, age_h = state.spread, state.charge.full_age_h
    cuts = state.sag.cuts(pack)
    return Facts(
        heard=True,
        alarms=seen.alarms,
        warnings=seen.warnings,
        faults=seen.faults,
        cut=None if seen.discharge_on is None else not seen.discharge_on,
        coldest_c=min(seen.temps_c, default=None),
        hottest_c=max(seen.temps_c, default=None),
        rest_spread_mv=spread.mv if seen.cells_v and spread.age_h < _SPREAD_HOLDS_H else None,
        soc_sigma_points=soc[1] if soc else None,
        margin_pct=margins[0],
        comfort_pct=margins[1],
        full_age_days=None if age_h is None else age_h / 24,
        charges_gap=_charges_gap(seen, soc),
        cells_gap_pct=seen.cells_gap_pct,
        energy_gap_pct=seen.energy_gap_pct,
        health_pct=health_pct(state.charge, pack),
        cuts_at_pct=None if cuts is None else 100 * cuts.hardest,
        refused_pct=None if seen.refused_ratio is None else 100 * seen.refused_ratio,
        silent=seen.silent,
        given=given,
    )


def health_pct(charge: ChargeState, pack: Pack) -> float | None:
    """Measured capacity over the label's; None until it was measured."""
    if not charge.capacity.measured:
        return None
    return 100 * charge.capacity.ah / pack.nominal_ah


def _charges_gap(seen: Sample, soc: tuple[float, float] | None) -> float | None:
    """The battery's own word against ours, and its devices' among themselves."""
    if seen.soc_pct is None or soc is None:
        return None
    return max(abs(seen.soc_pct - soc[0]), seen.soc_gap or 0.0)
