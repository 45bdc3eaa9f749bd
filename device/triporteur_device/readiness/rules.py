"""The one table of what speaks against leaving: what, how badly, from where on, and who says so.

A rule finds a number beyond its limit, or words that should not be there; None is "nobody knows".
What was bad and is not known any more is still bad: a sensor does not mend a battery by falling
silent.

The charger's plug is no rule: who may leave is told to unplug first, and that is the action.
"""

from collections.abc import Callable
from dataclasses import dataclass

from triporteur_wire.concerns import (
    CELLS_GAP_PCT,
    CHARGES_GAP_POINTS,
    COLD_C,
    ENERGY_GAP_PCT,
    HOT_C,
    SPREAD_WATCH_MV,
    SPREAD_WEAK_MV,
)
from triporteur_wire.readiness import Reason, Verdict, Why

#: How much more than may be needed must surely be there: a detour and a headwind make a third.
COMFORT_PCT = 30.0


@dataclass(frozen=True, slots=True)
class Facts:
    """What the verdict stands on. None is: nobody knows.

    `heard_s` is how long ago the battery was last heard, None while it is and when it never was.
    `margin_pct` is how much more is surely there than may be needed, `comfort_pct` the same
    should the battery hold less than it is taken for. `given` names the
    quantities that the unit's devices have given since the agent started.
    """

    heard: bool
    heard_s: float | None = None
    alarms: tuple[str, ...] | None = None
    warnings: tuple[str, ...] | None = None
    faults: tuple[str, ...] | None = None
    cut: bool | None = None
    coldest_c: float | None = None
    hottest_c: float | None = None
    rest_spread_mv: float | None = None
    soc_sigma_points: float | None = None
    margin_pct: float | None = None
    comfort_pct: float | None = None
    full_age_days: float | None = None
    charges_gap: float | None = None
    cells_gap_pct: float | None = None
    energy_gap_pct: float | None = None
    health_pct: float | None = None
    cuts_at_pct: float | None = None
    refused_pct: float | None = None
    silent: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """Speaks when what it `reads` is above `over` or below `under`, is true, or has words.

    `asks` is the quantity without which nobody knows; `always` when no unit may do without it.
    `tells` is a number to say where none was judged.
    """

    level: Verdict
    why: Why
    reads: Callable[[Facts], float | bool | tuple[str, ...] | None]
    source: str
    over: float | None = None
    under: float | None = None
    asks: str = ""
    always: bool = False
    tells: Callable[[Facts], float | None] = lambda _: None

    def speaks(self, facts: Facts) -> bool | None:
        read = self.reads(facts)
        if read is None or isinstance(read, bool):
            return read
        if isinstance(read, tuple):
            return bool(read)
        if self.over is not None and read > self.over:
            return True
        return self.under is not None and read < self.under

    def misses(self, facts: Facts) -> bool:
        """Whether the answer should be there, and is not."""
        wanted = self.always or self.asks in facts.given
        return bool(self.asks) and wanted and self.reads(facts) is None

    def reason(self, facts: Facts) -> Reason:
        match self.reads(facts):
            case None | bool():
                return Reason(self.why, self.level, self.tells(facts))
            case tuple() as words:
                return Reason(self.why, self.level, words=words)
            case number:
                return Reason(self.why, self.level, number)


def _gap(number: float | None) -> float | None:
    return None if number is None else abs(number)


_NO, _CARE = Verdict.NO_GO, Verdict.CAUTION

