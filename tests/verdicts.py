"""A verdict as a unit tells it: tests change in it what matters to them."""

from triporteur_wire.readiness import (
    USUAL_OUTING,
    Action,
    Calibration,
    Readiness,
    Reason,
    SocSource,
    Verdict,
    What,
    Why,
)

LEAVES = Readiness(
    verdict=Verdict.GO,
    reasons=(Reason(Why.ENOUGH, Verdict.GO),),
    action=Action(What.LEAVE),
    outing=USUAL_OUTING,
    soc_pct=82.3,
    soc_sigma_pct=3.1,
    soc_source=SocSource.FULL,
    needed_pct=31.4,
    return_pct=50.9,
    range_km=19.2,
    available_wh=702.1,
    needed_wh=391.0,
    needed_likely_wh=333.3,
    wh_per_km=22.6,
    wh_per_km_sigma=3.0,
    standing_w=14.0,
    health_pct=91.0,
    ready_in_min=0.0,
    full_utc_ms=None,
    evening=None,
    calibration=Calibration(20, 6.2, 6.2, 143.0, 151.0),
)
