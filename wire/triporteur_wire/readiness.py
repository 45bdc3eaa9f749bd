"""May this unit leave? The verdict, its reasons and its figures: one struct for every page.

Reasons and actions travel as words of closed vocabularies with a number; `readiness_words` says
them in French.
"""

from enum import StrEnum

import msgspec

from triporteur_wire.reading import Whole

#: A glance holds three lines.
MAX_REASONS = 3


class Verdict(StrEnum):
    """Whether to leave. `rank` orders them: the higher, the worse."""

    GO = "go"
    CAUTION = "caution"
    NO_GO = "no_go"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {Verdict.GO: 0, Verdict.CAUTION: 1, Verdict.NO_GO: 2}


class Why(StrEnum):
    """A reason. What its number means stands beside it; words are those of the devices."""

    #: the battery gives nothing, or nothing fresh; number: seconds since it did, if it ever did
    NO_DATA = "no_data"
    #: words: alarms
    ALARM = "alarm"
    #: words: faults of the motor's controller
    FAULT = "fault"
    #: the battery has switched its output off
    CUT = "cut"
    #: number: °C
    TOO_COLD = "too_cold"
    #: number: °C
    TOO_HOT = "too_hot"
    #: number: mV between highest and lowest cell, at rest
    WEAK_CELL = "weak_cell"
    #: energy needed is beyond what is surely there; number: what is missing, in %, below 0
    NOT_ENOUGH = "not_enough"
    #: enough, with little to spare; number: the spare, in % of what is needed
    TIGHT = "tight"
    #: nothing says how full the battery is
    CHARGE_UNKNOWN = "charge_unknown"
    #: number: one standard deviation of the charge, in points
    CHARGE_UNSURE = "charge_unsure"
    #: number: days since the last full charge
    LONG_SINCE_FULL = "long_since_full"
    #: number: points between two charges announced for the one battery
    CHARGES_DISAGREE = "charges_disagree"
    #: number: % between the sum of the cells and the pack
    CELLS_DISAGREE = "cells_disagree"
    #: number: % between the energies of battery and motor
    ENERGIES_DISAGREE = "energies_disagree"
    #: words: measures that are missing, by quantity
    UNKNOWN = "unknown"
    #: words: sources that give nothing
    SILENT = "silent"
    #: number: °C
    COLD = "cold"
    #: number: °C
    HOT = "hot"
    #: number: mV
    UNEVEN_CELLS = "uneven_cells"
    #: number: measured capacity in % of the nominal one
    AGED = "aged"
    #: number: points of charge below which the board cuts off on a hill
    WEAK_PACK = "weak_pack"
    #: number: % of frames refused
    NOISY_LINE = "noisy_line"
    #: words: warnings that a device raises at a limit someone set in it
    WARNING = "warning"
    #: good news; number: battery at °C, cells even
    SOUND = "sound"
    #: good news: the outing fits, with the reserve
    ENOUGH = "enough"
    #: nobody entered an outing: a usual one is supposed
    USUAL_OUTING = "usual_outing"


class What(StrEnum):
    """The one thing to do now. Its number, where it has one, stands beside it."""

    LEAVE = "leave"
    UNPLUG_AND_LEAVE = "unplug_and_leave"
    #: number: minutes on the charger
    CHARGE = "charge"
    #: number: minutes on the charger once it is warm
    WARM_THEN_CHARGE = "warm_then_charge"
    WARM = "warm"
    COOL = "cool"
    #: number: the km that it is surely good for
    SHORTEN = "shorten"
    #: charge to the end, so that the charge is known again
    CHARGE_FULLY = "charge_fully"
    CHECK_CABLES = "check_cables"
    CALL_MAINTAINER = "call_maintainer"
    LEAVE_CAREFULLY = "leave_carefully"


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    why: Why
    level: Verdict
    number: float | None = None
    words: tuple[str, ...] = ()


class Action(msgspec.Struct, frozen=True, omit_defaults=True):
    what: What
    number: float | None = None


class Outing(msgspec.Struct, frozen=True, omit_defaults=True):
    """An outing foreseen: there, the stay, and back.

    `km` and `climb_m` are for the way out and back together. `load_w` is what the unit feeds on
    site. `departs_utc_ms` is None for the usual outing, supposed when nobody entered one.
    """

    km: float
    climb_m: float
    site_h: float
    load_w: float
    place: str = ""
    departs_utc_ms: Whole | None = None


#: A usual day: two or three hours of welcome take a unit out for half a day, within its own town.
USUAL_OUTING = Outing(km=8.0, climb_m=50.0, site_h=4.0, load_w=20.0)


class SocSource(StrEnum):
    """What the charge was last set by; between two such moments, it is counted."""

    UNKNOWN = "unknown"
    #: the battery's own word, taken over without any other
    BMS = "bms"
    #: counted on through a time without power, by the battery's own word
    RESUMED = "resumed"
    #: a voltage at rest
    REST = "rest"
    FULL = "full"
    EMPTY = "empty"


class Evening(StrEnum):
    """What to tell the evening before an outing."""

    NOT_CHARGING = "not_charging"
    NOT_READY_IN_TIME = "not_ready_in_time"


class Calibration(msgspec.Struct, frozen=True):
    """How well this unit foretells: over its last rides, the median gap between the energy
    foreseen for the distance really ridden and the energy used; and the last ride itself."""

    rides: Whole
    error_pct: float
    last_km: float
    last_foreseen_wh: float
    last_used_wh: float


class Readiness(msgspec.Struct, frozen=True):
    """The verdict and what it stands on; None is: not known.

    `outing` is what is judged: the next one, or what is left of the one under way.

    `soc_pct` ± `soc_sigma_pct` (one standard deviation). `needed_pct` and `return_pct` are points
    of charge: what the outing is likely to take, and what is then left. `range_km` is how far it
    is surely good for over such slopes, reserve kept and the stay served. `ready_in_min` is the
    time on the charger until PARTEZ (0: now; None: a charge cannot bring it, or not known).
    `full_utc_ms` is None unless it charges. `health_pct` is measured capacity over nominal, None
    until it was measured.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...]
    action: Action
    outing: Outing
    soc_pct: float | None
    soc_sigma_pct: float | None
    soc_source: SocSource
    needed_pct: float | None
    return_pct: float | None
    range_km: float | None
    available_wh: float | None
    needed_wh: float
    needed_likely_wh: float
    wh_per_km: float
    wh_per_km_sigma: float
    standing_w: float
    health_pct: float | None
    ready_in_min: float | None
    full_utc_ms: Whole | None
    evening: Evening | None
    calibration: Calibration | None