RULES: tuple[Rule, ...] = (
    Rule(
        _NO, Why.NO_DATA, lambda f: not f.heard,
        "a value over 10 s old is none: what users of dbus-serialbattery and aiobmsble ask most",
        tells=lambda f: f.heard_s,
    ),
    Rule(
        _NO, Why.ALARM, lambda f: f.alarms,
        "boards raise these when they cut off, or are about to", asks="alarms", always=True,
    ),
    Rule(
        _NO, Why.CUT, lambda f: f.cut,
        "no current without the board's switch", asks="discharge_fet",
    ),
    Rule(
        _NO, Why.FAULT, lambda f: f.faults,
        "a controller in fault does not drive (VESC, Phaserunner)", asks="fault",
    ),
    Rule(
        _NO, Why.TOO_COLD, lambda f: f.coldest_c,
        "18650 sheets: half the capacity at -10 °C; boards cut from -10 to -20 °C",
        under=-10.0, asks="battery_temps_c", always=True,
    ),
    Rule(
        _NO, Why.TOO_HOT, lambda f: f.hottest_c,
        "EVE LF280N: discharge up to 60 °C", over=60.0, asks="battery_temps_c", always=True,
    ),
    Rule(
        _NO, Why.WEAK_CELL, lambda f: f.rest_spread_mv,
        "JK boards protect at 300 mV; sound packs rest at 10 to 30",
        over=SPREAD_WEAK_MV, asks="cells_v", always=True,
    ),
    Rule(
        _NO, Why.CHARGE_UNKNOWN, lambda f: f.soc_sigma_points is None,
        "unknown never counts as good",
    ),
    Rule(
        _NO, Why.NOT_ENOUGH, lambda f: f.margin_pct,
        "what may be needed is more than what is surely there", under=0.0,
    ),
    Rule(
        _CARE, Why.TIGHT, lambda f: f.comfort_pct,
        "a detour and a headwind make a third", under=COMFORT_PCT,
    ),
    Rule(
        _CARE, Why.CHARGES_DISAGREE, lambda f: f.charges_gap,
        "shunts and boards drift by some points between full charges, not by ten",
        over=CHARGES_GAP_POINTS, asks="soc_pct", always=True,
    ),
    Rule(
        _CARE, Why.CHARGE_UNSURE, lambda f: f.soc_sigma_points,
        "half of a usual outing lies within two such sigmas", over=8.0,
    ),
    Rule(
        _CARE, Why.LONG_SINCE_FULL, lambda f: f.full_age_days,
        "batmon calibrates every 14 days", over=14.0,
    ),
    Rule(_CARE, Why.SILENT, lambda f: f.silent, "a device that was fitted is missed"),
    Rule(
        _CARE, Why.COLD, lambda f: f.coldest_c,
        "below 0 °C a battery gives less and must not be charged (EVE LF280N)",
        under=COLD_C, asks="battery_temps_c", always=True,
    ),
    Rule(
        _CARE, Why.HOT, lambda f: f.hottest_c,
        "dbus-serialbattery derates from 45 °C on", over=HOT_C, asks="battery_temps_c",
        always=True,
    ),
    Rule(
        _CARE, Why.UNEVEN_CELLS, lambda f: f.rest_spread_mv,
        "17 mV in a pack of 2.5 years (pedelecs.co.uk): 80 is four times that",
        over=SPREAD_WATCH_MV, asks="cells_v", always=True,
    ),
    Rule(
        _CARE, Why.AGED, lambda f: f.health_pct,
        "makers call a pack worn at 80 %; at 70 it sags", under=70.0,
    ),
    Rule(
        _CARE, Why.WEAK_PACK, lambda f: f.cuts_at_pct,
        "a sound pack rides on to the reserve; this one's board cuts off long before", over=25.0,
    ),
    Rule(
        _CARE, Why.CELLS_DISAGREE, lambda f: _gap(f.cells_gap_pct),
        "beyond 2 %, boards of the trade take a reading for false", over=CELLS_GAP_PCT,
    ),
    Rule(
        _CARE, Why.ENERGIES_DISAGREE, lambda f: _gap(f.energy_gap_pct),
        "two sound meters do not part so far", over=ENERGY_GAP_PCT,
    ),
    Rule(
        _CARE, Why.WARNING, lambda f: f.warnings,
        "a device warns at a limit someone set in it",
    ),
    Rule(
        _CARE, Why.NOISY_LINE, lambda f: f.refused_pct,
        "one frame in twenty refused is a cable, not chance", over=5.0,
    ),
)  # fmt: skip
