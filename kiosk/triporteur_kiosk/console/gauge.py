"""The charge as a length: what is there, how well it is known, and what the outing takes of it."""

from dataclasses import dataclass

from triporteur_wire.readiness import Readiness


@dataclass(frozen=True, slots=True)
class Gauge:
    """In percent of a full battery. `sure` to `likely` is the band of doubt; `needed` is where the
    outing's need ends, None when not known or beyond a full battery."""

    sure: float
    likely: float
    needed: float | None


def gauge(readiness: Readiness) -> Gauge | None:
    """None while the charge is not known."""
    soc_pct, needed_pct = readiness.soc_pct, readiness.needed_pct
    if soc_pct is None:
        return None
    doubt = readiness.soc_sigma_pct or 0.0
    fits = needed_pct is not None and needed_pct <= 100
    return Gauge(_within(soc_pct - doubt), _within(soc_pct + doubt), needed_pct if fits else None)


def _within(percent: float) -> float:
    return round(min(100.0, max(0.0, percent)), 1)
