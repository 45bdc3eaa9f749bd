"""A unit in a few words: samples that follow each other, and the keeper that hears them."""

from dataclasses import replace

from triporteur_device.readiness import Pack, ReadinessKeeper, Sample, State
from triporteur_wire.readiness import Outing, Readiness

#: Wednesday 25 November 2026, 08:00 UTC.
MORNING_MS = 1_795_593_600_000
HOUR_MS = 3_600_000
HALF_HOUR_S = 1800.0
GIVEN = frozenset(
    {"pack_voltage_v", "current_a", "soc_pct", "cells_v", "battery_temps_c", "alarms"}
)
#: A battery of 30 Ah in 13 cells of NMC, full and at rest, and everything else well.
WELL = Sample(
    0,
    voltage_v=53.95,
    current_a=0.0,
    soc_pct=99.0,
    cells_v=(4.145, 4.155),
    temps_c=(18.0,),
    alarms=(),
    warnings=(),
    faults=(),
    discharge_on=True,
    given=GIVEN,
)
MARKET = Outing(6.0, 40.0, 3.0, 25.0, "Marché St-Michel", MORNING_MS + HOUR_MS)


class Scene:
    """Time goes on by what is lived; `utc_ms` None is a unit without a clock."""

    def __init__(self, state: State | None = None, *, utc_ms: int | None = MORNING_MS) -> None:
        self.keeper = ReadinessKeeper(Pack(), state=state)
        self.keeper.plan([MARKET])
        self.now_ms = 1_000
        self._ahead_ms = None if utc_ms is None else utc_ms - self.now_ms

    @property
    def utc_ms(self) -> int | None:
        return None if self._ahead_ms is None else self.now_ms + self._ahead_ms

    def live(self, seen: Sample, seconds: float, step_s: float = 10.0) -> "Scene":
        """The same sample again and again; returns itself."""
        for _ in range(max(1, round(seconds / step_s))):
            self.now_ms += round(step_s * 1000)
            self.keeper.look(replace(seen, mono_ms=self.now_ms, utc_ms=self.utc_ms))
        return self

    def pass_unseen(self, seconds: float) -> "Scene":
        self.now_ms += round(seconds * 1000)
        return self

    @property
    def said(self) -> Readiness:
        return self.keeper.readiness(self.now_ms, self.utc_ms)


def at_full(*, utc_ms: int | None = MORNING_MS) -> Scene:
    """Charged to the end under our eyes, then ten minutes at rest."""
    charging = replace(WELL, current_a=0.8, voltage_v=54.5, cells_v=(4.18, 4.19))
    return Scene(utc_ms=utc_ms).live(charging, 300).live(WELL, 600)


def ridden(scene: Scene, amperes: float, hours: float) -> Scene:
    """Takes charge out of it, and lets it rest again for ten minutes."""
    left = scene.keeper.readiness(scene.now_ms, scene.utc_ms).soc_pct or 0.0
    loaded = replace(WELL, current_a=-amperes, voltage_v=48.0, cells_v=(3.69, 3.70), soc_pct=left)
    scene.live(loaded, hours * 3600, 60.0)
    left = scene.said.soc_pct or 0.0
    return scene.live(replace(WELL, voltage_v=48.5, cells_v=(3.725, 3.735), soc_pct=left), 600)
