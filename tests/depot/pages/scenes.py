"""A fleet as it could be on a Monday afternoon: six units, eight days of records by exception."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import msgspec

from tests.depot.pages.builder import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    SECOND_MS,
    Depot,
    Log,
    readiness,
    status,
)
from triporteur_wire.quantities import Value, moved, rounded
from triporteur_wire.readiness import Outing, Readiness, Verdict, What, Why
from triporteur_wire.records import Foretold
from triporteur_wire.releases import Outcome, Told

#: Monday 16 November 2026, 17:42 in Paris.
NOW_MS = 1_794_847_320_000
_MIDNIGHT_MS = NOW_MS - 17 * HOUR_MS - 42 * MINUTE_MS
_HEARTBEAT_MS = 10 * MINUTE_MS
_STEP_MS = 20 * SECOND_MS
_PACK_AH = 20.0

_MARKET = Outing(6.0, 40.0, 3.0, 20.0, "Marché Saint-Aubin", NOW_MS + 15 * HOUR_MS + 18 * MINUTE_MS)
_READY = readiness(outing=_MARKET)
#: What a trike does from each hour on: mean current in A, and its scatter.
_DAY = (
    (0.0, 4.2, 0.1),
    (6.5, -0.2, 0.05),
    (9.45, -5.5, 4.0),
    (9.95, -0.9, 0.3),
    (15.6, -6.0, 4.0),
    (16.2, -0.2, 0.05),
    (17.0, 4.2, 0.1),
)


@dataclass
class Battery:
    """A pack that follows the day, sampled every 20 s and recorded by exception."""

    random: Random
    charge_pct: float = 60.0
    days_off: tuple[int, ...] = ()

    def sample(self, utc_ms: int) -> dict[str, Value]:
        current_a = self._current(utc_ms)
        step_pct = current_a * _STEP_MS / HOUR_MS / _PACK_AH * 100
        self.charge_pct = min(100.0, max(3.0, self.charge_pct + step_pct))
        hour = (utc_ms - _MIDNIGHT_MS) % DAY_MS / HOUR_MS
        return {
            "soc_pct": self.charge_pct,
            "pack_voltage_v": 44.5 + self.charge_pct * 0.085 + current_a * 0.05,
            "current_a": current_a,
            "battery_temps_c": (9.0 + abs(hour - 4) * 0.5, 8.5 + abs(hour - 4) * 0.55),
        }

    def _current(self, utc_ms: int) -> float:
        day, hour = divmod((utc_ms - _MIDNIGHT_MS) / HOUR_MS, 24)
        if day % 7 in self.days_off:
            return -0.2
        mean, scatter = next((a, s) for start, a, s in reversed(_DAY) if hour >= start)
        if mean > 1 and self.charge_pct > 98:
            return 0.1
        return mean + self.random.uniform(-scatter, scatter)


def fill(log: Log, boot_utc_ms: int, spans: list[tuple[int, int]], seed: int) -> float:
    """Records the battery over spans of UTC, in a boot that began at `boot_utc_ms`.

    Gives the charge it ends with.
    """
    random = Random(seed)
    # Closed on Sunday, and another day of the week.
    battery = Battery(random, days_off=(6, random.randint(1, 4)))
    for start_ms, end_ms in spans:
        kept: dict[str, tuple[int, Value]] = {}
        for utc_ms in range(start_ms, end_ms, _STEP_MS):
            fresh = {}
            for name, value in battery.sample(utc_ms).items():
                at_ms, before = kept.get(name, (0, 0.0))
                if utc_ms - at_ms >= _HEARTBEAT_MS or moved(name, before, value):
                    kept[name] = utc_ms, value
                    fresh[name] = rounded(name, value)
            if fresh:
                log.say(utc_ms - boot_utc_ms, **fresh)
        if end_ms != spans[-1][1]:
            log.say(end_ms - boot_utc_ms, **dict.fromkeys(kept))
    log.store()
    return battery.charge_pct


def fleet(depot: Depot) -> None:
    """Six units: one to repair, one silent, one to watch, two ready, one off."""
    weak = readiness(Verdict.NO_GO, Why.WEAK_CELL, What.CALL_MAINTAINER, 227.0)
    short = readiness(Verdict.CAUTION, Why.TIGHT, What.CHARGE, 40.0)
    coming = Told("0.2.0", Outcome.ARRIVING, 3, "", 1_230_000, 5_740_000)
    _unit(depot, "bordeaux-1", "Bordeaux Sud", 4.2, age_s=8, mid_day_hole=True, release=coming)
    _unit(depot, "bordeaux-2", "Bordeaux Nord", -0.9, age_s=12, waiting=180)
    _unit(depot, "panda", "Laval", 0.0, age_s=21, worst_cell_v=3.55, judged=weak)
    _unit(depot, "ben", "Rennes", 0.0, age_s=4, charge_pct=24.0, judged=short)
    left = Told("0.2.0", Outcome.FAILED, 3, "its agent did not tell of itself")
    _unit(depot, "tuqtuq", "Marseille", -0.9, age_s=3 * 86_400, release=left)
    _unit(depot, "octopus", "Rennes", 0.0, age_s=23 * 3600, offline="stopped")


def _unit(
    depot: Depot,
    name: str,
    place: str,
    current_a: float,
    *,
    age_s: int,
    charge_pct: float | None = None,
    worst_cell_v: float = 3.321,
    waiting: int = 0,
    offline: str | None = None,
    mid_day_hole: bool = False,
    judged: Readiness = _READY,
    release: Told | None = None,
) -> None:
    start_ms, heard_ms = _MIDNIGHT_MS - 7 * DAY_MS, NOW_MS - age_s * SECOND_MS
    unit_id = depot.unit(name, None, heard_ms, offline)
    depot.anchor(unit_id, HOUR_MS, start_ms)
    log = depot.log(unit_id)
    hole = (_MIDNIGHT_MS + 13 * HOUR_MS, _MIDNIGHT_MS + 14 * HOUR_MS)
    spans = [(start_ms, hole[0]), (hole[1], heard_ms)] if mid_day_hole else [(start_ms, heard_ms)]
    ended_pct = fill(log, start_ms - HOUR_MS, spans, seed=len(name))
    depot.roll_up()
    if mid_day_hole:
        _incidents(depot, unit_id, start_ms - HOUR_MS, hole)
    readings: dict[str, Value] = {
        "soc_pct": charge_pct or ended_pct,
        "pack_voltage_v": 50.4 + current_a * 0.05,
        "current_a": current_a,
        "battery_temps_c": (14.0, 15.5),
        "cells_v": (*(3.31 + n * 0.001 for n in range(12)), worst_cell_v),
        "cycles": 312,
        "nominal_ah": _PACK_AH,
        "remaining_ah": _PACK_AH * (charge_pct or ended_pct) / 100,
        "discharge_fet": True,
        "alarms": (),
    }
    oldest_s = 540.0 if waiting else None
    said = status(
        {"battery": readings},
        unit=name,
        place=place,
        waiting=waiting,
        oldest_waiting_s=oldest_s,
        readiness=msgspec.structs.replace(judged, soc_pct=charge_pct or ended_pct),
        release=release,
    )
    depot.unit(name, said, heard_ms, offline)


def _incidents(depot: Depot, unit_id: int, boot_utc_ms: int, hole: tuple[int, int]) -> None:
    log = depot.log(unit_id)
    log.add(hole[0] - 5 * HOUR_MS - boot_utc_ms, _READY)
    for at_ms, name in zip(hole, ("source_silent", "source_heard"), strict=True):
        log.event(at_ms - boot_utc_ms, name, "battery")
    log.add(hole[1] + 150 * MINUTE_MS - boot_utc_ms, Foretold(6.2, 143.0, 151.0))
    log.store()
    depot.give_up(log, 10, 421, "storage full", NOW_MS - 12 * DAY_MS)
    undated = depot.log(unit_id, boot_no=2)
    for second in range(37):
        undated.say(second * SECOND_MS, soc_pct=50.0 + second / 10)
    undated.store()


#: A battery of which there is nothing to say.
FINE: dict[str, Value] = {"soc_pct": 73.0, "pack_voltage_v": 50.2, "current_a": 0.0}


def recorded_day(depot: Depot, clock: Callable[[], int]) -> int:
    """Two hours of rest, a ride of half an hour, an hour on site; then silence."""
    unit_id = depot.unit("ben", status({"battery": FINE}), clock())
    depot.anchor(unit_id, 0, clock() - 10 * HOUR_MS)
    log = depot.log(unit_id)
    charge = 90.0
    for minute in range(0, 210, 2):
        current_a = 0.0 if minute < 120 else -8.0 if minute < 150 else -1.0
        charge += current_a / 10
        log.say(
            minute * MINUTE_MS,
            soc_pct=round(charge, 1),
            current_a=current_a,
            pack_voltage_v=50.0,
            battery_temps_c=(11.0, 12.5),
        )
    log.event(130 * MINUTE_MS, "source_silent", "battery")
    log.store()
    depot.roll_up()
    return unit_id
