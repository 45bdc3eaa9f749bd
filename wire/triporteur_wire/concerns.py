"""What about a unit needs someone, the most pressing first: one judgement for every page."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from triporteur_wire.alarms import Alarm
from triporteur_wire.battery import Battery, Flow, battery
from triporteur_wire.messages import Doubt, Status

#: Below, an outing of a usual day (about a third of a pack) cannot be begun with a reserve.
LOW_CHARGE_PCT = 30
#: Cells of a healthy pack differ by 10-30 mV at rest; common boards protect themselves at 300 mV.
SPREAD_WATCH_MV = 80
SPREAD_WEAK_MV = 200
#: Below, charging harms the cells (cell makers' sheets: charge from 0 °C); above, they age fast.
COLD_C = 0
HOT_C = 45
#: Beyond, devices disagree: measures of the checks aboard. Cells and pack of a sound board differ
#: by their resolutions, far below 1 %. Boards drift by 2 to 3 points a day between full charges
#: (users of dbus-serialbattery with JK boards). Sampled once a second, battery and motor agree
#: within a few per cent.
CELLS_GAP_PCT = 2.0
CHARGES_GAP_POINTS = 10.0
ENERGY_GAP_PCT = 15.0
#: Alarms that a device raises at a limit someone set in it: to be looked at, not repaired.
_WARNINGS = frozenset(
    {
        Alarm.LOW_SOC,
        Alarm.LOW_VOLTAGE,
        Alarm.HIGH_VOLTAGE,
        Alarm.LOW_AUX_VOLTAGE,
        Alarm.HIGH_AUX_VOLTAGE,
    }
)


class Level(IntEnum):
    """How much it matters; the lower, the more."""

    REPAIR = 0
    ATTENTION = 1


class Kind(StrEnum):
    #: `words`: alarms of the battery
    ALARM = "alarm"
    #: `words`: faults of the motor's controller
    FAULT = "fault"
    #: the output is switched off
    CUT = "cut"
    #: `number`: the spread, in mV, of a weak cell
    WEAK_CELL = "weak_cell"
    #: `words`: sources that give nothing
    SILENT = "silent"
    #: `words`: sources whose figures stand still while current flows
    STUCK = "stuck"
    #: `number`: the charge, in %
    LOW_CHARGE = "low_charge"
    #: `number`: the spread, in mV
    UNEVEN_CELLS = "uneven_cells"
    #: `number`: the coldest sensor, in °C
    COLD = "cold"
    #: `number`: the hottest sensor, in °C
    HOT = "hot"
    #: charging is switched off
    REFUSES_CHARGE = "refuses_charge"
    #: `number`: by how many % the cells add up to more than the pack's voltage, or to less
    CELLS_DISAGREE = "cells_disagree"
    #: `number`: by how many points two sources' charges differ
    CHARGES_DISAGREE = "charges_disagree"
    #: `number`: by how many % the motor says it took more than the battery gave, or less
    ENERGIES_DISAGREE = "energies_disagree"
    #: the unit's card refuses: what is recorded does not outlive a power cut
    STORAGE = "storage"


_DISAGREEMENTS = {
    "cells_gap_pct": (CELLS_GAP_PCT, Kind.CELLS_DISAGREE),
    "soc_gap_pct": (CHARGES_GAP_POINTS, Kind.CHARGES_DISAGREE),
    "energy_gap_pct": (ENERGY_GAP_PCT, Kind.ENERGIES_DISAGREE),
}


@dataclass(frozen=True, slots=True)
class Concern:
    kind: Kind
    level: Level
    number: float = 0.0
    words: tuple[str, ...] = ()


def concerns(status: Status) -> list[Concern]:
    """Everything that needs someone in this status; empty when nothing does."""
    judged = battery(status)
    found = [*_of_devices(judged), *_of_sources(status), *_of_charge(judged), *_of_cells(judged)]
    found += _of_checks(status)
    return sorted(found, key=lambda concern: concern.level)


def _of_devices(judged: Battery) -> Iterator[Concern]:
    alarms = tuple(word for word in judged.alarms if word not in _WARNINGS)
    warnings = tuple(word for word in judged.alarms if word in _WARNINGS)
    if alarms:
        yield Concern(Kind.ALARM, Level.REPAIR, words=alarms)
    if judged.faults:
        yield Concern(Kind.FAULT, Level.REPAIR, words=judged.faults)
    if judged.cut:
        yield Concern(Kind.CUT, Level.REPAIR)
    if warnings:
        yield Concern(Kind.ALARM, Level.ATTENTION, words=warnings)
    if judged.refuses_charge:
        yield Concern(Kind.REFUSES_CHARGE, Level.ATTENTION)


def _of_sources(status: Status) -> Iterator[Concern]:
    silent = tuple(status.silent_sources())
    if silent:
        yield Concern(Kind.SILENT, Level.ATTENTION, words=silent)
    if stuck := tuple(status.doubted(Doubt.STUCK)):
        yield Concern(Kind.STUCK, Level.ATTENTION, words=stuck)
    if not status.delivery.durable:
        yield Concern(Kind.STORAGE, Level.REPAIR)


def _of_charge(judged: Battery) -> Iterator[Concern]:
    low = judged.charge_pct is not None and judged.charge_pct < LOW_CHARGE_PCT
    if low and judged.flow is not Flow.CHARGING:
        yield Concern(Kind.LOW_CHARGE, Level.ATTENTION, number=float(judged.charge_pct or 0))


def _of_cells(judged: Battery) -> Iterator[Concern]:
    spread_mv = judged.resting_spread_mv or 0.0
    if spread_mv >= SPREAD_WEAK_MV:
        yield Concern(Kind.WEAK_CELL, Level.REPAIR, number=spread_mv)
    elif spread_mv >= SPREAD_WATCH_MV:
        yield Concern(Kind.UNEVEN_CELLS, Level.ATTENTION, number=spread_mv)
    if judged.temps_c and min(judged.temps_c) < COLD_C:
        yield Concern(Kind.COLD, Level.ATTENTION, number=min(judged.temps_c))
    if judged.temps_c and max(judged.temps_c) > HOT_C:
        yield Concern(Kind.HOT, Level.ATTENTION, number=max(judged.temps_c))


def _of_checks(status: Status) -> Iterator[Concern]:
    for quantity, (limit, kind) in _DISAGREEMENTS.items():
        gap = status.number(quantity)
        if gap is not None and abs(gap) > limit:
            yield Concern(kind, Level.ATTENTION, number=gap)
